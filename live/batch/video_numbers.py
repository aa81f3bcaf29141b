"""Reads a video as the live loop does, and keeps each number that the tracker confirmed, with its times. Knows no journal."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from live.api.stream import stream
from live.batch.records import Beat, Message
from live.core.errors import SourceError
from live.core.fields import number_fields
from live.core.records import Number
from live.core.results import TrackedNumber
from live.core.settings import Settings

BEAT_S = 5.0
"""So often the engine is told that the video is still being read."""


@dataclass(slots=True)
class _Followed:
    """A number of the video, as it was shown last."""

    number: Number
    time: float
    until: float


def read_video(
    path: Path, name: str, settings: Settings, emit: Callable[[Message], None]
) -> tuple[dict[str, Any], list[str]]:
    """The fields of docs/schema/video.json, and what is wrong with the file.

    Raises SourceError if no frame can be read.
    """
    notes: list[str] = []
    followed: dict[int, _Followed] = {}
    try:
        frames = stream(path, settings=settings, realtime=False, on_note=notes.append)
    except SourceError as error:
        raise SourceError(str(error).replace(str(path), name)) from None
    notes.clear()  # what is told before the first frame is about the network, not about the video
    told_at, last = time.monotonic(), 0.0
    size, count = frames.session.size, 0
    for frame in frames:
        count, last = count + 1, frame.time
        size = frame.result.frame.size
        for tracked in frame.numbers:
            _note(followed, tracked, frame.time)
        if time.monotonic() - told_at > BEAT_S:
            emit(Beat())
            told_at = time.monotonic()
    left_out = frames.session.left_out
    numbers = [_fields(track_id, one) for track_id, one in followed.items()]
    fields = {
        "source": name, "width": size[0], "height": size[1], "frames": count, "left_out": left_out,
        "duration": round(last, 4), "numbers": numbers,
    }  # fmt: skip
    return fields, [note.replace(path.name, name) for note in notes]


def _note(followed: dict[int, _Followed], tracked: TrackedNumber, seconds: float) -> None:
    """A number is shown in a frame."""
    one = followed.setdefault(tracked.track_id, _Followed(tracked.number, seconds, seconds))
    one.number, one.until = tracked.number, seconds


def _fields(track_id: int, one: _Followed) -> dict[str, Any]:
    """The fields of one number."""
    return {
        "track_id": track_id, "time": round(one.time, 4), "until": round(one.until, 4), **number_fields(one.number),
    }  # fmt: skip
