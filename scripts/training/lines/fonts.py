"""Letters, words and digits from font files, as small pictures of ink. Knows no line.

Without a folder of fonts, those that Matplotlib brings are there: print, no handwriting.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

EM_PX = 48
PRINTS = ("DejaVuSans", "DejaVuSerif", "DejaVuSansMono", "DejaVuSans-Bold", "STIXGeneral", "cmr10")


class Fonts:
    """Font files by kind."""

    def __init__(self, folder: Path | None) -> None:
        """folder: .ttf and .otf files of handwriting; None: print alone."""
        import matplotlib as mpl

        printed = Path(mpl.get_data_path()) / "fonts" / "ttf"
        self.prints = tuple(path for name in PRINTS if (path := printed / f"{name}.ttf").is_file())
        found = sorted([*folder.glob("*.ttf"), *folder.glob("*.otf")]) if folder else []
        self.scripts = tuple(found)

    def any(self, rng: np.random.Generator, script: float = 0.5) -> Path:
        """A font; `script` is the share of handwriting, where there is any."""
        fonts = self.scripts if self.scripts and rng.random() < script else self.prints
        return fonts[rng.integers(len(fonts))]


@lru_cache(maxsize=4096)
def written(font: Path, text: str) -> tuple[NDArray[np.uint8], float]:
    """(H, W) uint8 ink of a word in this font, cut to its ink, and how far its top is below a digit's, in heights of a digit.

    H is such that a digit of the font is `EM_PX` times its own share tall; the second part of the answer goes with `digit_px`.
    """
    loaded = _font(font)
    left, top, right, bottom = (round(edge) for edge in loaded.getbbox(text))
    picture = Image.new("L", (max(right - left, 1), max(bottom - top, 1)), 0)
    ImageDraw.Draw(picture).text((-left, -top), text, 255, loaded)
    return np.asarray(picture, np.uint8).copy(), (top - digit_box(font)[0]) / digit_px(font)


def digit_px(font: Path) -> int:
    """Height of a digit, px."""
    top, bottom = digit_box(font)
    return max(bottom - top, 8)


@lru_cache(maxsize=256)
def digit_box(font: Path) -> tuple[int, int]:
    """Top and bottom of a 0, px."""
    _, top, _, bottom = _font(font).getbbox("0")
    return round(top), round(bottom)


@lru_cache(maxsize=256)
def _font(path: Path) -> ImageFont.FreeTypeFont:
    """A font, loaded once."""
    return ImageFont.truetype(str(path), EM_PX)
