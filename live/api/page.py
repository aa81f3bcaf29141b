"""Holds the numbers of one picture, and exports them as rows, JSON or a picture; reads nothing itself."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.fields import picture_fields
from live.core.records import Frame, Number, Reading
from live.core.results import FrameResult, TrackedNumber
from live.core.settings import OverlaySettings
from live.drawing.overlay import draw
from live.outputs.picture_file import encode_picture, write_picture
from live.outputs.tables import table_of
from live.reading.orientation import OrientedTrace

NOTEBOOK_PX = 1600
"""This is the longest side of a picture in a notebook, px: about the width of a cell; more makes the file larger."""


@dataclass(frozen=True, eq=False, repr=False)
class Page:
    """The numbers on one picture. `len(page)` counts them, and iterating gives them in reading order.

    Created by `Reader.read`; immutable, so that any thread may use it.
    """

    image: NDArray[np.uint8]
    """The picture, (H, W, 3) uint8 BGR, as given; a picture from a file is upright by its EXIF orientation."""
    numbers: tuple[Number, ...]
    """In reading order: lines from top to bottom, left to right on a line. Each has `text` (`"-3,50"`), `shown` (`"12?4"`
    if a digit or sign is doubtful), `confidence` (0 to 1), `quad` ((4, 2) float32 corners in px of `image`, clockwise from the
    top left of the number's own line), `digits`, each with `label`, `confidence` and `box`, `signs`, `digit_text` (`"350"`)
    and `value` (-3.5, or None)."""
    source: str
    """Name of the picture: `scan.tif`, `scan.tif#2` in a file with several pages, `picture` for an array."""
    path: Path | None = None
    """The file it was read from; None for bytes and arrays."""
    number: int = 1
    """Page number in the file, from 1."""
    pages: int = 1
    """The number of pages in the file."""
    turn: int = 0
    """Counterclockwise quarter turns that make the page upright, 0 to 3; `image` and `quad` are not rotated."""
    left_out: int = 0
    """The number of pieces of ink that were skipped, or read less carefully, as there was too much ink to read."""
    overlay: OverlaySettings = field(default_factory=OverlaySettings)
    """How `annotate` draws."""
    _read_again: Callable[[], OrientedTrace] | None = None
    """Returns the trace for `explain`, stored or computed again."""

    def __len__(self) -> int:
        """The number of numbers."""
        return len(self.numbers)

    def __iter__(self) -> Iterator[Number]:
        """The numbers in reading order."""
        return iter(self.numbers)

    def __repr__(self) -> str:
        """For people: `<Page 'page.jpg', 1280x720 px, 2 numbers: 4711, 12?4>`."""
        height, width = self.image.shape[:2]
        count = len(self.numbers)
        listed = f": {', '.join(number.shown for number in self.numbers)}" if count else ""
        return f"<Page {self.source!r}, {width}x{height} px, {count} number{'' if count == 1 else 's'}{listed}>"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, px."""
        return self.image.shape[1], self.image.shape[0]

    def table(self) -> list[list[str]]:
        """The numbers as a table in the layout of the page: each as `Number.shown`, "" for an empty cell.

        All rows have the same length; a page without numbers has no rows.
        """
        return table_of(self.numbers)

    def to_dict(self) -> dict[str, Any]:
        """The page as a dict, as printed by `numcam read --json`. The fields are described in docs/schema/page.json."""
        page = (self.number, self.pages) if self.pages > 1 else None
        return picture_fields(self.source, self.size, self.numbers, page) | {"left_out": self.left_out}

    def to_json(self, indent: int | None = None) -> str:
        """`to_dict` as JSON, in ASCII.

        Args:
            indent: Spaces per level; None for one line.
        """
        return json.dumps(self.to_dict(), indent=indent)

    def annotate(self) -> NDArray[np.uint8]:
        """A copy of `image` with every number framed and labelled, (H, W, 3) uint8 BGR."""
        shown = tuple(
            TrackedNumber(index, number, hits=1, first_seen=0.0, last_seen=0.0, confirmed=True)
            for index, number in enumerate(self.numbers)
        )
        blank = Reading(self.numbers, np.zeros((0, 0), np.uint8), np.zeros((0, 28, 28, 1), np.float32), self.left_out)
        frame = Frame(self.image, index=0, captured_at=0.0, source=self.source)
        return draw(FrameResult(frame, shown, blank), self.overlay)

    def save(self, path: str | Path) -> Path:
        """Write the annotated picture, and return its path.

        The file gets its name only when it is complete; an existing file of that name is kept as `seen.1.jpg`.

        Args:
            path: Its suffix determines the format: .jpg, .png, .webp, ...

        Raises:
            OutputError: The file can't be written.
        """
        path = Path(path)
        write_picture(path, self.annotate())
        return path

    def explain(self) -> dict[str, NDArray[np.uint8]]:
        """The intermediate results as pictures by name (`1-ink` to `6-numbers`), each (h, w, 3) uint8 BGR and upright.

        It takes as long as reading the page, unless that was read with `keep_trace=True`.
        """
        from live.drawing.explain.pages import explain

        if self._read_again is None:
            raise ValueError("this page was not made by a Reader: there is nothing to explain")
        turned = self._read_again()
        return explain(turned.image, turned.trace, self.overlay)

    def _repr_png_(self) -> bytes:
        """The annotated picture for a notebook, at most NOTEBOOK_PX wide and high."""
        return encode_picture(".png", _within(self.annotate(), NOTEBOOK_PX))

    def _repr_html_(self) -> str:
        """The annotated picture and the table for a notebook; every text in it is escaped."""
        picture = encode_picture(".jpg", _within(self.annotate(), NOTEBOOK_PX))
        name = html.escape(self.source)
        rows = "".join(f"<tr>{''.join(f'<td>{html.escape(text)}</td>' for text in row)}</tr>" for row in self.table())
        return (
            f'<figure><img alt="{name}" style="max-width: 100%" '
            f'src="data:image/jpeg;base64,{base64.b64encode(picture).decode()}">'
            f"<figcaption>{name}</figcaption></figure><table>{rows}</table>"
        )


def _within(picture: NDArray[np.uint8], longest: int) -> NDArray[np.uint8]:
    """The picture (H, W, 3), scaled down if a side is longer than `longest` px."""
    scale = longest / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = tuple(max(1, round(side * scale)) for side in picture.shape[1::-1])
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
