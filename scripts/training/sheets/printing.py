"""Print words on a sheet. Knows no hand and no layout."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from scripts.training.lines.ink import Ink
from scripts.training.sheets.kinds import Kind
from scripts.training.sheets.sheet import Region, Sheet, quad_of

Place = tuple[float, float]
SMALL_EM, LARGE_EM = 28, 72
"""Px of a font's square: what is printed small, and what is printed large."""
LARGE_PX = 24.0
"""Height of a digit from which a font's large pictures are taken."""


FIGURES = frozenset("0123456789.,:/-+%$")
"""Characters of printed numbers."""


def print_word(sheet: Sheet, font: Path, written: str, at: Place, how: tuple[float, float]) -> float:
    """Print a word whose base line begins here; how: height of a digit, px, and darkness. Returns its right end."""
    tall, dark = how
    em = LARGE_EM if tall > LARGE_PX else SMALL_EM
    picture, top = printed(font, written, em)
    scale = tall / digit_box(font, em)[1]
    wide, high = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    left, up = at[0], at[1] - tall + top * tall
    if left < sheet.wide and up < sheet.tall and up + high > 0:
        small = cv2.resize(picture, (wide, high), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        sheet.lay(np.asarray(small, np.uint8), round(left), round(up), dark)
        box = np.array([(left, up), (left + wide, up + high)], np.float32)
        sheet.regions.append(Region(_kind(written), quad_of(box, 0.0, 0.0), tall))
    return left + wide


def _kind(written: str) -> Kind:
    """Whether a word is a number."""
    is_number = FIGURES.issuperset(written) and any(character.isdigit() for character in written)
    return Kind.FIGURES if is_number else Kind.PRINT


def print_line(sheet: Sheet, font: Path, written: str, at: Place, how: tuple[float, float]) -> float:
    """Print words in a row; returns the right end."""
    x = at[0]
    for token in written.split():
        x = print_word(sheet, font, token, (x, at[1]), how) + 0.38 * how[0]
    return x


@lru_cache(maxsize=12_000)
def printed(font: Path, written: str, em: int) -> tuple[Ink, float]:
    """A word's ink, cut to it, and how far its top is below a digit's, in heights of a digit."""
    loaded = _font(font, em)
    left, top, right, bottom = (round(edge) for edge in loaded.getbbox(written))
    picture = Image.new("L", (max(right - left, 1), max(bottom - top, 1)), 0)
    ImageDraw.Draw(picture).text((-left, -top), written, 255, loaded)
    start, tall = digit_box(font, em)
    return np.asarray(picture, np.uint8).copy(), (top - start) / tall


@lru_cache(maxsize=256)
def digit_box(font: Path, em: int) -> tuple[int, int]:
    """Top and height of a 0, px."""
    _, top, _, bottom = _font(font, em).getbbox("0")
    return round(top), max(round(bottom - top), 8)


@lru_cache(maxsize=256)
def _font(path: Path, em: int) -> ImageFont.FreeTypeFont:
    """A font, loaded once. The basic layout takes half of the time of the full one."""
    return ImageFont.truetype(str(path), em, layout_engine=ImageFont.Layout.BASIC)
