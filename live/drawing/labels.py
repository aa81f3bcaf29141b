"""Where the labels of numbers go: on their number, in the frame, off other labels, numbers and ink. Knows sizes, no colours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from live.core.settings import OverlaySettings
from live.drawing.lettering import width_of
from models.percent import percent

Indices = NDArray[np.intp]

OVER_INK = 1.0
"""Weight of the share of a label's area that hides ink; the unit of the costs below."""
OVER_ANOTHER_NUMBER = 0.6
"""Weight of the share that lies on another number, which the label would seem to belong to."""
OVER_A_LABEL = 3.0
"""Weight of the share that lies on another label, which would make both hard to read."""
RANK = 0.02
"""Cost of each place after the first one in the order of preference; it decides between equally good places."""
HABIT = 0.15
"""Hysteresis: a label moves only to a place that costs this much less than where it was."""
COMFORT = 0.12
"""The largest share of its area that a label may hide before a smaller label is tried."""
GAP_PX = 2
"""Distance between a label and its number, px."""
AT_ONCE = 64
"""Labels that are compared with everything else together, which limits memory."""


@dataclass(frozen=True, slots=True)
class Label:
    """A chip with a number's text and its confidence, before it has its place; sizes in px."""

    text: str
    note: str
    size: int
    """Of the text."""
    note_size: int
    margin: int
    """Left and right of the texts."""
    width: int
    height: int


@lru_cache(maxsize=1024)
def label_of(text: str, note: str, size: int) -> Label:
    """The label with a text of `size` px and a smaller note, which may be empty."""
    note_size, margin = max(9, round(0.68 * size)), max(3, round(0.32 * size))
    note_width = max(4, round(0.34 * size)) + width_of(note, note_size) if note else 0
    width = width_of(text, size, bold=True) + note_width + 2 * margin
    return Label(text, note, size, note_size, margin, width, round(1.28 * size))


