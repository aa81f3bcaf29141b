"""Commands that train, export, measure and draw: what makes the model and the figures in docs/."""

import live  # noqa: F401 - first of all: from there on a missing package is told in a line
