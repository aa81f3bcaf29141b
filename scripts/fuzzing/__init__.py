"""The parts of the fuzz command.

Inputs of each kind (`pictures.py`, `videos.py`, `settings.py`, `models.py`), the process that reads them, and what
counts as a fault (`judge.py`). It may import `pages`. A new kind of input is a module that makes cases, named in
`scripts/fuzz.py`.
"""