def label_sizes(
    text: str, confidence: float, tall: float, frame: tuple[int, int], settings: OverlaySettings
) -> tuple[Label, Label]:
    """The label that a number should have, and a smaller one for where there is no room for it.

    tall: the number's height, frame: (width, height), px. A label is as large as the number allows, within what reads well
    in a frame of this size, and never wider than the frame.
    """
    width, height = frame
    # a small number in a large frame gets a label below its own height, however large the frame
    least = max(11.0, min(height / 60, 0.6 * tall))
    size = max(7, round(min(max(0.42 * tall, least), max(14.0, height / 18)) * settings.text_scale))
    note = percent(confidence) if settings.confidence else ""
    return _fitted(label_of(text, note, size), width), _fitted(
        label_of(text, "", max(min(size, 11), size * 4 // 5)), width
    )


def _fitted(label: Label, frame_width: int) -> Label:
    """The label, made smaller where it is wider than the frame."""
    while label.width > frame_width and label.size > 7:
        size = max(7, min(label.size - 1, label.size * frame_width // label.width))
        label = label_of(label.text, label.note, size)
    return label


@dataclass(frozen=True, slots=True)
class Crowd:
    """What labels should not hide, in one frame of `width` by `height` px."""

    width: int
    height: int
    quads: NDArray[np.float32]
    """(N, 4, 2) frames of the numbers, clockwise from the top left of the number's own line, px."""
    ink: NDArray[np.float32]
    """(D, 4) left, top, right, bottom of every digit, px."""


class LabelMemory:
    """Where each number's label was, so that it stays there while the page is held in an unsteady hand."""

    def __init__(self) -> None:
        self._spots: dict[int, int] = {}

    def spot_of(self, track_id: int) -> int | None:
        """The place it had in the last frame, if it was shown."""
        return self._spots.get(track_id)

    def remember(self, spots: dict[int, int]) -> None:
        """The places of this frame; numbers that are gone are forgotten."""
        self._spots = spots


def place_labels(
    choices: list[tuple[Label, Label]], crowd: Crowd, habits: list[int | None]
) -> list[tuple[Label, tuple[int, int], int]]:
    """The label of each number, its top left corner, px, and which of the places it is: where it hides least.

    choices: of `label_sizes`, number by number as in `crowd.quads`; habits: the place of the frame before, None without one.
    """
    both = [_Places.of(labels, crowd) for labels in zip(*choices, strict=True)]
    hidden = [both[0].hidden(crowd)]
    placed: list[tuple[Label, tuple[int, int], int]] = []
    taken = np.empty((len(choices), 4), np.float32)
    for number, (others, habit) in enumerate(zip(_earlier(both), habits, strict=True)):
        beside = taken[others]
        size, (cost, spot) = 0, both[0].best(number, hidden[0], beside, habit)
        if cost > COMFORT:
            if len(hidden) == 1:  # on most pages no label needs to be small
                hidden.append(both[1].hidden(crowd))
            small_cost, small_spot = both[1].best(number, hidden[1], beside, habit)
            if small_cost < cost - COMFORT:
                size, spot = 1, small_spot
        label = choices[number][size]
        x, y = (round(place) for place in both[size].corners[number, spot].tolist())
        taken[number] = (x - GAP_PX, y - GAP_PX, x + label.width + GAP_PX, y + label.height + GAP_PX)
        placed.append((label, (x, y), spot))
    return placed


@dataclass(frozen=True, slots=True)
class _Places:
    """The places that each label may take."""

    sizes: NDArray[np.float32]
    """(N, 2) width and height of the labels."""
    corners: NDArray[np.float32]
    """(N, P, 2) top left corners, px."""

    @classmethod
    def of(cls, labels: Sequence[Label], crowd: Crowd) -> _Places:
        """The places of these labels, one label a number."""
        sizes = np.array([(label.width, label.height) for label in labels], np.float32)
        return cls(sizes, _corners(sizes, crowd))

    @property
    def around(self) -> NDArray[np.float32]:
        """(N, 4) left, top, right, bottom around all places of each label, px."""
        return np.concatenate([self.corners.min(axis=1), self.corners.max(axis=1) + self.sizes], axis=1)

    def hidden(self, crowd: Crowd) -> NDArray[np.float32]:
        """What each label would hide of ink and of other numbers at each of its places, as shares of its area, (N, P)."""
        rects = np.concatenate([crowd.quads.min(axis=1), crowd.quads.max(axis=1)], axis=1)
        hidden = np.tile(RANK * np.arange(self.corners.shape[1], dtype=np.float32), (len(self.sizes), 1))
        for weight, others, are_own in ((OVER_ANOTHER_NUMBER, rects, True), (OVER_INK, crowd.ink, False)):
            for label, other in _pairs(self.around, others):
                if are_own:  # a label may lie on its own number
                    label, other = label[label != other], other[label != other]
                shares = _shares(self.corners[label], self.sizes[label], others[other, None])
                np.add.at(hidden, label, weight * shares)
        return hidden

    def best(
        self, number: int, hidden: NDArray[np.float32], taken: NDArray[np.float32], habit: int | None
    ) -> tuple[float, int]:
        """What is hidden at the best place of a number's label, and which place it is.

        hidden: as `hidden` gives it. taken: (T, 4) other labels.
        """
        cost = hidden[number].copy()
        if len(taken):
            cost += OVER_A_LABEL * _shares(self.corners[number], self.sizes[number], taken[:, None]).sum(axis=0)
        if habit is not None:
            cost[habit] -= HABIT
        spot = int(cost.argmin())
        return float(cost[spot]), spot


def _corners(sizes: NDArray[np.float32], crowd: Crowd) -> NDArray[np.float32]:
    """Top left corners that would suit each label, the best first, all in the frame: (N, P, 2) px.

    On the number's top edge, beside it, under its bottom edge; shifted along the edge where all of these are taken.
    """
    width, height = sizes.T
    quads = crowd.quads
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = quads.transpose(1, 2, 0)

    def above(x: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        edge = np.minimum(_edge_at(x, quads[:, 0], quads[:, 1]), _edge_at(x + width, quads[:, 0], quads[:, 1]))
        return x, edge - height - GAP_PX

    def below(x: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        edge = np.maximum(_edge_at(x, quads[:, 3], quads[:, 2]), _edge_at(x + width, quads[:, 3], quads[:, 2]))
        return x, edge + GAP_PX

    spots = [
        above(x0), above(x1 - width), above((x0 + x1 - width) / 2),
        (np.maximum(x1, x2) + GAP_PX, (y1 + y2 - height) / 2),
        (np.minimum(x0, x3) - width - GAP_PX, (y0 + y3 - height) / 2),
        below(x3), below(x2 - width),
        above(x0 - 0.6 * width), above(x1 - 0.4 * width), below(x3 - 0.6 * width), below(x2 - 0.4 * width),
    ]  # fmt: skip
    corners = np.stack([np.stack(spot, axis=1) for spot in spots], axis=1)
    room = np.maximum(0, np.array([crowd.width, crowd.height], np.float32) - sizes)
    return np.clip(corners, 0, room[:, None]).astype(np.float32)


def _edge_at(x: NDArray[np.float32], start: NDArray[np.float32], end: NDArray[np.float32]) -> NDArray[np.float32]:
    """Height (y) of each edge at `x`; of its nearer end where it doesn't reach so far. x: (N,), start, end: (N, 2)."""
    run = np.maximum(end[:, 0] - start[:, 0], 1e-3)
    share = np.clip((x - start[:, 0]) / run, 0, 1)
    return start[:, 1] + share * (end[:, 1] - start[:, 1])


def _pairs(rects: NDArray[np.float32], others: NDArray[np.float32]) -> Iterator[tuple[Indices, Indices]]:
    """The indices of each rect of (N, 4) and each other one of (M, 4) that meet, some rects at a time."""
    for first in range(0, len(rects), AT_ONCE):
        left, top, right, bottom = rects[first : first + AT_ONCE, :, None].transpose(1, 0, 2)
        meet = (others[:, 0] < right) & (others[:, 2] > left) & (others[:, 1] < bottom) & (others[:, 3] > top)
        some, other = np.nonzero(meet)
        yield some + first, other


def _earlier(both: Sequence[_Places]) -> list[Indices]:
    """For each label, in either size, the earlier ones that it may lie on."""
    large, small = (places.around for places in both)
    around = np.concatenate([np.minimum(large, small)[:, :2], np.maximum(large, small)[:, 2:]], axis=1)
    margin = (GAP_PX + 1) * np.array([-1, -1, 1, 1], np.float32)  # labels keep a gap, and are placed at whole px
    found: list[Indices] = []
    for label, other in _pairs(around, around + margin):
        label, other = label[other < label], other[other < label]
        ends = np.searchsorted(label, np.arange(len(found), min(len(found) + AT_ONCE, len(around))), side="right")
        found += np.split(other, ends)[:-1]
    return found


def _shares(corners: NDArray[np.float32], size: NDArray[np.float32], rects: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much of labels of `size` (..., 2) at each of the corners (..., P, 2) lies in rects (..., 1, 4): (..., P)."""
    sides = np.minimum(corners + size[..., None, :], rects[..., 2:]) - np.maximum(corners, rects[..., :2])
    np.maximum(sides, 0, out=sides)
    return sides[..., 0] * sides[..., 1] / (size[..., :1] * size[..., 1:])
