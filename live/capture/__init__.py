"""Reads frames from all sources.

Cameras, streams, snapshot addresses, video files, folders and pictures are each wrapped in a `FrameSource`, which returns
frames in order and reports when it is lost or has ended. The package may import `core`. A new kind of source needs a module
here and a case in `sources.py`. `device_session.py` and `live_source.py` reopen a lost device. Nothing here knows
what the frames show.
"""
