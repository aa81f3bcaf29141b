"""What can go wrong, as kinds of error. Knows no exit codes and prints nothing.

Each message is one line that a person can act on: what happened, where, and what to do next.

    NumcamError
    ├── SettingsError   an unknown setting, a value out of range, a settings file that can't be read
    ├── SourceError     a camera, stream, video, picture or folder that gives no frames
    ├── OutputError     a recording, log or snapshot that can't be written
    ├── CommandError    a command of your own (--on-number) that can't be run
    └── DisplayError    a window was asked for where no display can be used
"""


class NumcamError(Exception):
    """The base of every error that Numcam raises on purpose; its message is one line for the user."""


class SettingsError(NumcamError):
    """A setting is unknown, of the wrong kind or out of its range."""


class SourceError(NumcamError):
    """A source of frames can't be opened, or gives nothing that can be read."""


class OutputError(NumcamError):
    """A file that was asked for can't be written."""


class CommandError(NumcamError):
    """The program that was to be run for each number is not there."""


class DisplayError(NumcamError):
    """No window can be opened here."""
