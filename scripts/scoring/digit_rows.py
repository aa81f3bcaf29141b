"""Rows of single digits: MNIST's test part, numbers of one writer, pen digits. Knows the digit network, no page and no reader."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.classifier import Classifier, load_classifier
from models.mnist_format import stack_mnist
from scripts.evaluation.scores import Scores, classify, classify_augmented
from scripts.evaluation.writer_numbers import score_kinds
from scripts.scoring.figures import Figure, Row, bits
from scripts.scoring.pictures import AbsentError, Places
from scripts.training.datasets import Digits, load_mnist
from scripts.training.pendigits import PenDigit, load_pendigits

TALL_PX = (20, 60)
"""Heights of digits on pages of 1280x720 (dev pages: 16 to 84 px)."""
THICK = (0.04, 0.14)
"""Thickness of pens as a share of a digit's height: from a fineliner to MNIST's own, a seventh."""
BLUR_PX = (0.4, 1.0)
"""Sigma of a lens in focus, as on the drawn pages."""
SUBPIXEL = 4
SEED = 15
EVERY_KEPT_BACK = 2
"""One pen digit in this many is looked at only before something is shipped. Not one writer in so many: of the 14, each half reads
by far better or worse than the other."""


def mnist_rows(places: Places, model: Path | None) -> list[Row]:
    """MNIST's test part, alone and with doubtful digits in several ways as on a page; numbers of one writer."""
    path = places.data / "mnist.npz"
    if not path.is_file():
        raise AbsentError(f"there is no {path}")
    classifier, test = load_classifier(model, 0), load_mnist(path)[1]
    alone = Scores(classify(classifier, test.images), test.labels)
    augmented = Scores(classify_augmented(classifier, test.images, alone.probabilities), test.labels)
    return [
        digits_row("MNIST's test part", alone),
        digits_row("MNIST's test part, doubtful ones in several ways", augmented),
        *writer_rows(test, alone.is_right),
    ]


def digits_row(name: str, scores: Scores) -> Row:
    """Digits by the network."""
    right = int(scores.is_right.sum())
    return Row("digits", name, _asked(right, len(scores.labels)), bits(scores.is_right.tolist()))


def _asked(right: int, count: int) -> dict[str, Figure]:
    """The columns of a row."""
    return {"asked": Figure(count), "right": Figure(right, count), "wrong": Figure(count - right, count)}


def writer_rows(test: Digits, is_right: NDArray[np.bool_]) -> Iterator[Row]:
    """Numbers of the digits of one writer; none where writers are not known."""
    if test.writers is None:
        return
    for kind, score in score_kinds(test.labels, test.writers, is_right).items():
        right = round((1 - score.wrong) * score.numbers)
        yield Row("digits", f"numbers of one writer, {kind}", _asked(right, score.numbers))


def pen_rows(places: Places, model: Path | None) -> list[Row]:
    """The test part of pendigits, each drawn with a pen, and read by the digit network."""
    path = places.data / "pendigits" / "pendigits-orig.tes.gz"
    if not path.is_file():
        raise AbsentError(f"there is no {path}")
    classifier, digits = load_classifier(model, 0), load_pendigits(path)
    rows = [_pen_row("pen digits", classifier, digits[::EVERY_KEPT_BACK])]
    if places.kept_back:
        rows.append(_pen_row("pen digits, kept back", classifier, digits[1::EVERY_KEPT_BACK]))
    return rows


def _pen_row(name: str, classifier: Classifier, pens: Sequence[PenDigit]) -> Row:
    """Pen digits, each in a pen and size of its own."""
    rng = np.random.default_rng(SEED)
    inputs = stack_mnist([draw_pen_digit(pen, rng) for pen in pens])
    fields = np.rint(255 * inputs[..., 0]).astype(np.uint8)
    probabilities = classify(classifier, fields)
    closer = classify_augmented(classifier, fields, probabilities)
    return digits_row(name, Scores(closer, np.array([pen.label for pen in pens], np.int64)))


def draw_pen_digit(pen: PenDigit, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The ink of a digit, in any pen and size: (H, W) uint8, 255 is ink."""
    tall = rng.uniform(*TALL_PX)
    thick = max(1, round(tall * rng.uniform(*THICK)))
    edge = thick + 4
    points = np.concatenate(pen.strokes)
    width, height = (np.ceil(points.max(axis=0) * tall).astype(int) + 2 * edge).tolist()
    ink = np.zeros((height, width), np.uint8)
    for stroke in pen.strokes:
        line = np.rint((stroke * tall + edge) * (1 << SUBPIXEL)).astype(np.int32)
        cv2.polylines(ink, [line], False, 255, thick, cv2.LINE_AA, SUBPIXEL)
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), rng.uniform(*BLUR_PX)), np.uint8)
