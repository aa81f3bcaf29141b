"""Follow numbers from frame to frame: the only memory. Knows boxes and probabilities, never pixels or a clock.

A page moves as one: the shift that most numbers made since the last frame tells where to look for each. What was read at
each place adds up as evidence (log-probabilities, digit by digit), so that one bad frame changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from live.page_motion import Quad, boxes_along, covered, iou, page_shift, page_slope
from live.records import DIGIT_CLASSES, Box, Digit, Number, TrackedNumber
from live.settings import TrackingSettings

# of all readings of one digit so many may be wrong whatever the network says: blur, a hand in front, a bad cut
MISREAD_SHARE = 0.1
# the part of a quad's own motion, beside the page's, that is believed at once is 1 - exp(-elapsed / SMOOTHING_S)
SMOOTHING_S = 0.04
# so much more overlap than it has is a pair worth whose text is the same
SAME_TEXT = 0.2
# numbers that share more than this part of the smaller one are taken for one
SAME_PLACE = 0.5


@dataclass(frozen=True, eq=False)
class Hit:
    """One reading of a tracked number."""

    number: Number
    time: float
    evidence: NDArray[np.float32]
    """(digits, C) float32: logarithms of the probabilities, with `MISREAD_SHARE` allowed for."""
    moved: NDArray[np.float32]
    """(2,) float32, px: how far the track had moved until then."""
    weight: float
    """What it counts for in the vote on the number of digits, 0 to 1."""


@dataclass(eq=False)
class Track:
    """A number that is being followed."""

    track_id: int
    quad: Quad
    first_seen: float
    last_seen: float
    hits: int = 0
    confirmed: bool = False
    recent: list[Hit] = field(default_factory=list)
    moved: NDArray[np.float32] = field(default_factory=lambda: np.zeros(2, np.float32))
    digits: tuple[Digit, ...] = ()
    """What is believed, the boxes as in the hit `shape`."""
    text: str = ""
    shape: Hit | None = None
    """The newest hit with as many digits as are believed."""

    def move(self, shift: NDArray[np.float32]) -> None:
        """Go with the page by `shift` (2,), px."""
        self.quad = self.quad + shift
        self.moved = self.moved + shift

    def add(self, number: Number, time: float, memory_s: float) -> None:
        """Take in a reading; readings older than `memory_s` are forgotten."""
        # per digit: a long number would otherwise seem doubtful beside a part of itself
        weight = number.confidence ** (1 / len(number.digits))
        hit = Hit(number, time, evidence_of(number.digits), self.moved, weight)
        self.recent = [*(earlier for earlier in self.recent if time - earlier.time <= memory_s), hit]
        elapsed_s, self.last_seen = time - self.last_seen, time
        self.hits += 1
        agreeing = believed(self.recent)
        if agreeing[-1] is hit:
            resized = self.shape is None or len(self.shape.number.digits) != len(number.digits)
            share = 1.0 if resized else 1 - math.exp(-elapsed_s / SMOOTHING_S)
            self.quad = (self.quad + share * (number.quad - self.quad)).astype(np.float32)
        elif self.shape not in agreeing:
            self.quad = agreeing[-1].number.quad + (self.moved - agreeing[-1].moved)
        self.shape = agreeing[-1]
        probabilities = combined([hit.evidence for hit in agreeing])
        boxes = [digit.box for digit in self.shape.number.digits]
        self.digits = tuple(Digit(box, row) for box, row in zip(boxes, probabilities, strict=True))
        self.text = "".join(map(str, probabilities[:, :DIGIT_CLASSES].argmax(axis=1)))

    def number(self) -> Number:
        """What is believed, where it is now."""
        assert self.shape is not None
        x, y = (round(float(part)) for part in self.moved - self.shape.moved)
        if not (x or y):
            return Number(self.digits, self.quad)
        digits = tuple(
            Digit(Box(digit.box.x + x, digit.box.y + y, digit.box.width, digit.box.height), digit.probabilities)
            for digit in self.digits
        )
        return Number(digits, self.quad)


def evidence_of(digits: Iterable[Digit]) -> NDArray[np.float32]:
    """(digits, C) float32: what one reading says for each class of each digit, as logarithms."""
    probabilities = np.stack([digit.probabilities for digit in digits])
    even = MISREAD_SHARE / probabilities.shape[1]
    evidence: NDArray[np.float32] = np.log((1 - MISREAD_SHARE) * probabilities + even).astype(np.float32)
    return evidence


def combined(evidence: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """(digits, C) float32 probabilities out of several readings' evidence; rows sum to 1.

    The mean of the logarithms, not their sum: frames of one page share their mistakes, so twenty of them are no twenty
    witnesses. Readings that all say the same come out as they went in.
    """
    mean = np.stack(evidence).mean(axis=0)
    shares = np.exp(mean - mean.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    certain = np.maximum(shares - MISREAD_SHARE / shares.shape[1], 0)
    answer: NDArray[np.float32] = (certain / certain.sum(axis=1, keepdims=True)).astype(np.float32)
    return answer


def believed(hits: Sequence[Hit]) -> list[Hit]:
    """The hits with the number of digits that is believed most; of equals the newest. Oldest first, never empty."""
    weight: dict[int, float] = {}
    for hit in reversed(hits):
        length = len(hit.number.digits)
        weight[length] = weight.get(length, 0.0) + hit.weight
    length = max(weight, key=weight.__getitem__)
    return [hit for hit in hits if len(hit.number.digits) == length]


class NumberTracker:
    """Gives the same number the same id from frame to frame, and says when it is sure enough to be shown."""

    def __init__(self, settings: TrackingSettings) -> None:
        self._settings = settings
        self._tracks: list[Track] = []
        self._next_id = 1
        self._now = -math.inf

    def reset(self) -> None:
        """Forget every number, and the time: another page follows. Ids go on."""
        self._tracks = []
        self._now = -math.inf

    def update(self, numbers: Sequence[Number], captured_at: float) -> tuple[TrackedNumber, ...]:
        """Take in what was read in one frame.

        numbers: of this frame. captured_at: its time, seconds. Returns all tracks, confirmed or not, in the order of
        their ids. Raises ValueError where time goes back.
        """
        if captured_at < self._now:
            raise ValueError(f"captured_at goes back from {self._now} to {captured_at} s: reset() comes first")
        self._now = captured_at
        shift = page_shift([track.quad for track in self._tracks], [number.quad for number in numbers])
        for track in self._tracks:
            track.move(shift)
        slope = page_slope([number.quad for number in numbers] or [track.quad for track in self._tracks])
        read = self._follow(numbers, slope)
        self._tracks = self._that_live(read, slope)
        return tuple(self._seen(track) for track in self._tracks)

    def _follow(self, numbers: Sequence[Number], slope: float) -> list[Track]:
        """Give each number to the track that it continues, or to a new one; returns the tracks that were read."""
        read = []
        taken: set[int] = set()
        for track, place in self._matches(numbers, slope):
            track.add(numbers[place], self._now, self._settings.memory_s)
            taken.add(place)
            read.append(track)
        places = [place for place in range(len(numbers)) if place not in taken]
        shared = covered(
            boxes_along([numbers[place].quad for place in places], slope),
            boxes_along([track.quad for track in read], slope),
        )
        for place, row in zip(places, shared, strict=True):
            if row.max(initial=0.0) <= SAME_PLACE:  # else a part of a number that is believed to be whole
                track = Track(self._next_id, numbers[place].quad, self._now, self._now)
                track.add(numbers[place], self._now, self._settings.memory_s)
                self._next_id += 1
                self._tracks.append(track)
                read.append(track)
        return read

    def _matches(self, numbers: Sequence[Number], slope: float) -> list[tuple[Track, int]]:
        """Tracks with the place in `numbers` of what continues them: greatest overlap first, each once."""
        if not self._tracks or not numbers:
            return []
        overlap = iou(
            boxes_along([track.quad for track in self._tracks], slope),
            boxes_along([number.quad for number in numbers], slope),
        )
        same_text = np.array([[track.text == number.text for number in numbers] for track in self._tracks])
        worth = np.where(overlap >= self._settings.min_iou, overlap + SAME_TEXT * same_text, 0.0)
        matched = []
        for index in np.argsort(-worth, axis=None, kind="stable"):
            row, column = divmod(int(index), len(numbers))
            if worth[row, column] > 0:
                matched.append((self._tracks[row], column))
                worth[row], worth[:, column] = 0.0, 0.0
        return matched

    def _that_live(self, read: Sequence[Track], slope: float) -> list[Track]:
        """The tracks to keep, by id: those read now, and the confirmed ones for a while, where nothing else is read."""
        held = [
            track
            for track in self._tracks
            if track not in read and track.confirmed and self._now - track.last_seen <= self._settings.forget_after_s
        ]
        kept: list[Track] = []
        for track in (*sorted(read, key=lambda t: -t.hits), *sorted(held, key=lambda t: -t.last_seen)):
            shared = covered(boxes_along([track.quad], slope), boxes_along([other.quad for other in kept], slope))
            if shared.max(initial=0.0) <= SAME_PLACE:
                kept.append(track)
        return sorted(kept, key=lambda track: track.track_id)

    def _seen(self, track: Track) -> TrackedNumber:
        """The track as others see it; confirms it where it is time."""
        number = track.number()
        if track.hits >= self._settings.confirm_hits and number.confidence >= self._settings.confirm_confidence:
            track.confirmed = True
        return TrackedNumber(track.track_id, number, track.hits, track.first_seen, track.last_seen, track.confirmed)
