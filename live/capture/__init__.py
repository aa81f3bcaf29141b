"""Where frames come from.

Cameras, streams, snapshot addresses, video files, folders and pictures: each becomes a `FrameSource`, which gives
frames one after the other and says when it is lost or has ended. It may import `core`. A new kind of source is a
module here and a case in `sources.py`; how a device is reopened after a loss is in `device_session.py` and
`live_source.py`. Nothing here knows what is on a frame.
"""
