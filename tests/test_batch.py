"""Tests of live/batch: all is read as `read` does, bad input is told, a run that was killed goes on. Real processes."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import numcam
from live.batch import worker_process
from live.batch.database import NAME
from live.batch.pdf_pages import PdfPages
from live.batch.records import PageRead
from live.core.settings import LimitsSettings
from scripts.make_demo import STYLE, Clip, write_video
from scripts.pages.drawn_page import DigitShapes
from tests.batch_files import bomb_pdf, drawn, encrypted_pdf, huge_pdf, png, several, write_tar, write_zip
from tests.program import PATIENCE_S
from tests.program import numcam as program

pytest.importorskip("pyarrow", reason="pyarrow is not installed: the extra `batch` has it")
pytest.importorskip("pypdfium2", reason="pypdfium2 is not installed: the extra `batch` has it")
import pyarrow.parquet as pq

TABLES = ("numbers.csv", "numbers.parquet", "pages.jsonl", "failed.csv")
Pages = list[NDArray[np.uint8]]


@pytest.fixture(scope="module")
def pages(digit_shapes: DigitShapes) -> Pages:
    return drawn(digit_shapes, 6)


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def rows(path: str) -> list[dict[str, str]]:
    with Path(path).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def lines(path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


def reasons(out: str = "out") -> dict[str, str]:
    return {row["source"]: row["reason"] for row in rows(f"{out}/failed.csv")}


def tables(folder: str) -> list[bytes]:
    return [(Path(folder) / name).read_bytes() for name in TABLES]


def write_pages(folder: str, pages: Sequence[NDArray[np.uint8]], copies: int = 1) -> None:
    Path(folder).mkdir(exist_ok=True)
    for number in range(copies * len(pages)):
        page = pages[number % len(pages)].copy()
        page[0, 0] = number  # no two files are the same
        (Path(folder) / f"{number}.png").write_bytes(png(page))


def test_every_kind_of_file_is_read_as_read_does(pages: Pages) -> None:
    Path("in").mkdir()
    Path("in/a.png").write_bytes(png(pages[0]))
    Path("in/b.tiff").write_bytes(several([pages[0], *pages] * 2, "TIFF"))  # 14 pages: two tasks
    Path("in/c.pdf").write_bytes(several(pages[:3], "PDF"))
    write_zip(Path("in/d.zip"), {"x/1.png": png(pages[3]), "2.tiff": several(pages[:2], "TIFF"), "note.txt": b"none"})
    write_tar(Path("in/e.tgz"), {"3.png": png(pages[4]), "4.tiff": several(pages[:2], "TIFF")})
    Path("in/note.txt").write_text("no picture")
    notes: list[str] = []
    done = numcam.batch("in", "out", workers=2, annotate=True, on_note=notes.append)

    found = lines("out/pages.jsonl")
    assert (done.pages, done.failed, done.waiting) == (len(found), 0, 0) == (24, 0, 0)
    assert "2 files are no picture, PDF or video: passed over." in notes
    reader = numcam.Reader()
    expected = [page.to_dict() for name in ("in/a.png", "in/b.tiff") for page in reader.read_all(name)]
    with PdfPages(Path("in/c.pdf").read_bytes(), "in/c.pdf", LimitsSettings()) as pdf:
        for page in pdf.read():
            assert page.image is not None
            more = {"source": page.name, "page": page.number, "pages": 3}
            expected.append(reader.read(page.image).to_dict() | more)
    expected += [reader.read(pages[3]).to_dict() | {"source": "in/d.zip/x/1.png"}]
    assert found[: len(expected)] == [{key: told[key] for key in found[k]} for k, told in enumerate(expected)]
    assert [page["source"] for page in found[18:]] == [
        "in/d.zip/x/1.png", "in/d.zip/2.tiff#1", "in/d.zip/2.tiff#2", "in/e.tgz/3.png", "in/e.tgz/4.tiff#1", "in/e.tgz/4.tiff#2",
    ]  # fmt: skip
    assert sum(len(page["numbers"]) for page in found) > 24

    table = rows("out/numbers.csv")
    told = [
        (page["source"].partition("#")[0], page.get("page", 1), number) for page in found for number in page["numbers"]
    ]
    assert [(row["source"], int(row["page"]), row["text"]) for row in table] == [
        (source, page, number["text"]) for source, page, number in told
    ]
    parquet = pq.read_table("out/numbers.parquet").to_pylist()
    assert [(row["source"], row["page"], row["shown"]) for row in parquet] == [
        (source, page, number["shown"]) for source, page, number in told
    ]
    assert [row["quad"] for row in parquet] == [
        pytest.approx([side for corner in number["quad"] for side in corner], abs=0.05) for _, _, number in told
    ]
    assert all(row["needs_review"] == ("?" in row["shown"]) for row in parquet)
    assert len(list(Path("out/annotated").iterdir())) == 24


def test_a_video_holds_the_numbers_that_the_live_loop_shows(pages: Pages) -> None:
    noise = np.random.default_rng(0)
    frames = (np.clip(pages[0] + noise.normal(0, 2, pages[0].shape), 0, 255).astype(np.uint8) for _ in range(40))
    demo = Path("clip.mp4")
    write_video(frames, demo, Clip(style=replace(STYLE, width=640, height=480)))
    content = demo.read_bytes()
    Path("cut.mp4").write_bytes(content[: len(content) // 2])
    write_zip(Path("in.zip"), {"clip.mp4": content})
    done = numcam.batch(["in.zip", "cut.mp4"], "out", workers=1)
    seen: dict[int, tuple[str, float, float]] = {}
    for frame in numcam.stream(demo):
        for one in frame.numbers:
            first = seen.get(one.track_id, (one.shown, frame.time, frame.time))[1]
            seen[one.track_id] = (one.shown, round(first, 4), round(frame.time, 4))
    (video, *_) = lines("out/videos.jsonl")
    assert video["source"] == "in.zip/clip.mp4"
    told = {one["track_id"]: (one["shown"], one["time"], one["until"]) for one in video["numbers"]}
    assert told.keys() == seen.keys()
    for key, shown in seen.items():
        assert told[key][0] == shown[0]
        assert told[key][1:] == pytest.approx(shown[1:], abs=1e-3)
    table = rows("out/numbers.csv")
    assert [(row["page"], row["time"]) for row in table][:1] == [("", str(video["numbers"][0]["time"]))]
    assert done.pages + done.failed == 2  # what half of a file holds depends on where its index lies
    assert "cut.mp4" in reasons() or done.failed == 0


def test_bad_input_is_told_line_by_line_and_the_rest_goes_on(pages: Pages) -> None:
    Path("in").mkdir()
    Path("in/empty.png").touch()
    Path("in/page 🎈\n.png").write_bytes(png(pages[0]))
    Path("in/cut.png").write_bytes(png(pages[1])[:20_000])
    Path("in/secret.pdf").write_bytes(encrypted_pdf())
    Path("in/huge.pdf").write_bytes(huge_pdf())
    Path("in/bomb.pdf").write_bytes(bomb_pdf())
    Path("in/broken.pdf").write_bytes(b"%PDF-1.7\nnothing")
    Path("in/text.jpg").write_text("words")
    write_zip(Path("in/bad.zip"), {"../up.png": png(pages[0]), "fine.png": png(pages[2])})
    done = numcam.batch(["in", "nowhere.png"], "out", workers=2)
    told = reasons()
    assert told["in/empty.png"] == "The picture in/empty.png is empty (0 bytes). Save or copy it again."
    assert told["in/cut.png"] == "in/cut.png is damaged or was cut short: what is left of it was read."
    assert told["in/secret.pdf"].startswith("in/secret.pdf is a PDF that opens with a password only.")
    assert told["in/huge.pdf"].startswith("in/huge.pdf has 40000x40000 px (1,600 megapixels), more than the 100")
    assert told["in/broken.pdf"].startswith("in/broken.pdf is a PDF by its first bytes, but damaged.")
    assert told["in/text.jpg"].startswith("in/text.jpg is a text, no picture.")
    assert "leads out of its archive" in told["in/bad.zip/../up.png"]
    assert told["nowhere.png"] == "There is no file or folder nowhere.png. Check its name."
    read = [page["source"] for page in lines("out/pages.jsonl")]
    assert {"in/page 🎈\n.png", "in/bad.zip/fine.png", "in/cut.png"} <= set(read)
    assert done.failed == sum(row["read"] == "no" for row in rows("out/failed.csv"))
    assert rows("out/numbers.csv")[-1]["source"] in (r"in/page 🎈\n.png", "in/cut.png", "in/bad.zip/fine.png")


def test_a_process_that_is_killed_costs_nothing_but_the_page_that_it_read(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pages("in", pages, copies=3)
    started: list[worker_process.WorkerProcess] = []
    real = worker_process.WorkerProcess.note

    def kill_once(self: worker_process.WorkerProcess, message: Any) -> None:
        real(self, message)
        if not started and isinstance(message, PageRead):
            started.append(self)
            os.kill(self.pid, signal.SIGKILL)

    monkeypatch.setattr(worker_process.WorkerProcess, "note", kill_once)
    done = numcam.batch("in", "out", workers=2)
    assert len(started) == 1
    assert done.pages + done.failed == 18
    assert done.failed <= 1
    assert all("was ended by signal 9" in reason for reason in reasons().values())
    again = numcam.batch("in", "out", workers=2)  # what failed is tried again
    assert (again.pages, again.failed) == (18, 0)
    numcam.batch("in", "whole", workers=1)
    assert tables("out") == tables("whole")


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_and_ends_as_if_it_had_not_been(pages: Pages, tmp_path: Path) -> None:
    write_pages("in", pages, copies=8)
    Path("in/long.tiff").write_bytes(several(pages * 4, "TIFF"))
    Path("in/empty.png").touch()
    numcam.batch("in", "whole", workers=2)
    chance, kills = random.Random(18), 0
    while kills < 3:
        with program(tmp_path, "batch", "in", "--out", "out", "--workers", "2") as run:
            journal = Path("out") / f"{NAME}-wal"
            begun, size = time.monotonic(), -1
            while run.poll() is None and time.monotonic() - begun < PATIENCE_S:
                now = journal.stat().st_size if journal.exists() else -1
                if size >= 0 and now > size + 8192:  # pages are committed
                    time.sleep(chance.random())
                    break
                size = max(size, now) if size < 0 else size
                time.sleep(0.01)
            if run.poll() is not None:
                break
            run.kill()
            kills += 1
    assert kills > 0
    done = numcam.batch("in", "out", workers=2)
    assert (done.pages, done.failed, done.waiting) == (72, 1, 0)
    assert tables("out") == tables("whole")


def test_a_limit_a_sample_and_what_has_changed(pages: Pages) -> None:
    write_pages("in", pages)
    notes: list[str] = []
    assert numcam.batch("in", "out", workers=1, limit=2).waiting == 4
    assert [page["source"] for page in lines("out/pages.jsonl")] == ["in/0.png", "in/1.png"]
    assert numcam.batch("in", "out", workers=1, limit=2).pages == 2
    assert numcam.batch("in", "out", workers=1, on_note=notes.append).pages == 6
    assert notes[0] == "Going on: 2 pages are read already."
    before = lines("out/pages.jsonl")

    os.utime("in/3.png")
    Path("in/1.png").write_bytes(png(np.full_like(pages[1], 240)))
    Path("in/6.png").write_bytes(png(pages[0]))
    assert numcam.batch("in", "out", workers=1).pages == 7  # new files alone
    assert lines("out/pages.jsonl")[:6] == before
    done = numcam.batch("in", "out", workers=1, changed_only=True)
    after = lines("out/pages.jsonl")
    assert (done.pages, after[1]["numbers"]) == (7, [])
    assert [after[k] for k in (0, 2, 3, 4, 5)] == [before[k] for k in (0, 2, 3, 4, 5)]


def test_a_folder_belongs_to_one_run_and_to_its_settings(pages: Pages) -> None:
    write_pages("in", pages[:1])
    Path("out").mkdir()
    Path("out/numbers.csv").write_text("mine")
    numcam.batch("in", "out", workers=1)
    assert Path("out/numbers.1.csv").read_text() == "mine"
    with pytest.raises(numcam.SettingsError, match=r"^out holds pages that were read with other settings"):
        numcam.batch("in", "out", settings={"grouping": {"doubt_below": 0.5}})
    with pytest.raises(numcam.SettingsError, match=r"^out holds pages that were read with other settings"):
        numcam.batch("in", "out", settings={"expect": "6"})
    Path(f"out/{NAME}").write_bytes(b"no database" * 1000)
    with pytest.raises(
        numcam.OutputError, match=r"is damaged, so the batch can't go on\. Choose another folder with --out\.$"
    ):
        numcam.batch("in", "out")


def test_a_model_that_no_process_can_load_is_told_once(pages: Pages) -> None:
    write_pages("in", pages[:1])
    with pytest.raises(numcam.NumcamError, match=r"nowhere\.onnx"):
        numcam.batch("in", "out", settings={"model": {"path": "nowhere.onnx"}})
