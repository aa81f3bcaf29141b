"""Commands that train, export, measure and draw: they make the models and the figures in docs/.

Each module at the top is a command; `python -m scripts` lists them. The packages hold their parts and never import a command.
A new command is a module here, with its name in the list of `__main__.py`.
"""

import live  # noqa: F401 - first of all: from there on a missing package is told in a line
