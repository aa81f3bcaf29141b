"""Picture files, decoded.

What a file is by its first bytes, how large its header says it is, its pages, its depth, and a folder's pictures in
order. It may import `core`. A new picture format is a line in `kinds.py` and, where OpenCV can't decode it, a decoder
in `pages.py`.
"""
