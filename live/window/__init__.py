"""The window on the screen.

It opens a window, shows pictures, gives the key that was pressed, and says beforehand whether a window can be opened.
It may import `core`. `core/keys.py` defines the keys; `run/screen.py` defines what they do.
"""
