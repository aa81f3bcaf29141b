"""Pages with truth: handwriting, paper, camera.

Everything that draws: pens, sheets, clutter, desks, light and lens, clips, and pages that are hard to read in bounded
time. It imports nothing of `scripts`. A new look of a page is a field in `page_style.py` and code in the module that
draws it.
"""
