"""The one error of this package. Knows no exit codes and prints nothing."""


class ModelError(Exception):
    """A model file or its card can't be used; the message is one line that says why and what to do next."""
