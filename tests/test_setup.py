"""Set up as a new user would: make, a clone without its packages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.program import ROOT

PARTS = ("numcam", "live", "models", "scripts", "requirements.lock", "requirements-dev.lock", "config.yaml")
BINARIES = "Scripts" if os.name == "nt" else "bin"


def run(*command: str | Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A real command in a folder; what this process was told about Python, coverage and make is not handed on."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTHON", "MAKE"))}
    return subprocess.run(
        [str(word) for word in command], cwd=folder, env={**kept, **environment},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def told(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that a command ended in, with exit code 1."""
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    (line,) = done.stderr.splitlines()
    return line


def environment_in(folder: Path) -> Path:
    """A Python without a single package, in an environment of its own."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    return folder / BINARIES / "python"


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python without a single package."""
    return environment_in(tmp_path_factory.mktemp("bare"))


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What a clone holds, as far as commands start from it."""
    folder = tmp_path / "clone"
    folder.mkdir()
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(
                ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "weights", "*.mp4")
            )
        else:
            shutil.copy(ROOT / part, folder)
    return folder


@pytest.mark.parametrize(
    "command",
    [
        ["live"],
        ["live", "read", "a 1.jpg"],
        ["live", "doctor"],
        ["scripts.train", "--seed", "1"],
        ["scripts.benchmark"],
    ],
)
def test_a_missing_package_is_told_with_what_to_type(bare: Path, clone: Path, command: list[str]) -> None:
    module, *arguments = command
    line = told(run(bare, "-m", *command, folder=clone))
    assert re.match(rf"The package [\w-]+ is missing in this Python \({re.escape(str(bare))}\)\. Type: ", line)
    lock = "requirements-dev.lock" if module.startswith("scripts") else "requirements.lock"
    python = f".venv/{BINARIES}/python"
    assert f"-m venv .venv && {python} -m pip install --no-deps -r {lock} && {python} -m {module}" in line
    assert arguments == [] or line.endswith(arguments[-1].replace("a 1.jpg", "'a 1.jpg'"))


def test_numcams_own_python_is_named_where_there_is_one(bare: Path, clone: Path) -> None:
    environment_in(clone / ".venv")
    line = told(run(bare, "-m", "live", "read", "a 1.jpg", "--csv", "a.csv", folder=clone))
    assert line.endswith(f"Type: .venv/{BINARIES}/python -m live read 'a 1.jpg' --csv a.csv")
    assert told(run(bare, "-m", "scripts.train", folder=clone)).endswith(
        f"Type: .venv/{BINARIES}/python -m scripts.train"
    )


def test_an_environment_that_is_not_whole_is_completed(clone: Path) -> None:
    own = environment_in(clone / ".venv")
    line = told(run(own, "-m", "live", folder=clone))
    assert line.endswith(f"Type: .venv/{BINARIES}/python -m pip install --no-deps -r requirements.lock")
    activated = os.pathsep.join([str(own.parent), os.environ["PATH"]])
    line = told(run(own, "-m", "scripts.export", folder=clone, PATH=activated))
    assert line.endswith("Type: python -m pip install --no-deps -r requirements-dev.lock")


@pytest.mark.parametrize("package", ["cv2", "msgspec", "yaml", "numpy", "onnxruntime", "platformdirs"])
@pytest.mark.parametrize("asked", [["read", "page.jpg"], ["--source", "demo", "--headless", "--max-frames", "1"]])
def test_each_package_is_told_wherever_it_is_asked_for(tmp_path: Path, package: str, asked: list[str]) -> None:
    (tmp_path / "sitecustomize.py").write_text(f"import sys; sys.modules[{package!r}] = None")
    shutil.copy(ROOT / "docs" / "images" / "explain.jpg", tmp_path / "page.jpg")
    searched = os.pathsep.join([str(tmp_path), str(ROOT)])
    line = told(run(sys.executable, "-m", "live", *asked, folder=tmp_path, PYTHONPATH=searched))
    assert {"cv2": "opencv-python", "yaml": "pyyaml"}.get(package, package) in line
    assert "pip install" in line


def test_a_library_of_the_system_that_is_missing_is_told(tmp_path: Path) -> None:
    (tmp_path / "cv2.py").write_text(
        "raise ImportError('libGL.so.1: cannot open shared object file: No such file or directory')"
    )
    searched = os.pathsep.join([str(tmp_path), str(ROOT)])
    line = told(run(sys.executable, "-m", "live", "read", "page.jpg", folder=tmp_path, PYTHONPATH=searched))
    assert line.startswith(
        "A library of the system is missing: libGL.so.1. On Debian and Ubuntu: sudo apt install libgl1"
    )


def test_an_older_python_is_told(tmp_path: Path) -> None:
    older = next(filter(None, (shutil.which(f"python3.{minor}") for minor in (10, 9, 8))), None)
    if older is None:
        pytest.skip("no Python older than 3.11 is here")
    done = run(older, "-m", "live", folder=tmp_path, PYTHONPATH=str(ROOT))
    if "pyenv" in done.stderr:
        pytest.skip("pyenv has no Python older than 3.11 at hand")
    assert told(done).startswith("Numcam needs Python 3.11 or newer; this is 3.")


@pytest.mark.skipif(shutil.which("make") is None or sys.platform == "win32", reason="make is not here")
def test_a_variable_in_args_reaches_the_command_through_make(tmp_path: Path) -> None:
    """The line of docs/options.md, as a shell reads it, through the real make."""
    lines = (ROOT / "docs" / "options.md").read_text(encoding="utf-8").splitlines()
    (printed,) = (line for line in lines if line.startswith("make run ARGS=") and "NUMCAM_NUMBER" in line)
    interpreter = tmp_path / ".venv" / "bin" / "python"
    interpreter.parent.mkdir(parents=True)
    interpreter.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    interpreter.chmod(0o755)
    (tmp_path / "requirements.lock").touch()
    (tmp_path / ".venv" / ".runtime").touch()
    command = printed.replace("make run", f"make -f {ROOT}/Makefile run")
    command = command.replace('ARGS="', 'ARGS="--source demo --headless --max-frames 40 ')
    done = run("sh", "-c", command, folder=tmp_path, PYTHONPATH=str(ROOT))
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"(\d+\n)+", (tmp_path / "all.txt").read_text())
