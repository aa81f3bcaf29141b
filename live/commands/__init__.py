"""The command line: one file a subcommand.

Options become settings and calls of `api` and `run`; what comes back is printed. It may import every room. A new
option starts in `command_line.py`; a new subcommand is a file here and a case in `live/__main__.py`.
"""
