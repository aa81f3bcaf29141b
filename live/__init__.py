"""Numcam: reads handwritten numbers on paper, live, through a camera."""

import sys

__version__ = "0.1.0"


def _started() -> str:
    """The package that `python -m` is about to run, while Python looks for it and has loaded nothing else; else an empty text."""
    if sys.argv[:1] != ["-m"]:
        return ""
    word = getattr(sys, "orig_argv", ["live", *sys.argv[1:]])[-len(sys.argv)]
    module = word.partition("m")[2] if word.startswith("-") else word  # -mlive
    return module.partition(".")[0]


if _started() in ("numcam", "live", "scripts"):  # and not another program that imports this one
    if sys.version_info < (3, 11):  # noqa: UP036 - who runs an older one is told so
        sys.exit("Numcam needs Python 3.11 or newer; this is %s (%s)." % (sys.version.split()[0], sys.executable))  # noqa: UP031

    try:
        from live.core.startup import begin

        begin(signals="scripts" not in sys.modules)
    except KeyboardInterrupt:
        sys.exit(130)
