"""Decodes picture files; knows no camera, video or window.

The package detects the format from the first bytes, checks the size in the header, decodes the pages, converts the bit depth
and lists a folder's pictures in order. It may import `core`. A new picture format needs a line in `kinds.py` and, if OpenCV
can't decode it, a decoder in `pages.py`.
"""
