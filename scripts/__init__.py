"""Commands that train, export, measure and draw: what makes the model and the figures in docs/.

The modules at the top are the commands, one each; `python -m scripts` lists them. What they are made of is in the packages, which
never import a command. A new command is a module here, with a line in `__main__.py` that says where it is listed.
"""

import live  # noqa: F401 - first of all: from there on a missing package is told in a line
