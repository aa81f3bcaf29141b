"""Convert numbers to plain values for JSON and CSV, for `read`, logs and snapshots. Knows no file."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from live.core.records import Digit, Number, Sign
from live.core.results import FrameResult, TrackedNumber


def too_much_ink(left_out: int) -> str:
    """The message for a picture with too much ink to read in time. left_out: as `Reading.left_out`, at least 1."""
    return f"too much ink to read all: {left_out} {'piece' if left_out == 1 else 'pieces'} left out"


def picture_fields(
    source: str, size: tuple[int, int], numbers: Sequence[Number], page: tuple[int, int] | None = None
) -> dict[str, Any]:
    """The fields of one picture: source, width and height (px), and its numbers with their digits and signs.

    size: (width, height) of the picture, px. page: (page number from 1, page count of the file).
    """
    return {
        "source": source,
        **({"page": page[0], "pages": page[1]} if page is not None else {}),
        "width": size[0],
        "height": size[1],
        "numbers": [
            number_fields(number) | {"digits": digits_fields(number.digits), "signs": signs_fields(number.signs)}
            for number in numbers
        ],
    }


def frame_fields(result: FrameResult, numbers: Sequence[TrackedNumber], time_s: float) -> dict[str, Any]:
    """The fields of one frame with the given numbers, confirmed or not. time_s: seconds since the first frame."""
    return {
        "frame": result.frame.index,
        "time": round(time_s, 4),
        "source": result.frame.source,
        "left_out": result.reading.left_out,
        "numbers": [tracked_fields(tracked) | {"confirmed": tracked.confirmed} for tracked in numbers],
    }


def tracked_fields(tracked: TrackedNumber) -> dict[str, Any]:
    """The fields of a tracked number: its track id and those of `number_fields`."""
    return {"track_id": tracked.track_id, **number_fields(tracked.number)}


def number_fields(number: Number) -> dict[str, Any]:
    """The fields shown (`1?.5`), text (`12.5`), digit_text (`125`), value (12.5, or None), expected (None: nothing was), format,
    confidence (0 to 1), and quad.

    Quad: four corners (x, y), px with one decimal, clockwise from the top left.
    """
    return {
        "shown": number.shown,
        "text": number.text,
        "digit_text": number.digit_text,
        "value": plain_value(number.value),
        "expected": number.fits,
        "format": number.format or None,
        "confidence": round(number.confidence, 4),
        # Python floats are rounded: float32 would print 12.3 as 12.300000190734863
        "quad": [[round(x, 1), round(y, 1)] for x, y in number.quad.tolist()],
    }


def digits_fields(digits: Sequence[Digit]) -> list[dict[str, Any]]:
    """Label, confidence and certainty (0 to 1; see `Digit`), and box (x, y, width, height, px) of each digit."""
    return [
        {
            "label": digit.label,
            "confidence": round(digit.confidence, 4),
            "certainty": round(digit.certainty, 4),
            "box": [digit.box.x, digit.box.y, digit.box.width, digit.box.height],
        }
        for digit in digits
    ]


def signs_fields(signs: Sequence[Sign]) -> list[dict[str, Any]]:
    """Symbol, the index of the digit it stands before, confidence (0 to 1), and box (x, y, width, height, px) of each sign."""
    return [
        {
            "symbol": sign.symbol,
            "before": sign.before,
            "confidence": round(sign.confidence, 4),
            "box": [sign.box.x, sign.box.y, sign.box.width, sign.box.height],
        }
        for sign in signs
    ]


def plain_value(value: Decimal | None) -> int | float | None:
    """A value as JSON has numbers: 3000, 12.5."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
