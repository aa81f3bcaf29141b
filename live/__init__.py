"""Numcam: reads handwritten numbers on paper, live, through a camera."""

__version__ = "0.1.0"
