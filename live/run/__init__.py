"""Runs the live program.

The loop takes frames from every stream, shows them, passes them to the outputs, and ends cleanly on a signal, a key or a limit.
The package may import everything except `commands`. `screen.py` handles keys, `source_view.py` draws a source, `mosaic.py`
combines several sources into one picture, and `run_streams.py` polls them in turn.
"""
