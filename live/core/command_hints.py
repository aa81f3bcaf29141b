"""Commands for the user to type: how to start the program, how to install a missing package. Doesn't know the settings.

It uses the standard library only, because it runs where other packages are missing.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The folder that holds `live`: a clone, or the installed package."""
PROGRAM = "numcam" if __name__.startswith("numcam.") else "live"
"""The module name for `python -m`: `numcam` in an installed package, `live` in a clone."""
PACKAGES = {
    "PIL": "pillow", "ai_edge_litert": "ai-edge-litert", "cv2": "opencv-python", "cv2_enumerate_cameras": "cv2-enumerate-cameras",
    "pillow_heif": "pillow-heif", "yaml": "pyyaml",
}  # fmt: skip
"""Import names of packages whose name in the package index differs, mapped to that name."""
OWN = ROOT / ".venv"
"""The virtual environment that `make run` and README.md create."""


def program(module: str = PROGRAM) -> str:
    """The command that starts a module with this Python; `numcam` if the program was started by that name."""
    called = Path(sys.argv[0] if sys.argv else "")
    if module == PROGRAM and called.stem == "numcam":
        return "numcam" if _is_same(shutil.which("numcam"), called) else shell_path(called)
    return f"{python()} -m {module}"


def program_name() -> str:
    """The program's name in its help, as in README.md with .venv activated: `python -m live`, or `numcam`."""
    return "numcam" if program() == "numcam" else "python -m live"


def python() -> str:
    """The shell command for this Python: `python` if the PATH leads to it, otherwise its path."""
    if not sys.executable or _is_same_python(shutil.which("python")):
        return "python"
    return shell_path(Path(sys.executable))


def shell_path(path: Path) -> str:
    """A path relative to the current folder, quoted for the shell."""
    try:
        path = path.absolute().relative_to(Path.cwd())
    except (ValueError, OSError):  # elsewhere; or the current folder is gone
        path = path.absolute()
    return _joined([str(path)])


def missing_package_hint(name: str) -> str:
    """One line that names a missing package and the command that installs it. name: the imported module."""
    package = name.partition(".")[0]
    told = f"The package {PACKAGES.get(package, package)} is missing in this Python ({sys.executable})."
    if not (ROOT / "requirements.lock").is_file():
        return f"{told} Type: {python()} -m pip install {PACKAGES.get(package, package.replace('_', '-'))}"
    own = next((path for path in (OWN / "bin" / "python", OWN / "Scripts" / "python.exe") if path.is_file()), None)
    if own is not None and os.path.realpath(sys.prefix) != os.path.realpath(OWN):
        return f"{told} Numcam's own Python is the one in .venv. Type: {_again(shell_path(own))}"
    lock = "requirements.lock" if _started().startswith("live") and _is_needed(package) else "requirements-dev.lock"
    install = f"-m pip install --no-deps -r {shell_path(ROOT / lock)}"
    if own is not None:
        return f"{told} Type: {python()} {install}"
    fresh = shell_path(OWN / ("Scripts/python" if os.name == "nt" else "bin/python"))
    return f"{told} Type: {python()} -m venv {shell_path(OWN)} && {fresh} {install} && {_again(fresh)}"


def _is_needed(package: str) -> bool:
    """Whether requirements.lock lists the package; requirements-dev.lock contains all of that file."""
    name = PACKAGES.get(package, package.replace("_", "-")).lower()
    with (ROOT / "requirements.lock").open(encoding="utf-8") as lock:
        return any(line.lower().startswith((f"{name}==", f"{name}[")) for line in lock)


def _started() -> str:
    """The module that Python was told to run, `live` or `scripts.train`."""
    given = getattr(sys, "orig_argv", [])
    return next((module for flag, module in pairwise(given) if flag == "-m"), "live")


def _again(interpreter: str) -> str:
    """The command line of this run, with another Python."""
    return f"{interpreter} -m {_started()} {_joined(sys.argv[1:])}".rstrip()


def _joined(words: list[str]) -> str:
    """Words quoted and joined for the shell."""
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def _is_same_python(found: str | None) -> bool:
    """Whether a path is this Python. Links aren't resolved: a virtual environment links to a Python without its packages."""
    running = Path(sys.executable).absolute()
    names = (running, running.with_name("python"), running.with_name("python.exe"))
    return found is not None and Path(found).absolute() in names


def _is_same(found: str | None, called: Path) -> bool:
    """Whether two paths lead to the same file."""
    return found is not None and os.path.realpath(found) == os.path.realpath(called)
