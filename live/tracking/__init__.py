"""Tracks numbers across frames.

The tracker assigns each number a permanent id, combines its readings and confirms it. `page_motion.py` estimates the page's
motion, and `change_detection.py` decides whether a frame must be read. The package may import `core`. It decides when a number
is shown and when it is forgotten, from times and probabilities only.
"""
