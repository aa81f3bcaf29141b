"""What a person sees, as pixels.

Frames around numbers with their labels, the head-up display, notices, stale frames, several pictures in a grid, and
the explain pictures. It may import `core`, and the traces of `reading`. How a doubtful digit looks is in `labels.py`
and `overlay.py`. It opens no window and no file.
"""
