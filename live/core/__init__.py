"""Records and rules that every room shares.

Frames, numbers and quads (`records.py`, `geometry.py`), the settings with their files (`settings*.py`), errors, keys,
file names, files written whole, and lines for a terminal (`terminal.py`). It imports nothing of Numcam's. A new
setting starts in `settings.py`; a record that crosses a room's border goes into `records.py`; what only one room
needs stays in that room.
"""
