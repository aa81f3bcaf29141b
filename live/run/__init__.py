"""The live program around the streams.

The loop that takes frames from every stream, shows them, hands them to the outputs and ends in good order on a
signal, a key or a limit. It may import everything but `commands`. What a key does is in `screen.py`; how a
source looks in `source_view.py`; how several share one picture in `mosaic.py`, and take turns in `run_streams.py`.
"""
