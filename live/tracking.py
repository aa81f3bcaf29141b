"""Follow numbers from frame to frame: the only memory. Knows boxes and probabilities, never pixels or a clock.

A page moves as one: the shift that most numbers made since the last frame tells where to look for each. What was read at
each place adds up as evidence (log-probabilities, digit by digit), so that one bad frame changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from live.records import Digit, Number, TrackedNumber
from live.settings import TrackingSettings

Quad = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Hit:
    """One reading of a tracked number."""

    number: Number
    time: float


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

    def add(self, number: Number, time: float, memory_s: float) -> None:
        """Take in a reading; readings older than `memory_s` are forgotten."""
        self.recent = [hit for hit in self.recent if time - hit.time <= memory_s] + [Hit(number, time)]
        self.quad, self.last_seen = number.quad, time
        self.hits += 1

    def believed(self) -> Number:
        """What all recent readings together say: the length most believed, then each digit by its summed evidence."""
        weight: dict[int, float] = {}
        for hit in self.recent:
            length = len(hit.number.digits)
            weight[length] = weight.get(length, 0.0) + hit.number.confidence
        newest = len(self.recent[-1].number.digits)
        length = max(weight, key=lambda n: (weight[n], n == newest))
        agreeing = [hit.number for hit in self.recent if len(hit.number.digits) == length]
        latest = agreeing[-1]
        digits = tuple(
            Digit(digit.box, combined([number.digits[k].probabilities for number in agreeing]))
            for k, digit in enumerate(latest.digits)
        )
        return Number(digits, self.quad)


def combined(probabilities: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """One distribution out of several readings of the same digit: their mean in the logarithm, (C,) float32, sums to 1.

    The mean, not the sum: frames of one page share their mistakes, so twenty of them are no twenty witnesses.
    """
    logs = np.log(np.maximum(np.stack(probabilities), 1e-4)).mean(axis=0)
    shares = np.exp(logs - logs.max())
    return (shares / shares.sum()).astype(np.float32)


class NumberTracker:
    """Gives the same number the same id from frame to frame, and says when it is sure enough to be shown."""

    def __init__(self, settings: TrackingSettings) -> None:
        self._settings = settings
        self._tracks: list[Track] = []
        self._next_id = 1

    def reset(self) -> None:
        """Forget every number; ids go on."""
        self._tracks = []

    def update(self, numbers: Sequence[Number], captured_at: float) -> tuple[TrackedNumber, ...]:
        """Take in what was read in one frame.

        numbers: of this frame. captured_at: its time, seconds, never going back. Returns all tracks, confirmed or not, in the
        order of their ids.
        """
        shift = page_shift([track.quad for track in self._tracks], [number.quad for number in numbers])
        for track in self._tracks:
            track.quad = track.quad + shift
        taken: set[int] = set()
        for track, number in self._matches(numbers):
            track.add(number, captured_at, self._settings.memory_s)
            taken.add(id(number))
        for number in numbers:
            if id(number) not in taken:
                track = Track(self._next_id, number.quad, captured_at, captured_at)
                track.add(number, captured_at, self._settings.memory_s)
                self._tracks.append(track)
                self._next_id += 1
        self._tracks = [track for track in self._tracks if self._lives(track, captured_at)]
        return tuple(self._seen(track) for track in self._without_overlaps())

    def _matches(self, numbers: Sequence[Number]) -> list[tuple[Track, Number]]:
        """Tracks with the numbers that continue them: greatest overlap first, each once; the same text counts for a bit."""
        pairs = []
        for track in self._tracks:
            text = track.believed().text
            for number in numbers:
                overlap = iou(track.quad, number.quad)
                if overlap >= self._settings.min_iou:
                    pairs.append((overlap + 0.2 * (number.text == text), track, number))
        matched: list[tuple[Track, Number]] = []
        used: set[int] = set()
        for _, track, number in sorted(pairs, key=lambda pair: -pair[0]):
            if id(track) not in used and id(number) not in used:
                matched.append((track, number))
                used.update((id(track), id(number)))
        return matched

    def _lives(self, track: Track, now: float) -> bool:
        """Whether a track is kept: unconfirmed ones only while they are read, others until `forget_after_s` has passed."""
        missed_s = now - track.last_seen
        return missed_s == 0 or (track.confirmed and missed_s <= self._settings.forget_after_s)

    def _seen(self, track: Track) -> TrackedNumber:
        """The track as others see it; confirms it where it is time."""
        number = track.believed()
        if track.hits >= self._settings.confirm_hits and number.confidence >= self._settings.confirm_confidence:
            track.confirmed = True
        return TrackedNumber(track.track_id, number, track.hits, track.first_seen, track.last_seen, track.confirmed)

    def _without_overlaps(self) -> list[Track]:
        """Tracks in the order of their ids; of two on one spot, the one that was not read just now goes."""
        kept: list[Track] = []
        for track in sorted(self._tracks, key=lambda t: (-t.last_seen, -t.hits)):
            if all(covered(track.quad, other.quad) < 0.5 for other in kept):
                kept.append(track)
        self._tracks = sorted(kept, key=lambda t: t.track_id)
        return self._tracks


def page_shift(before: Sequence[Quad], now: Sequence[Quad]) -> NDArray[np.float32]:
    """The shift (x, y), px, that most numbers made since the last frame: (2,) float32, 0 where nothing tells.

    Every pair of an old and a new number of about the same size proposes its shift; the one with most others near it wins.
    """
    if not before or not now:
        return np.zeros(2, np.float32)
    old = np.array([(*quad.mean(axis=0), *np.ptp(quad, axis=0)) for quad in before], np.float32)
    new = np.array([(*quad.mean(axis=0), *np.ptp(quad, axis=0)) for quad in now], np.float32)
    size = np.abs(new[None, :, 2:] - old[:, None, 2:]) / np.maximum(old[:, None, 2:], 1)
    shifts = new[None, :, :2] - old[:, None, :2]
    reach = 3.0 * float(np.median(old[:, 3]))
    possible = (size.max(axis=2) < 0.35) & (np.abs(shifts).max(axis=2) < reach)
    candidates = shifts[possible]
    if len(candidates) == 0:
        return np.zeros(2, np.float32)
    near = np.abs(candidates[:, None] - candidates[None]).max(axis=2) < max(2.0, 0.12 * float(np.median(old[:, 3])))
    votes = near.sum(axis=1)
    # of equals the smaller shift: paper is held still more often than it is moved
    best = min(range(len(candidates)), key=lambda k: (-votes[k], float(np.hypot(*candidates[k]))))
    return candidates[near[best]].mean(axis=0).astype(np.float32)


def bounds(quad: Quad) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a quad, px."""
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def iou(first: Quad, second: Quad) -> float:
    """Intersection over union of the upright boxes around two quads, 0 to 1."""
    shared, a, b = _areas(first, second)
    return shared / max(a + b - shared, 1e-6)


def covered(first: Quad, second: Quad) -> float:
    """Share of the smaller of two quads' boxes that lies in the other, 0 to 1."""
    shared, a, b = _areas(first, second)
    return shared / max(min(a, b), 1e-6)


def _areas(first: Quad, second: Quad) -> tuple[float, float, float]:
    """Shared area and both areas of the upright boxes around two quads, px²."""
    ax0, ay0, ax1, ay1 = bounds(first)
    bx0, by0, bx1, by1 = bounds(second)
    width, height = min(ax1, bx1) - max(ax0, bx0), min(ay1, by1) - max(ay0, by0)
    shared = width * height if width > 0 and height > 0 else 0.0
    return shared, (ax1 - ax0) * (ay1 - ay0), (bx1 - bx0) * (by1 - by0)


