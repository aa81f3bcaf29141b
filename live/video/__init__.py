"""Devices and files: where frames come from and where pictures go. Knows no classifier."""
