"""What programs build on: read a picture or follow a source, and the networks behind both.

It opens no window, prints nothing and catches no signal; the command line is written on it. It may import everything below `run`.
`reader.py` reads pictures; a stream is a `source_session.py`, which gives frames, and a `frame_reader.py`, which reads them.
Change it where what a program is given changes; `numcam/__init__.py` lists what is public.
"""
