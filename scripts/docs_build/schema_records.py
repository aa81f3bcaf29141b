"""The records of the JSON that Numcam writes, each field with its description and limits. Knows no file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

Point = tuple[float, float]


def field(description: str, **limits: Any) -> Any:
    """The description of a field, and the limits of its values."""
    return msgspec.Meta(description=description, **limits)


Source = Annotated[str, field("What a person would call the picture or camera: `scan.tif`, `scan.tif#2`, `camera 0`.")]
Shown = Annotated[
    str,
    field(
        "The number as a person is shown it, with `?` for each digit or sign in doubt: `12?4`.",
        pattern="^[0-9.,/:+%?-]+$",
    ),
]
Text = Annotated[
    str,
    field(
        "The likeliest digits and signs, as long as `shown`; leading zeros stay: `1234`, `-3.50`, `24/12`.",
        pattern="^[0-9.,/:+%-]+$",
    ),
]
DigitText = Annotated[str, field("The likeliest digits without signs: `350` of `-3.50`.", pattern="^[0-9]+$")]
Value = Annotated[
    float | None,
    field(
        "What the number is worth, where that is plain: -3.5 of `-3,50`, 0.5 of `50%`; null for `24/12`, `007`, `12?4`, and for "
        "`3.000` where neither `output.decimal` nor the page's other numbers tell what the point means."
    ),
]
Expected = Annotated[bool | None, field("Whether it fits what `--expect` says; null where nothing was expected.")]
Format = Annotated[str | None, field("The expected format that it fits, as it was written; null where it fits none.")]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Confidence = Annotated[Share, field("Probability that every digit and sign is right, to four decimals.")]
Quad = Annotated[
    list[Point],
    field(
        "Corners as [x, y], px of the picture to a tenth, clockwise from the top left of the number's own line.",
        min_length=4,
        max_length=4,
    ),
]
TrackId = Annotated[
    int, field("The same as long as the number stays in view; no other number of the run has it.", ge=1)
]
Seconds = Annotated[float, field("Seconds since the first frame, on the clock of the source.")]
LeftOut = Annotated[
    int,
    field(
        "Pieces of ink that were not looked at, or not closely, or are in too many numbers: too much to read in time.",
        ge=0,
    ),
]


class Digit(msgspec.Struct):
    """One digit of a number."""

    label: Annotated[int, field("The likeliest digit.", ge=0, le=9)]
    confidence: Annotated[Share, field("Probability of `label`, to four decimals.")]
    certainty: Annotated[Share, field("Probability of `label` given that this is a digit at all, to four decimals.")]
    box: Annotated[
        list[int], field("Upright box [x, y, width, height], px of the picture.", min_length=4, max_length=4)
    ]


class Sign(msgspec.Struct):
    """A sign of a number: a point, a comma, a dash."""

    symbol: Annotated[Literal[".", ",", "-", "/", ":", "+", "%"], field("The likeliest sign.")]
    before: Annotated[
        int,
        field("Index of the digit that it stands before, from 0; the count of the digits behind the last one.", ge=0),
    ]
    confidence: Annotated[Share, field("Probability that this sign stands here, to four decimals.")]
    box: Annotated[
        list[int], field("Upright box [x, y, width, height], px of the picture.", min_length=4, max_length=4)
    ]


class Number(msgspec.Struct):
    """A number on a page."""

    shown: Shown
    text: Text
    digit_text: DigitText
    value: Value
    expected: Expected
    format: Format
    confidence: Confidence
    quad: Quad
    digits: Annotated[list[Digit], field("Its digits, left to right.", min_length=1)]
    signs: Annotated[list[Sign], field("The signs before, between and behind its digits, left to right.")]


class Page(msgspec.Struct):
    """One picture and its numbers: a line of `read --json`, `Page.to_dict`, the file beside a snapshot of one source."""

    source: Source
    width: Annotated[int, field("Width of the picture, px.", ge=1)]
    height: Annotated[int, field("Height of the picture, px.", ge=1)]
    numbers: Annotated[list[Number], field("In reading order: from top to bottom, left to right on a line.")]
    left_out: LeftOut
    page: (
        Annotated[int, field("Which page of its file it is; only of a file with several.", ge=1)] | msgspec.UnsetType
    ) = msgspec.UNSET
    pages: (
        Annotated[int, field("How many pages its file has; only of a file with several.", ge=2)] | msgspec.UnsetType
    ) = msgspec.UNSET


class VideoNumber(msgspec.Struct):
    """A number of a video, as it was shown last."""

    track_id: TrackId
    time: Annotated[float, field("When it was first shown, seconds from the first frame.", ge=0)]
    until: Annotated[float, field("When it was last in view, seconds from the first frame.", ge=0)]
    shown: Shown
    text: Text
    digit_text: DigitText
    value: Value
    confidence: Confidence
    quad: Quad


class Video(msgspec.Struct):
    """A video and its numbers: a line of `videos.jsonl`, which `batch` writes."""

    source: Source
    width: Annotated[int, field("Width of its last frame, px.", ge=1)]
    height: Annotated[int, field("Height of its last frame, px.", ge=1)]
    frames: Annotated[int, field("How many frames were read.", ge=0)]
    left_out: Annotated[int, field("Frames that were left out, as they were damaged.", ge=0)]
    duration: Annotated[float, field("Time of the last frame, seconds from the first one.", ge=0)]
    numbers: Annotated[list[VideoNumber], field("Every number that was shown, in the order in which they appeared.")]


class Snapshot(msgspec.Struct):
    """The file beside a snapshot of several sources. A snapshot of one source is a page: page.json."""

    sources: Annotated[list[Page], field("A page of each source, as the picture shows them.", min_length=2)]


class Event(msgspec.Struct):
    """Something that happened to a shown number: a line of `--log file.jsonl`."""

    time: Seconds
    clock: Annotated[
        str,
        field(
            "When Numcam found it, on the wall clock, as ISO 8601 with milliseconds and offset.",
            pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$",
        ),
    ]
    event: Annotated[
        Literal["appeared", "changed", "left"],
        field("`appeared`: it is shown now; `changed`: it is read otherwise than before; `left`: it is shown no more."),
    ]
    source: Source
    track_id: TrackId
    shown: Shown
    text: Text
    digit_text: DigitText
    value: Value
    expected: Expected
    format: Format
    confidence: Confidence
    quad: Quad


class TrackedNumber(msgspec.Struct):
    """A number in one frame."""

    track_id: TrackId
    shown: Shown
    text: Text
    digit_text: DigitText
    value: Value
    expected: Expected
    format: Format
    confidence: Confidence
    quad: Quad
    confirmed: Annotated[bool, field("Whether it has been read long enough to be shown.")]


class Frame(msgspec.Struct):
    """One frame that was read: a line of `--log-frames`, or `StreamFrame.to_dict`, which has the shown numbers alone."""

    frame: Annotated[
        int, field("Counts the frames of the source from 0; those that were skipped are counted too.", ge=0)
    ]
    time: Seconds
    source: Source
    left_out: LeftOut
    numbers: Annotated[list[TrackedNumber], field("Every number in view, shown or not yet.")]


class LiveAnswer(msgspec.Struct):
    """The answer to one frame of the WebSocket `/api/live` of `numcam serve`."""

    frame: Annotated[int, field("Which message of the connection it answers, from 0.", ge=0)]
    delay_ms: Annotated[float, field("From the frame's last byte to this answer, ms.", ge=0)]
    dropped: Annotated[int, field("Frames that were replaced by a newer one since the last answer, unread.", ge=0)]
    time: Annotated[float, field("Seconds since the connection's first frame.")] | msgspec.UnsetType = msgspec.UNSET
    width: Annotated[int, field("Width of the frame, px.", ge=1)] | msgspec.UnsetType = msgspec.UNSET
    height: Annotated[int, field("Height of the frame, px.", ge=1)] | msgspec.UnsetType = msgspec.UNSET
    left_out: LeftOut | msgspec.UnsetType = msgspec.UNSET
    numbers: Annotated[list[TrackedNumber], field("The numbers that are shown.")] | msgspec.UnsetType = msgspec.UNSET
    appeared: Annotated[list[TrackId], field("Those shown for the first time.")] | msgspec.UnsetType = msgspec.UNSET
    changed: Annotated[list[TrackId], field("Those that are read otherwise now.")] | msgspec.UnsetType = msgspec.UNSET
    left: Annotated[list[TrackId], field("Those that are shown no more.")] | msgspec.UnsetType = msgspec.UNSET
    read_ms: (
        Annotated[float, field("What reading took, ms; 0 for a frame that shows the same as the last.", ge=0)]
        | msgspec.UnsetType
    ) = msgspec.UNSET
    error: (
        Annotated[str, field("Instead of all but the first three fields: why the frame can't be read, one line.")]
        | msgspec.UnsetType
    ) = msgspec.UNSET


ROOTS: dict[str, type[msgspec.Struct]] = {
    "page.json": Page,
    "video.json": Video,
    "snapshot.json": Snapshot,
    "event.json": Event,
    "frame.json": Frame,
    "live.json": LiveAnswer,
}
