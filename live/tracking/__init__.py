"""The same number from frame to frame.

The tracker gives each number an id that stays, weighs its readings against each other and confirms it;
`page_motion.py` says how the page moved, `change_detection.py` whether a frame must be read at all. It may import
`core`. When a number is shown, and when it is forgotten, is decided here, by times and probabilities alone.
"""
