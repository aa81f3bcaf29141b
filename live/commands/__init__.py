"""The command line: one file per subcommand.

It converts options to settings, calls `api` and `run`, and prints the results. It may import every room. A new
option starts in `command_line.py`; a new subcommand is a file here and a case in `live/__main__.py`.
"""
