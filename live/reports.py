"""What was read in one picture, as plain values for JSON. Knows numbers, no file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from live.records import Number


def picture_fields(source: str, size: tuple[int, int], numbers: Sequence[Number]) -> dict[str, Any]:
    """One picture's line: source, width, height (px) and its numbers with text, confidence (0 to 1), quad and digits (px)."""
    return {
        "source": source,
        "width": size[0],
        "height": size[1],
        "numbers": [
            {
                "text": number.text,
                "confidence": round(number.confidence, 4),
                "quad": number.quad.astype(float).round(1).tolist(),
                "digits": [
                    {
                        "label": digit.label,
                        "confidence": round(digit.confidence, 4),
                        "box": [digit.box.x, digit.box.y, digit.box.width, digit.box.height],
                    }
                    for digit in number.digits
                ],
            }
            for number in numbers
        ],
    }
