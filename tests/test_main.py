"""The command line as a shell sees it: signals, pipes, exit codes; and what `--set` and the help say."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import pytest

from live.__main__ import main
from live.capture.sources import DEMO_CLIP
from live.commands.command_line import COMMANDS, RUN_OPTIONS, assigned, make_parser
from live.core.errors import SettingsError
from live.core.settings import Settings
from tests.program import PATIENCE_S, ROOT, numcam
from tests.xvfb_display import wait_for


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_a_run_with_every_file_closed(tmp_path: Path, name: str) -> None:
    if signal.getsignal(getattr(signal, name)) == signal.SIG_IGN:
        pytest.skip(f"{name} is ignored here, as under nohup, and so it is by what is started from here")
    files = ("--record", "out.mp4", "--log-frames", "frames.jsonl")
    with numcam(tmp_path, "--source", "demo", "--headless", "--realtime", *files) as program:
        frames = tmp_path / "frames.jsonl"
        wait_for(lambda: frames.exists() and frames.read_text().count("\n") >= 5, program=program)
        program.send_signal(getattr(signal, name))
        out, err = program.communicate(timeout=30)
    assert (program.returncode, err) == (130, "")
    assert "out.mp4" in out.splitlines()[-1]
    with av.open(str(tmp_path / "out.mp4")) as container:
        recorded = len(list(container.decode(video=0)))
    assert frames.read_text().count("\n") == recorded


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_reader_that_leaves_early_does_not_end_a_run_that_records(tmp_path: Path) -> None:
    with numcam(tmp_path, "--source", "demo", "--headless", "--record", "out.mp4") as program:
        assert program.stdout is not None
        assert program.stderr is not None
        assert "read" in program.stdout.readline()
        program.stdout.close()
        assert program.wait(PATIENCE_S) == 1
        (told,) = program.stderr.read().splitlines()
    assert told.startswith("What is read can't be printed any further")
    with av.open(str(DEMO_CLIP)) as clip, av.open(str(tmp_path / "out.mp4")) as container:
        assert len(list(container.decode(video=0))) == len(list(clip.decode(video=0)))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_log_is_whole_after_a_kill_and_kept_by_the_next_run(tmp_path: Path) -> None:
    log = tmp_path / "read.jsonl"
    with numcam(tmp_path, "--source", "demo", "--headless", "--log", "read.jsonl") as program:
        wait_for(lambda: log.exists() and log.read_text().count("\n") >= 4, program=program)
        program.send_signal(signal.SIGKILL)
        program.wait(30)
    text = log.read_text()
    assert text.endswith("\n")
    assert all({"clock", "text", "quad"} <= set(json.loads(line)) for line in text.splitlines())
    with numcam(tmp_path, "--source", "demo", "--headless", "--max-frames", "1", "--log", "read.jsonl") as program:
        out, err = program.communicate(timeout=120)
    assert (program.returncode, err) == (0, ""), out
    assert (tmp_path / "read.1.jsonl").read_text() == text
    assert log.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of that kind")
def test_a_full_disk_ends_the_log_and_not_the_reading(tmp_path: Path) -> None:
    script = (
        "import resource, sys; from live.__main__ import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))\n"
        "sys.exit(main(['--source', 'demo', '--headless', '--max-frames', '60', '--log', 'read.csv']))"
    )
    # the measuring of coverage has a file of its own to write
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.splitlines() == ["read.csv can't be written: File too large. Reading goes on without it."]
    assert done.stdout.splitlines()[-1].startswith("60 frames in ")
    with (tmp_path / "read.csv").open(newline="") as file:
        assert all(row["clock"] and json.loads(row["quad"]) for row in csv.DictReader(file))


@pytest.mark.parametrize(
    ("command", "code", "says"),
    [
        ("", 2, "on_number takes a command, or null, not an empty text"),
        ("  ", 2, "there is no command in it"),
        ("say 'a number", 2, "no closing quotation"),
        ("no-such-program --loud", 1, "there is no program no-such-program here"),
    ],
)
def test_a_command_that_can_not_be_meant_is_told_before_anything_is_opened(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    code: int,
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["--source", "none.mp4", "--on-number", command, "--log", "read.csv"]) == code
    (told,) = capsys.readouterr().err.splitlines()
    assert says in told
    assert list(tmp_path.iterdir()) == []


def test_a_bug_shows_where_it_is_and_exits_with_1(tmp_path: Path) -> None:
    script = (
        "import sys, live.tracking.tracker as t; from live.__main__ import main\n"
        "def broken(self, *_): raise RuntimeError('a bug')\n"
        "t.NumberTracker.update = broken\n"
        "sys.exit(main(['--source', 'demo', '--headless', '--record', 'r.mp4']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert done.stderr.splitlines()[-1] == "RuntimeError: a bug"
    assert list(tmp_path.iterdir()) == []


def test_settings_are_named_by_their_place() -> None:
    values = assigned(
        ["camera.width=1920", "camera.height=1080", "source=0", "overlay.confidence=false", "log=a=b.csv"]
    )
    assert values == {
        "camera": {"width": 1920, "height": 1080},
        "source": 0,
        "overlay": {"confidence": False},
        "log": "a=b.csv",
    }


@pytest.mark.parametrize("assignment", ["camera.width", "=3", "", "camera.width=["])
def test_an_assignment_that_is_none_is_told(assignment: str) -> None:
    with pytest.raises(SettingsError, match="--set"):
        assigned([assignment])


def test_every_option_has_a_setting_of_the_same_name() -> None:
    options = {action.dest for action in make_parser()._actions}
    about_settings = {"config", "assignments", "command", "help", "version"}
    assert options - about_settings <= set(Settings.__struct_fields__)
    assert set(RUN_OPTIONS) == options - about_settings


def test_an_option_goes_over_a_setting_of_the_same_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text("source: below.mp4\nheadless: true\n")
    assert main([]) == 1
    assert main(["--set", "source=between.mp4"]) == 1
    assert main(["--set", "source=between.mp4", "--source", "above.mp4"]) == 1
    told = capsys.readouterr().err.splitlines()
    assert told[::2] == ["Settings: config.yaml of this folder."] * 3
    assert [name in line for name, line in zip(("below", "between", "above"), told[1::2], strict=True)] == [True] * 3


def test_a_source_without_its_option_is_understood(capsys: pytest.CaptureFixture[str]) -> None:
    for word in ("1", "rtsp://door/stream", str(Path(__file__))):
        with pytest.raises(SystemExit) as caught:
            main([word])
        assert caught.value.code == 2
        assert f"--source {word}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--sorce", "0"], "there is no option --sorce; did you mean --source?"),
        (["--sorce=0"], "there is no option --sorce; did you mean --source?"),
        (["-source", "0"], "there is no option -source; did you mean --source?"),
        (["--log_frames", "a.jsonl"], "there is no option --log_frames; did you mean --log-frames?"),
        (["--source", "0", "--headles"], "there is no option --headles; did you mean --headless?"),
        (["--nothing-like-it"], "there is no option --nothing-like-it."),
        (["read", "page.jpg", "--tabel", "a.xlsx"], "there is no option --tabel; did you mean --table?"),
        (["read", "--jsn", "page.jpg"], "there is no option --jsn; did you mean --json?"),
        (
            ["raed", "page.jpg"],
            "there is no command raed, only read, batch, serve, cameras, doctor; did you mean read?",
        ),
        (["read"], "what to read is missing: FILE|FOLDER|-."),
        (["--record"], "--record needs something after it."),
        (["--headless=yes"], "--headless stands alone, without ='yes'."),
        (["\x1b[31mred"], r"there is no command \x1b[31mred"),
        (["--\x1b]0;title\a"], r"there is no option --\x1b]0;title\x07"),
        (["--max-frames", "many"], 'max_frames takes a whole number from 1 to 1,000,000,000, or null, not "many".'),
        (["--max-frames", "9" * 5000], "max_frames takes a whole number"),
        (["--max-seconds", "nan"], "max_seconds takes a number above 0"),
        (["--set", "camera.widht=1"], "there is no setting camera.widht; did you mean camera.width?"),
        (["--set", "widht=1"], "there is no setting widht; did you mean camera.width?"),
        (["--set", "camera.width=0720"], "0720, which could be read in two ways. Write 720"),
        (["--set", "camera.width="], "camera.width takes a whole number from 64 to 7680 px, not nothing (null)."),
        (["--set", "camera.width=" + "9" * 5000], "a number of 5,000 digits"),
        (["--set", "camera="], "the section camera is empty"),
        (["--set", "a.b.c.d=1"], "there is no setting a.b.c.d. "),
        (["--set", "a" * 260 + "=1"], "(260 letters)"),
        (["--set", "." * 5000 + "=1"], "(5,000 letters)"),
        (["--set", "source=" + "[" * 5000], "values in values"),
        (["--set", "log=a.txt"], "log takes a file ending in .jsonl or .csv, or null"),
        (["--set", "\x1b[2J=1"], r"there is no setting \x1b[2J"),
        (["--set", r'log="a\0.csv"'], "holds a NUL character"),
        (["--log-frames", "frames.csv"], "log_frames takes a file ending in .jsonl"),
        (["--log-frames", ".bashrc"], "log_frames takes a file ending in .jsonl"),
        (["--log", "~/.profile"], "log takes a file ending in .jsonl or .csv"),
        (["read", "page.jpg", "--csv", "numbers.txt"], "--csv takes a file ending in .csv, not numbers.txt."),
        (["read", "page.jpg", "--csv", ".bashrc"], "--csv takes a file ending in .csv, not .bashrc."),
        (["read", "page.jpg", "--table", "page.txt"], "--table takes a file ending in .csv or .xlsx, not page.txt."),
        (["--config", "a" * 260], "can't be read: File name too long."),
    ],
)
def test_wrong_arguments_are_told_in_a_line_with_what_was_probably_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        code: Any = main(arguments)
    except SystemExit as ended:
        code = ended.code
    told, out = capsys.readouterr().err, capsys.readouterr().out
    assert (code, out) == (2, "")
    assert told.count("\n") == 1
    assert told.endswith("\n")
    assert told[:-1].isprintable()
    assert says in told
    assert list(tmp_path.iterdir()) == []


def test_the_help_is_no_wider_than_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for arguments in ([], *([command] for command in COMMANDS)):
        with pytest.raises(SystemExit):
            main([*arguments, "--help"])
        out = capsys.readouterr().out
        assert max(map(len, out.splitlines())) <= 80
        assert "--config" in out
        assert "{prog}" not in out
