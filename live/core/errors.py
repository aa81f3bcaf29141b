"""The exceptions that Numcam raises. Knows no exit codes and prints nothing.

Each message is one line for the user: what happened, where, and what to do next.

    NumcamError
    ├── SettingsError   an unknown setting, a value out of range, a settings file that can't be read
    ├── SourceError     a camera, stream, video, picture or folder that gives no frames
    ├── OutputError     a recording, log or snapshot that can't be written
    ├── ServeError      the web server can't listen, or lacks a certificate or its packages
    ├── CommandError    the user's command (--on-number) can't be run
    └── DisplayError    a window is needed and no display can be used
"""


class NumcamError(Exception):
    """The base of every error that Numcam raises on purpose; its message is one line for the user."""


class SettingsError(NumcamError):
    """A setting is unknown, has the wrong type or is out of range."""


class SourceError(NumcamError):
    """A source of frames can't be opened, or yields no readable frame."""


class OutputError(NumcamError):
    """An output file can't be written."""


class ServeError(NumcamError):
    """The web server can't be started."""


class CommandError(NumcamError):
    """The program to run for each number doesn't exist."""


class DisplayError(NumcamError):
    """No window can be opened here."""
