"""Pieces of lines that look like a 1."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live.core.records import Box, Digit
from live.reading.decoding import Candidate
from live.reading.ink import Ink
from live.reading.line_pieces import goes_on, stroke_darkness, without_line_pieces


def ink_of(darkness: NDArray[np.uint8], limit: int = 50) -> Ink:
    """Ink on even paper; darker than `limit` is ink."""
    return Ink(darkness, cv2.compare(darkness, limit, cv2.CMP_GT), np.full((40, 60), 220, np.uint8), 10)


def bar(darkness: NDArray[np.uint8], box: Box, level: int) -> None:
    """A filled bar."""
    darkness[box.y : box.bottom, box.x : box.right] = level


def digit(label: int, box: Box, confidence: float = 0.97, other: int = 10) -> Digit:
    """A digit believed with this confidence; else it is the `other`, which may be none."""
    probabilities = np.zeros(11, np.float32)
    probabilities[[label, other]] = confidence, 1 - confidence
    return Digit(box, probabilities)


def candidate(label: int, box: Box) -> Candidate:
    """A digit where it stands."""
    return Candidate(digit(label, box), box.x, box.y, box.right, box.bottom)


@pytest.fixture
def page() -> tuple[NDArray[np.uint8], list[Box]]:
    """Six dark digits' worth of ink, 40 px high, and where they are."""
    darkness = np.zeros((400, 600), np.uint8)
    boxes = [Box(50 + 40 * k, 100, 20, 40) for k in range(6)]
    for box in boxes:
        bar(darkness, box, 160)
    return darkness, boxes


def test_a_stroke_that_ends_does_not_go_on_and_a_line_does() -> None:
    darkness = np.zeros((400, 600), np.uint8)
    one, piece = Box(100, 100, 8, 60), Box(300, 100, 8, 60)
    bar(darkness, one, 150)
    bar(darkness, Box(300, 40, 8, 200), 46)  # a pale line, of which one part is dark enough to be ink
    bar(darkness, piece, 90)
    ink = ink_of(darkness)
    assert not goes_on(ink, one)
    assert goes_on(ink, piece)
    assert not goes_on(ink, Box(500, 300, 5, 5))  # no ink at all


def test_pieces_of_a_line_are_taken_out_and_the_page_s_own_ones_stay(page: tuple[NDArray[np.uint8], list[Box]]) -> None:
    darkness, boxes = page
    real, pale = Box(400, 100, 6, 40), Box(20, 90, 6, 60)
    bar(darkness, real, 160)
    bar(darkness, pale, 70)
    pieces = [candidate(k + 2, box) for k, box in enumerate(boxes)] + [candidate(1, real), candidate(1, pale)]
    kept = without_line_pieces(pieces, ink_of(darkness))
    assert [p.digit.box for p in kept if p.digit is not None and p.digit.label == 1] == [real]
    assert len(kept) == 7
    few = pieces[-3:]
    assert without_line_pieces(few, ink_of(darkness)) == few  # too few others to tell


def test_darkness_of_a_stroke() -> None:
    darkness = np.zeros((400, 600), np.uint8)
    bar(darkness, Box(10, 10, 20, 20), 120)
    assert stroke_darkness(ink_of(darkness), Box(5, 5, 40, 40)) == pytest.approx(120)
    assert stroke_darkness(ink_of(darkness), Box(300, 300, 4, 4)) == 0
