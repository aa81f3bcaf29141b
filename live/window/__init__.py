"""The window on the screen.

It opens a window, shows pictures, gives the key that was pressed, and says beforehand whether a window can be opened.
It may import `core`. What keys there are stands in `core/keys.py`; what they do in `run/screen.py`.
"""
