"""Drawn pages with ground truth: handwriting, paper, camera.

Pens, sheets, clutter, desks, light and lens, clips, and pages that are expensive to read. It imports nothing of `scripts`. A new
look of a page is a field in `page_style.py`, a distribution in `random_style.py`, and code in the module that draws it.
"""
