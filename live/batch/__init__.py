"""Reads archives: folders, lists, ZIP and tar files, PDFs and videos, with processes that share the pages.

`run.py` is a run from start to end. `inputs.py` finds the sources, `journal.py` keeps what was read, `engine.py` hands the
sources to processes (`worker.py`), and `tables.py` writes the files at the end. It may import `api` and everything below.
"""
