"""A person's own command, run for real: what it is told, that no shell reads it, and every way it may go wrong."""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from pathlib import Path

import psutil
import pytest

from live.core.errors import CommandError, SettingsError
from live.outputs.number_command import AT_ONCE, MOST_WAITING, NumberCommand, find_program, split_command, variables
from tests.results import event_of
from tests.xvfb_display import wait_for

TELLS = """
import json, os, pathlib
told = {name: value for name, value in os.environ.items() if name.startswith("NUMCAM_")}
pathlib.Path(told["NUMCAM_NUMBER"] + ".json").write_text(json.dumps(told))
"""


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In a folder of its own, and without the measuring of coverage, which makes each Python start slowly."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("COVERAGE")]:
        monkeypatch.delenv(name)


def python(script: str) -> str:
    """A command that runs a script."""
    return shlex.join([sys.executable, "-I", "-S", "-c", script])


def test_a_command_is_told_the_number_in_its_environment(tmp_path: Path) -> None:
    said: list[str] = []
    event = event_of("007", source="my page; touch x.png", track_id=3)
    with NumberCommand(python(TELLS), said.append) as command:
        command.add([event, event_of("12", "changed"), event_of("9", "left")])
    assert said == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["007.json", "12.json"], "what left is not told"
    assert json.loads((tmp_path / "007.json").read_text()) == {
        "NUMCAM_NUMBER": "007",
        "NUMCAM_LIKELIEST": "007",
        "NUMCAM_DIGITS": "007",
        "NUMCAM_VALUE": "",
        "NUMCAM_DOUBTFUL": "0",
        "NUMCAM_CONFIDENCE": "0.9500",
        "NUMCAM_TRACK": "3",
        "NUMCAM_SOURCE": "my page; touch x.png",
        "NUMCAM_EXPECTED": "",
        "NUMCAM_FORMAT": "",
        "NUMCAM_TIME": event.iso,
        "NUMCAM_EVENT": "appeared",
    }
    assert json.loads((tmp_path / "12.json").read_text())["NUMCAM_EVENT"] == "changed"


def test_a_command_is_told_what_is_shown_and_what_is_likeliest() -> None:
    told = variables(event_of("12?4"))
    assert (told["NUMCAM_NUMBER"], told["NUMCAM_LIKELIEST"], told["NUMCAM_DOUBTFUL"]) == ("12?4", "1284", "1")


@pytest.mark.parametrize(
    ("text", "number", "likeliest", "digits", "value", "doubtful"),
    [
        ("1234", "1234", "1234", "1234", "1234", "0"),
        ("-3,50", "-3,50", "-3,50", "350", "-3.5", "0"),
        ("24/12", "24/12", "24/12", "2412", "", "0"),
        ("12!5?", "12?5?", "12.58", "1258", "", "2"),
    ],
)
def test_a_command_is_told_signs_and_value(
    text: str, number: str, likeliest: str, digits: str, value: str, doubtful: str
) -> None:
    told = variables(event_of(text))
    names = ("NUMBER", "LIKELIEST", "DIGITS", "VALUE", "DOUBTFUL")
    assert [told[f"NUMCAM_{name}"] for name in names] == [number, likeliest, digits, value, doubtful]


def test_no_shell_reads_the_command(tmp_path: Path) -> None:
    said: list[str] = []
    writes = python("import sys, json; open('words.json', 'w').write(json.dumps(sys.argv[1:]))")
    with NumberCommand(
        f"{writes} $NUMCAM_NUMBER ; touch x | tee y > z && `touch w` $(touch v)", said.append
    ) as command:
        command.add([event_of("12")])
    assert [path.name for path in tmp_path.iterdir()] == ["words.json"]
    words = ["$NUMCAM_NUMBER", ";", "touch", "x", "|", "tee", "y", ">", "z", "&&", "`touch", "w`", "$(touch", "v)"]
    assert json.loads((tmp_path / "words.json").read_text()) == words
    assert said == []


@pytest.mark.parametrize("command", ["", "   ", "''", "notify-send 'a number", "# all a remark\\"])
def test_a_command_that_is_none_is_told(command: str) -> None:
    with pytest.raises(SettingsError, match=r"on_number: "):
        split_command(command)


def test_quotes_are_a_shells() -> None:
    assert split_command("""say "a number" 'it is' C:/x""") == ["say", "a number", "it is", "C:/x"]


def test_a_program_that_is_not_there_is_told_before_anything(tmp_path: Path) -> None:
    assert find_program(["sh", "-c", ":"])[1:] == ["-c", ":"]
    with pytest.raises(CommandError, match="no program no-such-program here"):
        NumberCommand("no-such-program --loud", print)
    (tmp_path / "plain.txt").write_text("no program")
    with pytest.raises(CommandError):
        find_program(["./plain.txt"])


def test_failures_are_told_once_and_every_number_is_tried(tmp_path: Path) -> None:
    said: list[str] = []
    fails = python("import os; open(os.environ['NUMCAM_NUMBER'], 'w'); raise SystemExit(3)")
    with NumberCommand(fails, said.append) as command:
        for text in ("1", "2", "3"):
            command.add([event_of(text)])
    assert len(list(tmp_path.iterdir())) == 3
    assert len(said) == 1
    assert "failed for " in said[0]
    assert "exit code 3. Reading goes on" in said[0]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has programs of other kinds")
def test_a_program_that_can_not_be_started_is_told(tmp_path: Path) -> None:
    script = tmp_path / "broken"
    script.write_text("#!/no/such/interpreter\n")
    script.chmod(0o755)
    said: list[str] = []
    with NumberCommand("./broken", said.append) as command:
        command.add([event_of("12")])
    assert said == [
        "--on-number: ./broken can't be run for 12: No such file or directory. Reading goes on; further failures are not told."
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_the_loop_never_waits_and_the_end_leaves_no_process() -> None:
    said: list[str] = []
    sleeps = "sh -c 'sleep 600 & sleep 600'"  # what a command has started ends with it
    numbers = AT_ONCE + MOST_WAITING + 3
    with NumberCommand(sleeps, said.append, patience_s=0.3) as command:
        spent = []
        for _ in range(numbers):
            began = time.monotonic()
            command.add([event_of("12")])
            spent.append(time.monotonic() - began)
            if len(spent) == AT_ONCE:
                wait_for(lambda: len(sleeping()) == 2 * AT_ONCE)
        assert max(spent) < 2, "milliseconds, and that on a busy machine"
        assert len(command._running) == AT_ONCE
    wait_for(lambda: not sleeping())
    assert [child for child in psutil.Process().children() if child.status() == psutil.STATUS_ZOMBIE] == []
    assert [line.removeprefix("--on-number: sh ") for line in said] == [
        "is slower than the numbers come: the oldest waiting are left out.",
        "was still running 0.3 s after the end, and was ended.",
        f"was not run for {numbers - AT_ONCE} of the numbers.",
    ]


def sleeping() -> list[int]:
    """The programs that the command above has started and that still run."""
    processes = [process.info | {"pid": process.pid} for process in psutil.process_iter(["cmdline", "environ"])]
    return [
        told["pid"]
        for told in processes
        if told["cmdline"] == ["sleep", "600"] and "NUMCAM_NUMBER" in (told["environ"] or {})
    ]
