"""Try a model file of somebody else's in a program of its own before it is loaded here. Knows no network and no picture.

A runtime loads a file in code that isn't Python: what never ends there can't be interrupted, what takes all memory takes the
program with it, and so does a crash. The other program is ended after a time, and may have only as much memory as there is.
The models that come with Numcam are not tried: they start as fast as ever. docs/decisions/0025-what-goes-out.md
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
"""The folder that imports start from: a clone, or where packages are installed."""
WITHIN_S = LimitsSettings().model_load_s
REFUSED = 3
"""The other program's exit code where the model is none; what is wrong with it is told on its stdout."""
# of Windows' machines the size isn't asked; TensorFlow reserves more than it uses, and Keras ends by itself where there is none
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
    """`load_classifier`, of a file that was tried before; None is the one that comes with Numcam. Raises ModelError."""
    if path is not None:
        try_model(path, runtime, threads, within_s=within_s)
    return load_classifier(path, threads, runtime)


def try_model(path: Path, runtime: str = "auto", threads: int = 0, *, within_s: float) -> None:
    """Load a model file and ask it once, in another program. Raises ModelError where it can't be used, or takes too long.

    within_s: seconds that it may take, the start of the other program and of the runtime in it included.
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
        finally:  # also where a person is tired of waiting
            subprocesses.end(process)
    code, message = process.returncode, told.decode("utf-8", "surrogateescape")
    if code == REFUSED and message:
        raise ModelError(message.replace(str(path.absolute()), str(path)))
    if code != 0:
        ended = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        raise ModelError(
            f"The model {path} can't be used: the program that tried it ended {ended}. {TOO_LITTLE_MEMORY}."
        )
