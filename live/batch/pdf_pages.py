"""Draws the pages of a PDF as pictures, with pypdfium2. Knows no reader and no file."""

from __future__ import annotations

from collections.abc import Container, Iterator
from importlib.util import find_spec
from typing import Any

import numpy as np

from live.capture.pictures.headers import MEGA, too_many_pixels
from live.capture.pictures.pages import Page
from live.core.errors import SourceError
from live.core.settings import LimitsSettings

DPI = 200
"""Dots per inch: handwriting of 4 mm is 31 px high then, about what the network is given; scans of forms have 200 to 300."""
POINTS = 72
"""A PDF's own unit, to the inch."""
HINT = "Type: python -m pip install pypdfium2 (it is in the extra `batch`)"


class PdfPages:
    """A PDF, open. Use as a context manager."""

    def __init__(self, content: bytes, name: str, limits: LimitsSettings, dpi: int = DPI) -> None:
        """name: for messages. Raises SourceError if it is encrypted, damaged or above the limits."""
        if find_spec("pypdfium2") is None:
            raise SourceError(f"{name} is a PDF, and the package pypdfium2, which draws its pages, is missing. {HINT}")
        import pypdfium2

        self._name, self._limits, self._dpi = name, limits, dpi
        self._error: type[Exception] = pypdfium2.PdfiumError
        try:
            self._pdf: Any = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            raise SourceError(_why(name, error)) from error
        self.count = len(self._pdf)
        """How many pages it has."""
        if self.count == 0:
            raise SourceError(f"{name} is a PDF without a page.")
        if self.count > limits.pages:
            raise SourceError(
                f"{name} has more than {limits.pages} pages, so it isn't read. If it is to be: --set limits.pages=..."
            )
        self._pdf.init_forms()  # what was filled in is drawn too

    def __enter__(self) -> PdfPages:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._pdf.close()

    def read(self, wanted: Container[int] | None = None) -> Iterator[Page]:
        """The pages, (H, W, 3) uint8 BGR each. wanted: their numbers, from 1; None: all."""
        for number in range(1, self.count + 1):
            if wanted is None or number in wanted:
                yield self._page(number)

    def _page(self, number: int) -> Page:
        """Draw one page."""
        place = f"#{number}" if self.count > 1 else ""
        name = f"{self._name}{place}"
        try:
            page = self._pdf[number - 1]
            size = tuple(round(side * self._dpi / POINTS) for side in page.get_size())
            if min(size) < 1 or size[0] * size[1] > self._limits.megapixels * MEGA:
                return Page(name, number, self.count, None, too_many_pixels(name, (size[0], size[1]), self._limits))
            bitmap = page.render(scale=self._dpi / POINTS, rev_byteorder=False, prefer_bgrx=False)
            pixels = bitmap.to_numpy()
            image = np.repeat(pixels[:, :, :1], 3, axis=2) if pixels.shape[2] == 1 else pixels[:, :, :3]
            image = np.array(image, np.uint8, order="C")  # the bitmap's memory goes with it
            page.close()
        except (self._error, ValueError, MemoryError) as error:
            return Page(
                name, number, self.count, None, f"{name} can't be drawn: {str(error).rstrip('.') or 'it is damaged'}."
            )
        return Page(name, number, self.count, image)


def _why(name: str, error: Exception) -> str:
    """One line for a PDF that can't be opened."""
    if "password" in str(error).lower():
        return f"{name} is a PDF that opens with a password only. Save it without one, as with: qpdf --decrypt"
    return f"{name} is a PDF by its first bytes, but damaged. Copy it again, or print it into a new PDF."
