"""Tries a user's model file in a subprocess before it is loaded; knows no network and no picture.

A runtime loads a file in native code: an endless loop there can't be interrupted, and a crash or a lack of memory ends the whole
process. The subprocess has a timeout, and its memory is limited to the machine's size. Numcam's own models are not tried, so
that they load faster. docs/decisions/0025-what-goes-out.md
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from live.core.settings import LimitsSettings
from live.outputs import subprocesses
from models.classifier import Classifier, find_model, load_classifier
from models.errors import ModelError

ROOT = Path(__file__).resolve().parents[__name__.count(".")]
"""The root folder of imports: a clone, or site-packages."""
WITHIN_S = LimitsSettings().model_load_s
REFUSED = 3
"""The subprocess exits with this code if the model is invalid, and prints the reason to stdout."""
# There is no memory limit on Windows, nor for Keras: TensorFlow reserves more than it uses, and exits if memory runs out.
SCRIPT = f"""
import os, sys
sys.path.insert(0, sys.argv[1])
path, threads, runtime = sys.argv[2], int(sys.argv[3]), sys.argv[4]
try:
    import resource
    if runtime != "keras":
        most = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
except (ImportError, ValueError, OSError):
    pass
from pathlib import Path
from models.classifier import load_classifier
from models.errors import ModelError
try:
    load_classifier(Path(path), threads, runtime)
except ModelError as error:
    sys.stdout.buffer.write(str(error).encode("utf-8", "surrogateescape"))
    sys.exit({REFUSED})
"""
TOO_LITTLE_MEMORY = "It may need more memory than there is"


def load_tried(path: Path | None, runtime: str = "auto", threads: int = 0, *, within_s: float = WITHIN_S) -> Classifier:
    """Try a model file, then load it with `load_classifier`; None: Numcam's own model, untried. Raises ModelError."""
    if path is not None:
        try_model(path, runtime, threads, within_s=within_s)
    return load_classifier(path, threads, runtime)


def try_model(path: Path, runtime: str = "auto", threads: int = 0, *, within_s: float) -> None:
    """Load a model file and run it once in a subprocess. Raises ModelError if it can't be used, or times out.

    within_s: the timeout, including the start of the subprocess and of the runtime, seconds.
    """
    path, runtime = find_model(path, runtime)
    words = [sys.executable, "-P", "-W", "ignore", "-c", SCRIPT, str(ROOT), str(path.absolute()), str(threads), runtime]
    try:
        process = subprocesses.start(words, out=subprocess.PIPE, err=subprocess.DEVNULL)
    except OSError as error:
        raise ModelError(f"{path} can't be tried: {error.strerror}.") from error
    with process:
        try:
            told, _ = process.communicate(timeout=within_s)
        except subprocess.TimeoutExpired:
            raise ModelError(
                f"The model {path} was given up: it was not ready within {within_s:g} s (limits.model_load_s), and may never be. "
                "Take another model, or give a slow machine more time."
            ) from None
        finally:  # also after KeyboardInterrupt
            subprocesses.end(process)
    code, message = process.returncode, told.decode("utf-8", "surrogateescape")
    if code == REFUSED and message:
        raise ModelError(message.replace(str(path.absolute()), str(path)))
    if code != 0:
        ended = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        raise ModelError(
            f"The model {path} can't be used: the program that tried it ended {ended}. {TOO_LITTLE_MEMORY}."
        )
