"""Parts of the fuzz command.

Inputs of each kind (`pictures.py`, `videos.py`, `settings.py`, `models.py`), the process that reads them (`worker.py`), and the
rules of what counts as a fault (`judge.py`). It may import `pages`. A new kind of input is a module that makes cases; add it to
`scripts/fuzz.py`.
"""
