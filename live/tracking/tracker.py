"""Tracks numbers from frame to frame; knows boxes and probabilities, but no pixels and no system clock.

The page is rigid: the common shift of most numbers since the last frame predicts the position of each. The readings at each
position are combined as evidence (log-probabilities, digit by digit), so that a single bad frame has no effect. A reading has
less weight on a fast page, where it is blurred, and at the frame's edge, where a part may be outside.

All times are on the tracker's clock. It runs with the frames' timestamps, but more slowly if frames are so rare that numbers
would be forgotten between them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import count

import numpy as np
from numpy.typing import NDArray

from live.core.geometry import boxes_along, covered, iou, page_slope
from live.core.records import Number
from live.core.results import TrackedNumber
from live.core.settings import GroupingSettings, TrackingSettings
from live.expected.expectation import Expectation
from live.tracking.frame_interval import stretch
from live.tracking.page_motion import page_shift
from live.tracking.tracks import Track

# At this speed of the page, in number heights per second, a reading has half the weight of one at rest.
FAST = 80.0
# Above this speed of the page, in number heights per second, a number at the frame's edge may be entering.
SLOW = 3.0
# This is the factor on the weight of a reading while the number enters, as digits may still be outside.
COMING_IN = 0.1
# Nearer than this to the frame's side or top and bottom edges, in number heights, a number may be incomplete.
BESIDE, BELOW = 1.0, 0.2
# This is added to the overlap of a pair with equal texts.
SAME_TEXT = 0.2
# A track may be moved by at most this many of its heights without a reading; beyond that, its position is a guess.
CARRIED = 1.0
# This is the factor on the evidence that a number with a ? needs to be shown; often the digit is known soon after.
WITH_DOUBT = 3.0
# Above this speed of the page, in number heights per second, motion blur erases the strokes across the motion.
FLYING = 8.0
# This is the factor on the evidence that a single digit needs on a fast page, where numbers break into parts.
IN_FLIGHT = 1.5
# Two numbers that share more than this part of the smaller one's area count as the same.
SAME_PLACE = 0.5


class NumberTracker:
    """Assigns each number the same id from frame to frame, and confirms it when it is certain enough to be shown."""

    def __init__(
        self,
        settings: TrackingSettings,
        doubt_below: float = GroupingSettings().doubt_below,
        ids: Iterator[int] | None = None,
        expectation: Expectation | None = None,
    ) -> None:
        """doubt_below: certainty below which a digit is shown as ?, 0 to 1.

        ids: a shared iterator of ids, for trackers whose ids must differ; None: 1, 2, 3, ... expectation: None: any number.
        """
        self._expectation = expectation
        self._settings = settings
        self._doubt_below = doubt_below
        self._ids = count(1) if ids is None else ids
        self._tracks: list[Track] = []
        self._captured_at = -math.inf
        self._saved_s = 0.0
        """The delay of the tracker's clock relative to the frames' timestamps, seconds."""
        self._velocity = np.zeros(2, np.float32)
        """Velocity of the page, px per second."""
        self._stretch = 1.0
        self._flies = False
        self._settled_at = -math.inf
        """Time of the last reading of a number that was shown at rest, on the tracker's clock."""

    @property
    def _now(self) -> float:
        """The time on the tracker's clock."""
        return self._captured_at - self._saved_s

    def reset(self) -> None:
        """Forget all numbers and the time, as another page follows. Ids continue."""
        self._tracks = []
        self._captured_at = self._settled_at = -math.inf
        self._velocity = np.zeros(2, np.float32)
        self._flies = False

    def update(
        self,
        numbers: Sequence[Number],
        captured_at: float,
        frame_size: tuple[int, int] | None = None,
        interval_s: float = 0.0,
    ) -> tuple[TrackedNumber, ...]:
        """Update the tracks with the numbers of one frame.

        captured_at: its time, seconds. frame_size: width and height, px; None if no number can be cut off at an edge.
        interval_s: the usual interval of the source's frames, seconds. Returns all tracks, confirmed or not, in the order of
        their ids. Raises ValueError if the time decreases.
        """
        if captured_at < self._captured_at:
            raise ValueError(f"captured_at goes back from {self._captured_at} to {captured_at} s: reset() comes first")
        before, self._stretch = self._now, stretch(interval_s)
        if self._stretch > 1 and math.isfinite(self._captured_at):
            self._saved_s += (captured_at - self._captured_at) * (1 - 1 / self._stretch)
        self._captured_at = captured_at
        self._move_page(numbers, self._now - before)
        self._note_flight(numbers)
        slope = page_slope([number.quad for number in numbers] or [track.quad for track in self._tracks])
        read = self._follow(numbers, slope, self._trust(numbers, frame_size))
        self._tracks = self._that_live(read, slope)
        return tuple(self._seen(track) for track in self._tracks)

    def _move_page(self, numbers: Sequence[Number], elapsed_s: float) -> None:
        """Move every track with the page: by the shift of the current numbers, else by the last velocity."""
        if elapsed_s > self._settings.memory_s:
            self._velocity = np.zeros(2, np.float32)  # the last velocity is too old
        shift = self._velocity * np.float32(min(elapsed_s, self._settings.memory_s))
        same = self._same_text(numbers)
        told = page_shift([track.quad for track in self._tracks], [number.quad for number in numbers], same, shift)
        if told is not None:
            shift = told
            if elapsed_s > 0:
                self._velocity = (shift / elapsed_s).astype(np.float32)
        for track in self._tracks:
            track.move(shift, seen=told is not None)

    def _note_flight(self, numbers: Sequence[Number]) -> None:
        """Update whether the page is fast, relative to the height of its numbers."""
        quads = [number.quad for number in numbers] or [track.quad for track in self._tracks]
        if not quads:
            self._flies = self._flies and bool(self._velocity.any())
            return
        height = float(np.median(np.linalg.norm(np.stack(quads)[:, 3] - np.stack(quads)[:, 0], axis=1)))
        speed = float(np.hypot(*self._velocity)) / self._stretch / max(height, 1.0)
        self._flies = speed > FLYING

    def _trust(self, numbers: Sequence[Number], frame_size: tuple[int, int] | None) -> list[float]:
        """The trust in each number of the frame, 0 to 1."""
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
        """Assign each number to its matching track or to a new one; returns the updated tracks."""
        read = []
        taken: set[int] = set()
        for track, place in self._matches(numbers, slope):
            track.add(
                numbers[place],
                self._now,
                self._settings.memory_s,
                trust[place],
                keeps_text=self._flies and track.rested,
            )
            track.rested = track.rested or (track.confirmed and not self._flies)
            track.last_seen = self._captured_at
            if track.rested:
                self._settled_at = self._now
            taken.add(place)
            read.append(track)
        places = [place for place in range(len(numbers)) if place not in taken]
        shared = covered(
            boxes_along([numbers[place].quad for place in places], slope),
            boxes_along([track.quad for track in read], slope),
        )
        for place, row in zip(places, shared, strict=True):
            if row.max(initial=0.0) <= SAME_PLACE:  # else it is part of a matched number
                seen_at = self._captured_at
                track = Track(next(self._ids), numbers[place].quad, seen_at, seen_at, self._now, self._doubt_below)
                track.expectation = self._expectation
                track.add(numbers[place], self._now, self._settings.memory_s, trust[place])
                self._tracks.append(track)
                read.append(track)
        return read

    def _matches(self, numbers: Sequence[Number], slope: float) -> list[tuple[Track, int]]:
        """Pairs of a track and an index in `numbers`: greedy matching, greatest overlap first."""
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
        """(tracks, numbers) whether the digits are equal, whatever signs were read."""
        names: dict[str, int] = {}
        ids = [names.setdefault(text, len(names)) for text in (track.digit_text for track in self._tracks)]
        read = [names.get(number.digit_text, -1) for number in numbers]
        return np.asarray(np.equal.outer(np.array(ids, np.intp), np.array(read, np.intp)))

    def _that_live(self, read: Sequence[Track], slope: float) -> list[Track]:
        """The tracks to keep, by id: those read now, and for a while confirmed ones that no other track overlaps."""
        ids = {track.track_id for track in read}
        held = [
            track
            for track in self._tracks
            if track.track_id not in ids and track.confirmed and self._may_be_there(track)
        ]
        ranked = [*sorted(read, key=lambda t: -t.hits), *sorted(held, key=lambda t: -t.read_at)]
        boxes = boxes_along([track.quad for track in ranked], slope)
        same_place = covered(boxes, boxes) > SAME_PLACE
        kept = np.zeros(len(ranked), np.bool_)
        for place, row in enumerate(same_place):
            kept[place] = not (row & kept).any()
        return sorted((ranked[place] for place in np.flatnonzero(kept).tolist()), key=lambda track: track.track_id)

    def _may_be_there(self, track: Track) -> bool:
        """Whether a track without a current reading is kept."""
        height = float(np.linalg.norm(track.quad[3] - track.quad[0]))
        return self._now - track.read_at <= self._settings.forget_after_s and track.unread_px <= CARRIED * height

    def _seen(self, track: Track) -> TrackedNumber:
        """The track as a `TrackedNumber`; confirms it if its evidence suffices."""
        number = track.number()
        times = (WITH_DOUBT if number.doubts else 1.0) * (IN_FLIGHT if self._flies and len(number.digits) == 1 else 1.0)
        doubt = math.exp(-track.support() / times)
        told = [digit.confidence for k, digit in enumerate(number.digits) if k not in number.doubtful]
        if not track.confirmed and self._flies and 0 < self._now - self._settled_at < self._settings.memory_s:
            told = []  # the blurred rest of a page that leaves
        # question marks alone carry no information
        if told and doubt <= self._settings.confirm_doubt and math.prod(told) >= self._settings.confirm_confidence:
            track.confirmed = True
        return TrackedNumber(track.track_id, number, track.hits, track.first_seen, track.last_seen, track.confirmed)
