"""Follow numbers from frame to frame: the only memory. Knows boxes and probabilities, never pixels or a clock.

A page moves as one: the shift that most numbers made since the last frame tells where to look for each. What was read at
each place adds up as evidence (log-probabilities, digit by digit), so that one bad frame changes nothing. A reading made while
the page flies counts less, for it was blurred; so does one at the frame's edge, where a part may be outside.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np
from numpy.typing import NDArray

from live.evidence import Hit, agreement, doubtful_places, hit_of, probabilities_of, support, text_of
from live.page_motion import Quad, boxes_along, covered, iou, page_shift, page_slope
from live.records import Box, Digit, Number, TrackedNumber
from live.settings import GroupingSettings, TrackingSettings

# the part of a quad's own motion, beside the page's, that is believed at once is 1 - exp(-elapsed / SMOOTHING_S)
SMOOTHING_S = 0.04
# a page that moves so many heights of its numbers in a second is read half as surely as one that lies still
FAST = 80.0
# slower than that, in the same measure, a number at the frame's edge is no longer coming in
SLOW = 3.0
# and while it comes in, a reading counts so much: digits may still be outside
COMING_IN = 0.1
# so near the frame's edge, in heights of the number, more digits may follow along its line, or their feet be cut off
BESIDE, BELOW = 1.0, 0.2
# so much more overlap than it has is a pair worth whose text is the same
SAME_TEXT = 0.2
# a number that the page carries farther than so many of its own heights without being read is let go: where it is, is a guess
CARRIED = 1.0
# way that is seen by other numbers counts so much of it: paper turns and bends as it moves
SEEN = 0.5
# a number with a ? must have so many times the evidence before it is shown: often it is soon known what stands there
WITH_DOUBT = 3.0
# numbers that share more than this part of the smaller one are taken for one
SAME_PLACE = 0.5


@dataclass(eq=False)
class Track:
    """A number that is being followed."""

    track_id: int
    quad: Quad
    first_seen: float
    last_seen: float
    doubt_below: float
    hits: int = 0
    confirmed: bool = False
    recent: list[Hit] = field(default_factory=list)
    moved: NDArray[np.float32] = field(default_factory=lambda: np.zeros(2, np.float32))
    unread_px: float = 0.0
    """How far it was carried since it was read last, less where other numbers told of it."""
    digits: tuple[Digit, ...] = ()
    """What is believed, the boxes as in the hit `shape`."""
    text: str = ""
    doubtful: tuple[int, ...] = ()
    """Places of the digits that are shown as ?."""
    shape: Hit | None = None
    """The newest hit with as many digits as are believed."""

    def move(self, shift: NDArray[np.float32], *, seen: bool) -> None:
        """Go with the page by `shift` (2,), px. seen: other numbers tell of it; else it is a guess."""
        self.quad = self.quad + shift
        self.moved = self.moved + shift
        self.unread_px += float(np.hypot(*shift)) * (SEEN if seen else 1.0)

    def add(self, number: Number, time: float, memory_s: float, trust: float = 1.0) -> None:
        """Take in a reading; readings older than `memory_s` are forgotten. trust: in the frame, 0 to 1.

        A confirmed number takes another text only when more speaks for it than for the one it has.
        """
        hit = hit_of(number, time, self.moved, trust)
        self.recent = [*(earlier for earlier in self.recent if time - earlier.time <= memory_s), hit]
        elapsed_s, self.last_seen = time - self.last_seen, time
        self.hits += 1
        self.unread_px = 0.0
        agreeing, probabilities = agreement(self.recent, self.text if self.confirmed else "")
        if agreeing[-1] is hit:
            resized = self.shape is None or len(self.shape.number.digits) != len(number.digits)
            share = 1.0 if resized else 1 - math.exp(-elapsed_s / SMOOTHING_S)
            self.quad = (self.quad + share * (number.quad - self.quad)).astype(np.float32)
        elif self.shape not in agreeing:
            self.quad = agreeing[-1].number.quad + (self.moved - agreeing[-1].moved)
        self.shape = agreeing[-1]
        boxes = [digit.box for digit in self.shape.number.digits]
        self.digits = tuple(Digit(box, row) for box, row in zip(boxes, probabilities, strict=True))
        before = self.doubtful if self.confirmed and len(self.text) == len(boxes) else None
        self.text = text_of(probabilities)
        alike = [earlier for earlier in self.recent if len(earlier.number.digits) == len(boxes)]
        said = probabilities if len(alike) == len(agreeing) else probabilities_of(alike)
        self.doubtful = doubtful_places(said, self.text, before, self.doubt_below)

    def number(self) -> Number:
        """What is believed, where it is now."""
        assert self.shape is not None
        x, y = (round(float(part)) for part in self.moved - self.shape.moved)
        if not (x or y):
            return Number(self.digits, self.quad, self.doubtful)
        digits = tuple(
            Digit(Box(digit.box.x + x, digit.box.y + y, digit.box.width, digit.box.height), digit.probabilities)
            for digit in self.digits
        )
        return Number(digits, self.quad, self.doubtful)


class NumberTracker:
    """Gives the same number the same id from frame to frame, and says when it is sure enough to be shown."""

    def __init__(
        self,
        settings: TrackingSettings,
        doubt_below: float = GroupingSettings().doubt_below,
        ids: Iterator[int] | None = None,
    ) -> None:
        """doubt_below: certainty below which a digit is shown as ?, 0 to 1.

        ids: where the ids come from, for trackers that must not give the same one twice; None: 1, 2, 3, ...
        """
        self._settings = settings
        self._doubt_below = doubt_below
        self._ids = count(1) if ids is None else ids
        self._tracks: list[Track] = []
        self._now = -math.inf
        self._velocity = np.zeros(2, np.float32)
        """Of the page, px a second."""

    def reset(self) -> None:
        """Forget every number, and the time: another page follows. Ids go on."""
        self._tracks = []
        self._now = -math.inf
        self._velocity = np.zeros(2, np.float32)

    def update(
        self, numbers: Sequence[Number], captured_at: float, frame_size: tuple[int, int] | None = None
    ) -> tuple[TrackedNumber, ...]:
        """Take in what was read in one frame.

        numbers: of this frame. captured_at: its time, seconds. frame_size: width and height, px; None, where there are no
        edges at which numbers are cut. Returns all tracks, confirmed or not, in the order of their ids. Raises ValueError
        where time goes back.
        """
        if captured_at < self._now:
            raise ValueError(f"captured_at goes back from {self._now} to {captured_at} s: reset() comes first")
        elapsed_s, self._now = captured_at - self._now, captured_at
        self._move_page(numbers, elapsed_s)
        slope = page_slope([number.quad for number in numbers] or [track.quad for track in self._tracks])
        read = self._follow(numbers, slope, self._trust(numbers, frame_size))
        self._tracks = self._that_live(read, slope)
        return tuple(self._seen(track) for track in self._tracks)

    def _move_page(self, numbers: Sequence[Number], elapsed_s: float) -> None:
        """Move every track with the page: as it went before, put right by what is read now."""
        if elapsed_s > self._settings.memory_s:
            self._velocity = np.zeros(2, np.float32)  # too long ago to tell
        shift = self._velocity * np.float32(min(elapsed_s, self._settings.memory_s))
        same = self._same_text(numbers)
        told = page_shift([track.quad for track in self._tracks], [number.quad for number in numbers], same, shift)
        if told is not None:
            shift = told
            if elapsed_s > 0:
                self._velocity = (shift / elapsed_s).astype(np.float32)
        for track in self._tracks:
            track.move(shift, seen=told is not None)

    def _trust(self, numbers: Sequence[Number], frame_size: tuple[int, int] | None) -> list[float]:
        """How far each number read now is to be trusted, 0 to 1."""
        if not numbers:
            return []
        quads = np.stack([number.quad for number in numbers])
        heights = np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)
        speed = np.hypot(*self._velocity) / np.maximum(heights, 1)
        trust = 1 / (1 + (speed / FAST) ** 2)
        if frame_size is not None:
            width, height = frame_size
            across = np.minimum(quads[..., 0].min(axis=1), width - quads[..., 0].max(axis=1))
            down = np.minimum(quads[..., 1].min(axis=1), height - quads[..., 1].max(axis=1))
            at_edge = (across < BESIDE * heights) | (down < BELOW * heights)
            trust[at_edge & (speed > SLOW)] *= COMING_IN
        return [float(value) for value in trust]

    def _follow(self, numbers: Sequence[Number], slope: float, trust: Sequence[float]) -> list[Track]:
        """Give each number to the track that it continues, or to a new one; returns the tracks that were read."""
        read = []
        taken: set[int] = set()
        for track, place in self._matches(numbers, slope):
            track.add(numbers[place], self._now, self._settings.memory_s, trust[place])
            taken.add(place)
            read.append(track)
        places = [place for place in range(len(numbers)) if place not in taken]
        shared = covered(
            boxes_along([numbers[place].quad for place in places], slope),
            boxes_along([track.quad for track in read], slope),
        )
        for place, row in zip(places, shared, strict=True):
            if row.max(initial=0.0) <= SAME_PLACE:  # else a part of a number that is believed to be whole
                track = Track(next(self._ids), numbers[place].quad, self._now, self._now, self._doubt_below)
                track.add(numbers[place], self._now, self._settings.memory_s, trust[place])
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
        worth = np.where(overlap >= self._settings.min_iou, overlap + SAME_TEXT * self._same_text(numbers), 0.0)
        matched = []
        pairs = np.argwhere(worth > 0)
        for row, column in pairs[np.argsort(-worth[worth > 0], kind="stable")]:
            if worth[row, column] > 0:
                matched.append((self._tracks[row], int(column)))
                worth[row], worth[:, column] = 0.0, 0.0
        return matched

    def _same_text(self, numbers: Sequence[Number]) -> NDArray[np.bool_]:
        """(tracks, numbers) which have the same text."""
        texts, read = [track.text for track in self._tracks], [number.text for number in numbers]
        return np.equal.outer(np.array(texts, object), np.array(read, object)).astype(np.bool_)

    def _that_live(self, read: Sequence[Track], slope: float) -> list[Track]:
        """The tracks to keep, by id: those read now, and the confirmed ones for a while, where nothing else is read."""
        held = [track for track in self._tracks if track not in read and track.confirmed and self._may_be_there(track)]
        ranked = [*sorted(read, key=lambda t: -t.hits), *sorted(held, key=lambda t: -t.last_seen)]
        boxes = boxes_along([track.quad for track in ranked], slope)
        same_place = covered(boxes, boxes) > SAME_PLACE
        kept: list[int] = []
        for place in range(len(ranked)):
            if not same_place[place, kept].any():
                kept.append(place)
        return sorted((ranked[place] for place in kept), key=lambda track: track.track_id)

    def _may_be_there(self, track: Track) -> bool:
        """Whether a number that isn't read now is still believed to be where its track is."""
        height = float(np.linalg.norm(track.quad[3] - track.quad[0]))
        return self._now - track.last_seen <= self._settings.forget_after_s and track.unread_px <= CARRIED * height

    def _seen(self, track: Track) -> TrackedNumber:
        """The track as others see it; confirms it where it is time."""
        number = track.number()
        doubt = math.exp(-support(track.recent, track.text) / (WITH_DOUBT if number.doubtful else 1.0))
        told = [digit.confidence for k, digit in enumerate(number.digits) if k not in number.doubtful]
        # question marks alone tell nobody anything
        if told and doubt <= self._settings.confirm_doubt and math.prod(told) >= self._settings.confirm_confidence:
            track.confirmed = True
        return TrackedNumber(track.track_id, number, track.hits, track.first_seen, track.last_seen, track.confirmed)
