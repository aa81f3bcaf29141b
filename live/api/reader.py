"""Reads the numbers on pictures, as the Python API; opens no window and prints nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from live.api.decimal_marks import with_decimal_mark
from live.api.expected_numbers import Expected, expectation_of, settled
from live.api.networks import as_numcam_error, open_classifier, open_reader, weakness_of
from live.api.page import Page
from live.capture.frame_source import Remark
from live.capture.pictures.bit_depth import to_bgr
from live.capture.pictures.file_bytes import checked
from live.capture.pictures.pages import Page as DecodedPage
from live.capture.pictures.pages import decode_pages, read_pages
from live.core.errors import SourceError
from live.core.settings import LimitsSettings, Settings
from live.core.settings_check import check
from live.core.settings_text import read_settings_file
from live.expected.expectation import Expectation
from live.reading.orientation import OrientedPageReader, OrientedTrace
from models.classifier import Classifier

PictureSource = str | os.PathLike[str] | bytes | NDArray[np.uint8]
"""A file name; the bytes of a file; or an array (H, W, 3) uint8 BGR or (H, W) uint8 grey."""
SettingsSource = Settings | Mapping[str, Any] | str | os.PathLike[str]
OnRemark = Callable[[Remark], None]
UNNAMED = "picture"
"""This is the name of a picture without a file."""


class Reader:
    """Reads handwritten numbers on pictures. Reuse the reader: loading its networks takes half a second.

    It keeps no state between pictures, and is thread-safe. A custom classifier must be thread-safe too.

        reader = Reader()
        page = reader.read("page.jpg")
        for number in page.numbers:
            print(number.text, number.confidence, number.quad)
    """

    def __init__(
        self,
        settings: SettingsSource | None = None,
        classifier: Classifier | None = None,
        *,
        expect: Expected | None = None,
    ) -> None:
        """Load the networks.

        Args:
            settings: `Settings`; a mapping with the names of config.yaml, `{"grouping": {"doubt_below": 0.8}}`; or the path of
                such a file. None: the defaults; no file is searched for.
            classifier: Classifies single digits, instead of `model.path` of the settings.
            expect: What numbers look like, as `--expect` takes it: `"6"`, `["date", r"\\d{2}:\\d{2}"]`, or an `Expectation`. Each
                number is then the likeliest that fits, or has `fits` False. None: by `expect` of the settings.

        Raises:
            SettingsError: A setting is unknown or out of its range, or what is expected can't be used.
            NumcamError: A network can't be loaded.
        """
        self.settings: Settings = as_settings(settings)
        """The settings of the reader."""
        self.expectation: Expectation | None = expectation_of(expect, self.settings)
        """What numbers are expected to look like; None: any number."""
        self.notes: tuple[str, ...] = self.expectation.notes if self.expectation else ()
        """The limitations of the network and of what is expected, one line each; mostly none."""
        with as_numcam_error():
            asked = open_classifier(self.settings) if classifier is None else classifier
            self._reader = open_reader(self.settings, asked, self.expectation)
        weakness = weakness_of(asked, self.settings.model)
        if classifier is None and weakness is not None:
            self.notes = (weakness, *self.notes)

    def read(self, source: PictureSource, *, keep_trace: bool = False) -> Page:
        """Read the numbers on one picture; a page may be rotated by quarter turns.

        Args:
            source: A file's path (`-` is stdin), the bytes of such a file, or an array (H, W, 3) uint8 BGR or (H, W) uint8 grey,
                which the page keeps a reference to: don't modify it. Only the first page of a file is read; `Page.pages` is the
                number of pages, and `read_all` reads them all.
            keep_trace: Keep the trace for `Page.explain`, about 4 bytes per pixel and 3 kB per digit.

        Raises:
            SourceError: There is no picture, it is damaged, or it is above the limits (`limits` in the settings).
            ValueError: The array has another shape or type.
            TypeError: `source` has another type.
        """
        pages = self.read_all(source, keep_trace=keep_trace)
        return next(pages)

    def read_all(
        self, source: PictureSource, *, keep_trace: bool = False, on_remark: OnRemark | None = None
    ) -> Iterator[Page]:
        """Read every page of a file lazily; otherwise like `read`.

        Args:
            source: As for `read`.
            keep_trace: As for `read`.
            on_remark: Called with a remark (`text`, `is_failure`) on each page that can't be read completely, and on parts of the
                file that are deliberately not read. Unreadable pages are then skipped, and truncated ones are read in part.

        Raises:
            SourceError: As for `read`; a damaged page raises it only without `on_remark`.
        """
        for page in decoded(source, self.settings.limits):
            if page.note is not None and page.number == 1 and on_remark is not None:
                on_remark(Remark(page.note, is_failure=False))
            if page.problem is not None:
                if on_remark is None:
                    raise SourceError(page.problem)
                on_remark(Remark(page.problem, is_failure=True))
            if page.image is not None:
                path = Path(source) if isinstance(source, str | os.PathLike) else None
                yield self.read_decoded(page, page.image, path, keep_trace=keep_trace)

    def read_decoded(
        self, page: DecodedPage, image: NDArray[np.uint8], path: Path | None = None, *, keep_trace: bool = False
    ) -> Page:
        """Read one decoded page. image: its picture. path: the file that it is from, if any. keep_trace: as for `read`."""
        turned = self._trace(image)
        reading = turned.reading
        return Page(
            image,
            with_decimal_mark(settled(reading.numbers, self.expectation, self.settings), self.settings.output.decimal),
            page.name,
            path=path,
            number=page.number,
            pages=page.pages,
            turn=turned.turn,
            left_out=reading.left_out,
            overlay=self.settings.overlay,
            _read_again=(lambda: turned) if keep_trace else partial(self._trace, image),
        )

    def _trace(self, image: NDArray[np.uint8]) -> OrientedTrace:
        """The trace of a picture (H, W, 3) uint8 BGR. The orientation is not kept for other calls."""
        return OrientedPageReader(self._reader, remembers=False).trace(image)


def as_settings(given: SettingsSource | None) -> Settings:
    """Convert to `Settings`: from `Settings`, or from a mapping or file that overrides the defaults. Raises SettingsError."""
    if given is None:
        return Settings()
    if isinstance(given, Settings):
        return given
    if isinstance(given, Mapping):
        return check(given, "the settings")
    return check(read_settings_file(Path(given)), str(Path(given)))


def decoded(source: PictureSource, limits: LimitsSettings) -> Iterator[DecodedPage]:
    """Decode every page of a picture. Raises SourceError, ValueError and TypeError."""
    if isinstance(source, str | os.PathLike):
        yield from read_pages(Path(source), limits)
    elif isinstance(source, bytes | bytearray | memoryview):
        yield from decode_pages(checked(bytes(source), UNNAMED, limits), UNNAMED, limits)
    elif isinstance(source, np.ndarray):
        yield DecodedPage(UNNAMED, 1, 1, as_picture(source))
    else:
        raise TypeError(f"a picture is a path, bytes or an array, not {type(source).__name__}")


def as_picture(array: NDArray[Any]) -> NDArray[np.uint8]:
    """The array as (H, W, 3) uint8 BGR, copied if it isn't contiguous. Raises ValueError."""
    is_grey = array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 1)
    if array.dtype != np.uint8 or not (is_grey or (array.ndim == 3 and array.shape[2] == 3)) or array.size == 0:
        raise ValueError(f"a picture is an array (H, W, 3) or (H, W) of uint8, not {array.shape} of {array.dtype}")
    return np.ascontiguousarray(to_bgr(array) if is_grey else array)
