"""The Python API: reading pictures and streams.

It opens no window, prints nothing and catches no signal; the command line is built on it. It may import everything below `run`.
`reader.py` reads pictures. A stream consists of a `source_session.py`, which provides frames, and a `frame_reader.py`, which
reads them. `numcam/__init__.py` lists the public names.
"""
