"""Score what was shown on a clip, frame by frame, against the ground truth. Knows no picture and no reader.

A shown number belongs to the true one that overlaps it most (intersection over union of `MIN_IOU` or more).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from scripts.evaluation.page_scores import MIN_IOU, MIN_ON_CUT_NUMBER, Numbers, bounds, overlap


@dataclass(frozen=True, slots=True)
class ClipScore:
    """Counts over some clips."""

    seen: int = 0
    """Views: a true number that is wholly visible in a frame."""
    right: int = 0
    """Views in which it is shown with the right text."""
    settled_s: tuple[float, ...] = ()
    """Seconds from a number's first full view until it is shown right."""
    watched: int = 0
    """Numbers that are seen for a second or more."""
    never: int = 0
    """Of these, the ones that are never shown right."""
    flips: int = 0
    """Changes of a number's shown text; a gap in between is none."""
    minutes: float = 0.0
    """Of view, summed over the numbers."""
    false: int = 0
    """Shown numbers that belong to no true number, summed over the frames."""
    frames: int = 0

    def __add__(self, other: ClipScore) -> ClipScore:
        return ClipScore(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(slots=True)
class _View:
    """One true number over a clip."""

    seen: int = 0
    right: int = 0
    first: int | None = None
    settled: int | None = None
    last: str | None = None
    flips: int = 0

    def add(self, frame: int, text: str | None, true: str) -> None:
        """A frame in which the number is wholly visible. text: as shown, None where it is not."""
        self.seen += 1
        self.first = frame if self.first is None else self.first
        if text is None:
            return
        self.flips += self.last is not None and text != self.last
        self.last = text
        if text == true:
            self.right += 1
            self.settled = frame if self.settled is None else self.settled


def score_clip(truth: Sequence[dict[str, Any]], shown: Mapping[int, Numbers], fps: float) -> ClipScore:
    """The score of one clip.

    truth: {"frame", "numbers"} of each frame; the number at a place of the list is the same in all frames. shown: the confirmed
    numbers of each frame that was read.
    """
    views = [_View() for _ in truth[0]["numbers"]] if truth else []
    false = sum(_add_frame(frame, shown.get(frame["frame"], []), views) for frame in truth)
    seen = sum(view.seen for view in views)
    watched = [view for view in views if view.seen >= fps]
    return ClipScore(
        seen,
        sum(view.right for view in views),
        tuple((v.settled - v.first) / fps for v in views if v.settled is not None and v.first is not None),
        len(watched),
        sum(view.settled is None for view in watched),
        sum(view.flips for view in views),
        seen / fps / 60,
        false,
        len(truth),
    )


def _add_frame(frame: dict[str, Any], found: Numbers, views: list[_View]) -> int:
    """Add one frame to the views; returns how many shown numbers belong to no true number."""
    used = set()
    boxes = [bounds(number) for number in found]
    true_boxes = [bounds(number) for number in frame["numbers"]]
    for true, true_box, view in zip(frame["numbers"], true_boxes, views, strict=True):
        iou, k = max(((overlap(true_box, box)[0], k) for k, box in enumerate(boxes)), default=(0.0, -1))
        if iou >= MIN_IOU:
            used.add(k)
        if not true.get("cut"):
            view.add(frame["frame"], found[k]["text"] if iou >= MIN_IOU else None, true["text"])
    return sum(
        k not in used and not any(overlap(box, true)[1] > MIN_ON_CUT_NUMBER for true in true_boxes)
        for k, box in enumerate(boxes)
    )


def total_clips(scores: Iterable[ClipScore]) -> ClipScore:
    """All clips as one."""
    return reduce(ClipScore.__add__, scores, ClipScore())
