"""Tests of live/core/atomic_files.py, and of every option that writes on a disk that takes nothing more."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from live.core.atomic_files import WholeFile, first_name, replace_file, replacing, write_file
from live.core.errors import OutputError
from tests.test_terminal import page, posix_only, shell

__all__ = ["page"]


def test_a_file_has_its_name_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("earlier")
    with WholeFile(path) as file:
        file.write(b"one")
        assert path.read_text() == "earlier"
        file.write(b" two")
    assert path.read_text() == "one two"
    assert (tmp_path / "a.1.csv").read_text() == "earlier"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("error", [OutputError("something else"), KeyboardInterrupt()])
def test_an_exception_leaves_nothing_but_what_was_there(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "a.csv"
    path.write_text("earlier")
    with pytest.raises(type(error)), WholeFile(path) as file:
        file.write(b"half")
        raise error
    assert [(found.name, found.read_text()) for found in tmp_path.iterdir()] == [("a.csv", "earlier")]


def test_what_is_no_file_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_file(pipe, b"through")
    assert os.read(reader, 100) == b"through"
    replace_file(pipe, b"again")
    assert os.read(reader, 100) == b"again"
    os.close(reader)
    assert pipe.is_fifo()
    (tmp_path / "nothing.csv").symlink_to("/dev/null")
    write_file(tmp_path / "nothing.csv", b"lost")
    assert (tmp_path / "nothing.csv").is_symlink()


def test_replacing_needs_no_room_in_the_name(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 250 + ".json")
    replace_file(path, b"1")
    replace_file(path, b"2")
    write_file(path.with_suffix(".md"), b"3")
    assert path.read_bytes() == b"2"
    assert len(list(tmp_path.iterdir())) == 2
    assert first_name(Path("a/digits.weights.h5")).suffixes[-2:] == [".weights", ".h5"]
    with pytest.raises(ZeroDivisionError):
        replacing(path, lambda new: new.write_bytes(b"half") // 0)
    assert path.read_bytes() == b"2"
    assert len(list(tmp_path.iterdir())) == 2


WRITES = [
    "read page.png --csv out.csv",
    "read page.png --table out.csv",
    "read page.png --table out.xlsx",
    "read page.png --save out",
    "read page.png --save out --explain",
    "read page.png --save out --csv out.csv --table out.xlsx --json",
]


@posix_only
@pytest.mark.parametrize("command", WRITES)
def test_a_full_disk_leaves_no_half_file(page: Path, tmp_path: Path, command: str) -> None:
    (tmp_path / "page.png").write_bytes((page / "page.png").read_bytes())
    (tmp_path / "out.csv").write_text("earlier\n")
    done = shell(tmp_path, f"ulimit -f 0; NUMCAM {command}")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "can't be written: File too large" in line
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"page.png", "out.csv"}
    assert (tmp_path / "out.csv").read_text() == "earlier\n"


@posix_only
@pytest.mark.parametrize("option", ["--log out.csv", "--log out.jsonl", "--log-frames out.jsonl", "--record out.mp4"])
def test_a_run_on_a_full_disk_reads_on(page: Path, tmp_path: Path, option: str) -> None:
    (tmp_path / "page.png").write_bytes((page / "page.png").read_bytes())
    done = shell(tmp_path, f"ulimit -f 0; NUMCAM --source page.png --headless {option}")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "File too large" in line
    assert "4711" in done.stdout


@posix_only
def test_a_snapshot_on_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    script = (
        "import numpy as np; from live.outputs.run_outputs import Outputs; from live.core.settings import Settings\n"
        "outputs = Outputs(Settings(), print)\n"
        "try: outputs.snapshot([], np.zeros((100, 100, 3), np.uint8))\n"
        "except Exception as error: print(type(error).__name__, error)\n"
        "print(outputs.files)"
    )
    (tmp_path / "script.py").write_text(script)
    done = shell(tmp_path, f"ulimit -f 0; '{sys.executable}' script.py")
    kind, files = done.stdout.splitlines()
    assert kind.startswith("OutputError numcam-")
    assert files == "[]"
    assert [path.name for path in tmp_path.iterdir()] == ["script.py"]


def test_a_picture_too_large_for_its_format_is_one_line(tmp_path: Path) -> None:
    from live.outputs.picture_file import write_picture

    wide = np.zeros((2, 17_000, 3), np.uint8)
    with pytest.raises(OutputError, match=r"no \.webp holds 17000x2 px"):
        write_picture(tmp_path / "wide.webp", wide)
    write_picture(tmp_path / "wide.png", wide)
    assert np.array_equal(np.asarray(cv2.imread(str(tmp_path / "wide.png"))), wide)
    assert len(list(tmp_path.iterdir())) == 1
