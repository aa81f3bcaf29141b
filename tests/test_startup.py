"""Signals while Python still loads Numcam, at any moment: a real process ends at once, with exit code 130 and nothing said."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from live.core.command_hints import missing_package_hint, program, python, shell_path
from tests.program import ROOT

COMMANDS = {
    "live": ["--source", "demo", "--headless"],
    "read": ["read", str(ROOT / "docs" / "images" / "explain.jpg"), "--json"],
    "cameras": ["cameras"],
    "doctor": ["doctor"],
}
# a signal from inside, as a module is asked for, comes at the same moment on every machine
AT_IMPORT = """
import builtins, os, sys
found = builtins.__import__
def watched(name, *more, **named):
    if name == {name!r} and "live" in sys.modules:
        os.kill(os.getpid(), {number})
    return found(name, *more, **named)
builtins.__import__ = watched
"""
FIRST, LATER = ("argparse", "msgspec"), ("yaml", "platformdirs", "cv2", "onnxruntime")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


def environment(*searched: Path) -> dict[str, str]:
    """This process's, without a display and without what measures coverage, which no killed process could write down."""
    left_out = ("DISPLAY", "WAYLAND_DISPLAY", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if name not in left_out and not name.startswith("COV")}
    return {**kept, "PYTHONPATH": os.pathsep.join(map(str, [*searched, ROOT]))}


def with_signal_at(folder: Path, name: str, number: int, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a module that gets a signal just before it imports `name`."""
    (folder / "sitecustomize.py").write_text(AT_IMPORT.format(name=name, number=int(number)))
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, env=environment(folder),
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("command", "module"),
    [*((command, module) for command in COMMANDS for module in FIRST), *(("read", module) for module in LATER)],
)
def test_a_signal_during_an_import_ends_without_a_word(tmp_path: Path, command: str, module: str, number: int) -> None:
    done = with_signal_at(tmp_path, module, number, "live", *COMMANDS[command])
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_ctrl_c_while_a_script_loads_ends_without_a_word(tmp_path: Path) -> None:
    done = with_signal_at(tmp_path, "cv2", signal.SIGINT, "scripts.predict", "--help")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_a_signal_at_any_moment_ends_without_a_traceback(tmp_path: Path, command: str) -> None:
    """Moments all over the start; what lies before Python runs Numcam's first line is Python's own matter."""
    for step in range(16):
        started = subprocess.Popen(
            [sys.executable, "-m", "live", *COMMANDS[command]], cwd=tmp_path, env=environment(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        time.sleep(0.04 + 0.1 * step)
        started.send_signal(signal.SIGINT if step % 2 else signal.SIGTERM)
        _, err = started.communicate(timeout=120)
        if started.returncode not in (0, 130):
            assert (
                started.returncode in (-signal.SIGINT, -signal.SIGTERM)
                or "site module" in err
                or "KeyboardInterrupt" in err
            ), err
            assert str(ROOT / "live") not in err
        else:
            assert "Traceback" not in err
            assert "Exception ignored" not in err


def test_commands_are_named_as_they_are_typed_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interpreter = tmp_path / "my env" / "bin" / "python"
    interpreter.parent.mkdir(parents=True)
    interpreter.touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(interpreter))
    monkeypatch.setattr(sys, "argv", [str(ROOT / "live" / "__main__.py")])
    assert python() == "'my env/bin/python'"
    assert program() == "'my env/bin/python' -m live"
    assert program("scripts.train") == "'my env/bin/python' -m scripts.train"
    monkeypatch.setenv("PATH", str(interpreter.parent))
    assert program() == "python -m live"
    command = interpreter.with_name("numcam")
    command.touch(mode=0o755)
    monkeypatch.setattr(sys, "argv", [str(command)])
    assert program() == "numcam"
    monkeypatch.setenv("PATH", "")
    assert program() == "'my env/bin/numcam'"
    assert shell_path(Path("/elsewhere/x")) == "/elsewhere/x"
    assert "The package opencv-python is missing" in missing_package_hint("cv2.dnn")


def test_wrong_settings_are_told_before_anything_large_is_loaded(tmp_path: Path) -> None:
    """They are told in under a second then, which no test measures: NumPy and OpenCV take longer than all else."""
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['numpy'] = sys.modules['cv2'] = None")
    for command in (["--set", "camera.widht=1"], ["read", "--sorce"], ["doctor", "--config", "none.yaml"]):
        done = subprocess.run(
            [sys.executable, "-m", "live", *command], cwd=tmp_path, env=environment(tmp_path),
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
