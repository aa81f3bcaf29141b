"""Time a reading of a picture beside a lower bound for the same work, on the same picture. Judges no reading."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from live.reading.reader import PageReader
from models.classifier import Classifier

Network = Callable[[NDArray[np.float32]], object]


@dataclass(frozen=True, slots=True)
class PageTime:
    """The fastest of some readings of one picture: the one that other programs disturbed least."""

    ms: float
    floor_ms: float


def measure_floor(image: NDArray[np.uint8], batch: NDArray[np.float32], classifier: Network) -> float:
    """Milliseconds of the lower bound: the simplest form of each stage, and the CNN on the same batch."""
    start = time.perf_counter()
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    mask = cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 41, 12)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    boxes = sorted((cv2.boundingRect(contour) for contour in contours), key=lambda box: -box[2] * box[3])
    fields = np.zeros_like(batch)
    for field, (x, y, w, h) in zip(fields, boxes, strict=False):
        field[..., 0] = cv2.resize(gray[y : y + h, x : x + w], (28, 28), interpolation=cv2.INTER_AREA)
    classifier(batch)
    return 1000 * (time.perf_counter() - start)


def time_pages(
    images: Sequence[NDArray[np.uint8]], reader: PageReader, classifier: Classifier, repeat: int
) -> list[PageTime]:
    """The time of each picture, (H, W, 3) uint8 BGR. Reader and floor are measured in turn, after one reading that isn't."""
    times = []
    for image in images:
        laps: list[tuple[float, float]] = []
        for _ in range(1 + repeat):
            start = time.perf_counter()
            batch = reader.read(image).inputs
            took = 1000 * (time.perf_counter() - start)
            laps.append((took, measure_floor(image, batch, classifier)))
        ms, floor_ms = np.min(laps[1:], axis=0).tolist()
        times.append(PageTime(ms, floor_ms))
    return times
