"""Numcam: reads handwritten numbers on paper, live, through a camera."""

import sys

__version__ = "0.1.0"

if sys.argv[:1] == ["-m"]:  # Python is about to run `live` or one of the scripts, and has loaded nothing else yet
    if sys.version_info < (3, 11):  # noqa: UP036 - who runs an older one is told so
        sys.exit("Numcam needs Python 3.11 or newer; this is %s (%s)." % (sys.version.split()[0], sys.executable))  # noqa: UP031

    try:
        from live.core.startup import begin

        begin(signals="scripts" not in sys.modules)
    except KeyboardInterrupt:
        sys.exit(130)
