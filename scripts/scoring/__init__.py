"""Parts of the scoreboard.

The sets of pictures and clips of the bench, their readings, the rows of figures, and tables of these. It may import everything
below the commands. How one page, line or clip is scored is in `evaluation`; a new set is a class in `sets.py`.
"""
