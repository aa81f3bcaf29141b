"""Every kind of file that people give to `read`: all formats, all pages, upright once; bombs, pipes and what is no picture."""

from __future__ import annotations

import io
import os
import re
import resource
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pytest
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

from live.capture.pictures.bit_depth import Depth, to_8_bit, to_bgr
from live.capture.pictures.folders import list_folder
from live.capture.pictures.kinds import kind_of
from live.capture.pictures.pages import Page, decode_picture, read_pages, read_picture
from live.core.errors import SourceError
from live.core.settings import LimitsSettings
from tests.program import PATIENCE_S, ROOT, log_rows, numcam

ORIENTATION = 0x0112
SEEN = {1: None, 2: "flip", 3: "180", 4: "flop", 5: "transpose", 6: "cw", 7: "transverse", 8: "ccw"}


def marked(height: int = 120, width: int = 192) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB, no turn or mirror of which looks like another."""
    picture = np.full((height, width, 3), 90, np.uint8)
    picture[:, : width // 8] = 255
    picture[: height // 4, : width // 3] = (220, 40, 30)
    return picture


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def heic(image: Image.Image, **options: object) -> bytes:
    content = io.BytesIO()
    pillow_heif.from_pillow(image).save(content, quality=95, **options)
    return content.getvalue()


def page() -> Image.Image:
    return Image.fromarray(marked())


def difference(picture: NDArray[np.uint8], wanted: NDArray[np.uint8] | None = None) -> float:
    """Mean of the grey levels' difference; a picture of another size is wholly different."""
    wanted = marked() if wanted is None else wanted
    if picture.shape != wanted.shape:
        return 255.0
    grey = cv2.cvtColor(wanted, cv2.COLOR_RGB2GRAY).astype(int)
    return float(np.abs(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(int) - grey).mean())


def oriented(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return exif


FORMATS: dict[str, Callable[[], bytes]] = {
    "avif": lambda: encoded(page(), "AVIF", quality=95),
    "bmp": lambda: encoded(page(), "BMP"),
    "bmp of 16 colours": lambda: encoded(page().quantize(16), "BMP"),
    "gif": lambda: encoded(page(), "GIF"),
    "heic": lambda: heic(page()),
    "heic with alpha": lambda: heic(page().convert("RGBA")),
    "jpeg": lambda: encoded(page(), "JPEG", quality=95),
    "jpeg, progressive": lambda: encoded(page(), "JPEG", quality=95, progressive=True),
    "jpeg of CMYK": lambda: encoded(page().convert("CMYK"), "JPEG", quality=95),
    "jpeg of grey": lambda: encoded(page().convert("L"), "JPEG", quality=95),
    "jpeg 2000": lambda: encoded(page(), "JPEG2000"),
    "png": lambda: encoded(page(), "PNG"),
    "png of 16 colours": lambda: encoded(page().quantize(16), "PNG"),
    "png of grey and alpha": lambda: encoded(page().convert("LA"), "PNG"),
    "ppm": lambda: encoded(page(), "PPM"),
    "tiff": lambda: encoded(page(), "TIFF"),
    "tiff of CMYK": lambda: encoded(page().convert("CMYK"), "TIFF"),
    "tiff of floats": lambda: encoded(page().convert("F"), "TIFF"),
    "tiff of grey": lambda: encoded(page().convert("L"), "TIFF"),
    "tiff with deflate": lambda: encoded(page(), "TIFF", compression="tiff_adobe_deflate"),
    "tiff with JPEG": lambda: encoded(page(), "TIFF", compression="jpeg"),
    "tiff with LZW": lambda: encoded(page(), "TIFF", compression="tiff_lzw"),
    "tiff with zstd, which OpenCV lacks": lambda: encoded(page(), "TIFF", compression="zstd"),
    "webp": lambda: encoded(page(), "WEBP", quality=95),
    "webp without loss": lambda: encoded(page(), "WEBP", lossless=True),
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_read_whatever_its_name_says(tmp_path: Path, name: str) -> None:
    path = tmp_path / "page.HEIC"
    path.write_bytes(FORMATS[name]())
    (read,) = read_pages(path)
    assert read.image is not None
    assert read.problem is None
    assert difference(read.image) < 5


@pytest.mark.parametrize("mode", ["PNG", "TIFF", "BMP", "PPM", "group4"])
def test_one_bit_is_black_and_white(mode: str) -> None:
    stripes = Image.fromarray(np.repeat(np.array([[0, 1, 1, 0]], np.uint8) * 255, 12, axis=0).repeat(20, axis=1))
    options = {"compression": "group4"} if mode == "group4" else {}
    content = encoded(stripes.convert("1"), "TIFF" if mode == "group4" else mode, **options)
    assert np.array_equal(decode_picture(content, "x")[:, :, 0], np.asarray(stripes))


CONTAINERS: dict[str, Callable[[int], bytes]] = {
    "avif": lambda o: encoded(page(), "AVIF", quality=95, exif=oriented(o)),
    "heic": lambda o: heic(page(), exif=oriented(o).tobytes()),
    "jpeg": lambda o: encoded(page(), "JPEG", quality=95, exif=oriented(o)),
    "png": lambda o: encoded(page(), "PNG", exif=oriented(o)),
    "tiff": lambda o: encoded(page(), "TIFF", tiffinfo={ORIENTATION: o}),
    "tiff of grey": lambda o: encoded(page().convert("L"), "TIFF", tiffinfo={ORIENTATION: o}),
    "tiff with zstd, which OpenCV lacks": lambda o: encoded(
        page(), "TIFF", tiffinfo={ORIENTATION: o}, compression="zstd"
    ),
    "webp": lambda o: encoded(page(), "WEBP", quality=95, exif=oriented(o)),
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_comes_upright_exactly_once(name: str, orientation: int) -> None:
    picture = decode_picture(CONTAINERS[name](orientation), name)
    turns: dict[int, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = {
        1: lambda p: p,
        2: lambda p: p[:, ::-1],
        3: lambda p: p[::-1, ::-1],
        4: lambda p: p[::-1],
        5: lambda p: p.transpose(1, 0, 2),
        6: lambda p: np.rot90(p, -1),
        7: lambda p: p.transpose(1, 0, 2)[::-1, ::-1],
        8: np.rot90,
    }
    assert difference(picture, np.ascontiguousarray(turns[orientation](marked()))) < 5


# ---- several pages


def pages_of(content: bytes, tmp_path: Path, limits: LimitsSettings | None = None) -> list[Page]:
    path = tmp_path / "scan.tif"
    path.write_bytes(content)
    return list(read_pages(path, limits or LimitsSettings()))


def several(count: int = 3) -> bytes:
    shades = [Image.new("L", (60 + k, 40), 60 * k + 20) for k in range(count)]
    return encoded(shades[0], "TIFF", save_all=True, append_images=shades[1:])


def test_every_page_of_a_tiff_is_read_and_named(tmp_path: Path) -> None:
    pages = pages_of(several(), tmp_path)
    assert [Path(page.name).name for page in pages] == ["scan.tif#1", "scan.tif#2", "scan.tif#3"]
    assert [(page.number, page.pages) for page in pages] == [(1, 3), (2, 3), (3, 3)]
    assert [page.image[0, 0, 0] for page in pages if page.image is not None] == [20, 80, 140]
    assert [page.image.shape[1] for page in pages if page.image is not None] == [60, 61, 62]


def test_a_damaged_page_is_told_and_the_others_are_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    noise = [Image.fromarray(np.random.default_rng(k).integers(0, 255, (40, 60), np.uint8)) for k in range(3)]
    content = bytearray(encoded(noise[0], "TIFF", save_all=True, append_images=noise[1:], compression="tiff_lzw"))
    with Image.open(io.BytesIO(content)) as opened:
        opened.seek(1)
        (start,) = opened.tag_v2[273]  # type: ignore[attr-defined]
    content[start : start + 600] = b"\xff" * 600
    pages = pages_of(bytes(content), tmp_path)
    assert [page.problem is None for page in pages] == [True, False, True]
    assert "scan.tif#2 is" in str(pages[1].problem)
    assert "damaged" in str(pages[1].problem)
    assert capfd.readouterr() == ("", "")


def test_small_copies_and_masks_of_pages_are_no_pages(tmp_path: Path) -> None:
    first, small = Image.new("L", (60, 40), 200), Image.new("L", (15, 10), 100)
    content = io.BytesIO()
    first.save(content, "TIFF", save_all=True, append_images=[small])
    changed = bytearray(content.getvalue())
    from live.capture.pictures.tiff_pages import directories

    assert len(list(directories(bytes(changed)))) == 2
    offset = struct.unpack_from("<I", changed, 4)[0]
    (entries,) = struct.unpack_from("<H", changed, offset)
    (second,) = struct.unpack_from("<I", changed, offset + 2 + 12 * entries)
    (entries,) = struct.unpack_from("<H", changed, second)
    tags = [struct.unpack_from("<H", changed, second + 2 + 12 * k)[0] for k in range(entries)]
    # the last wanted tag is given the meaning of "a smaller copy"
    at = second + 2 + 12 * tags.index(262)
    struct.pack_into("<HHII", changed, at, 254, 4, 1, 1)
    assert [page.number for page in pages_of(bytes(changed), tmp_path)] == [1]


@pytest.mark.parametrize("is_deep", [False, True], ids=["Pillow", "OpenCV"])
def test_each_page_of_many_is_decoded_as_the_first(
    is_deep: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decoders walk from page to page: a page that isn't the first one costs as much as all before it."""
    shades = np.linspace(0, 255, 40).astype(np.uint8)
    file = tmp_path / "many.tif"
    pages = [np.full((8, 9, 3) if is_deep else (8, 9), shade, np.uint8) for shade in shades]
    for page in pages:
        page[0, 0] = 255
    if is_deep:
        assert cv2.imwritemulti(str(file), [page.astype(np.uint16) * 257 for page in pages])
    else:
        assert cv2.imwritemulti(str(file), pages)
    monkeypatch.setattr(TiffImagePlugin.TiffImageFile, "seek", None)

    read = list(read_pages(file))

    assert [page.problem for page in read] == [None] * len(shades)
    assert [int(np.asarray(page.image).min()) for page in read] == shades.tolist()


def test_directories_that_go_round_end() -> None:
    content = bytearray(several(2))
    offset = struct.unpack_from("<I", content, 4)[0]
    (entries,) = struct.unpack_from("<H", content, offset)
    (second,) = struct.unpack_from("<I", content, offset + 2 + 12 * entries)
    (more,) = struct.unpack_from("<H", content, second)
    struct.pack_into("<I", content, second + 2 + 12 * more, offset)
    assert decode_picture(bytes(content), "x").shape == (40, 60, 3)


# ---- limits


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *, before: bytes = b"", rows: int | None = None) -> bytes:
    """A grey PNG that claims a size, with as many rows as given in it."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = zlib.compress((b"\0" + b"\xc8" * width) * (height if rows is None else rows), 9)
    return b"\x89PNG\r\n\x1a\n" + header + before + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def claiming(content: bytes, old: tuple[int, int], new: tuple[int, int], form: str) -> bytes:
    """The picture with another size in its header, wherever the old one stands."""
    before, after = struct.pack(form, *old), struct.pack(form, *new)
    assert before in content
    return content.replace(before, after)


def tiny() -> Image.Image:
    return Image.new("RGB", (61, 47), (200, 190, 180))


GIANTS: dict[str, Callable[[], bytes]] = {
    "png": lambda: png(30_000, 30_000, rows=4),
    "jpeg": lambda: claiming(encoded(tiny(), "JPEG"), (47, 61), (32_000, 32_000), ">HH"),
    "jpeg, progressive": lambda: claiming(encoded(tiny(), "JPEG", progressive=True), (47, 61), (32_000, 32_000), ">HH"),
    "gif": lambda: claiming(encoded(tiny().convert("P"), "GIF"), (61, 47), (65_000, 65_000), "<HH"),
    "bmp": lambda: claiming(encoded(tiny(), "BMP"), (61, 47), (30_000, 30_000), "<ii"),
    "pnm": lambda: encoded(tiny(), "PPM").replace(b"61 47", b"30000 30000"),
    "webp": lambda: claiming(encoded(tiny(), "WEBP"), (61, 47), (16_000, 16_000), "<HH"),
    "tiff": lambda: tiff_claiming(20_000, 20_000),
    "tiff, of one vast tile": lambda: tiff_claiming(64, 64, tile=20_000),
    "heic": lambda: claiming(heic(Image.new("RGB", (64, 64))), (64, 64), (30_000, 30_000), ">II"),
    "avif": lambda: claiming(encoded(tiny(), "AVIF"), (61, 47), (16_000, 16_000), ">II"),
}


def tiff_claiming(width: int, height: int, tile: int = 0) -> bytes:
    """A TIFF of a few bytes."""
    tags = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 8), (262, 3, 1), (277, 3, 1)]
    tags += (
        [(322, 4, tile), (323, 4, tile), (324, 4, 8), (325, 4, 4)]
        if tile
        else [(273, 4, 8), (278, 4, height), (279, 4, 4)]
    )
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(tags)) + entries + b"\0" * 4


@pytest.mark.parametrize("name", GIANTS)
def test_what_is_too_large_is_refused_by_its_header(name: str) -> None:
    content = GIANTS[name]()
    assert len(content) < 10_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SourceError, match=r"limits\.megapixels|damaged") as refused:
        decode_picture(content, "x.jpg")
    if name != "heic":  # libheif compares the size with the picture's own, and says that it is damaged
        assert "limits.megapixels" in str(refused.value)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, (
        "kB; decoded it would be 400,000 and more"
    )


def test_the_limits_are_settings(tmp_path: Path) -> None:
    content = encoded(page(), "PNG")  # 0.023 megapixels
    assert decode_picture(content, "x", LimitsSettings(megapixels=0.024)).shape == (120, 192, 3)
    with pytest.raises(SourceError, match=r"192x120 px .* limits\.megapixels"):
        decode_picture(content, "x", LimitsSettings(megapixels=0.023))
    assert len(pages_of(several(), tmp_path, LimitsSettings(pages=3))) == 3
    with pytest.raises(SourceError, match=r"more than 2 pages.*limits\.pages"):
        pages_of(several(), tmp_path, LimitsSettings(pages=2))
    with pytest.raises(SourceError, match=r"together.*limits\.total_megapixels"):
        pages_of(several(), tmp_path, LimitsSettings(total_megapixels=0.005))
    with pytest.raises(SourceError, match=r"larger than 0\.001 MB.*limits\.picture_megabytes"):
        pages_of(several(), tmp_path, LimitsSettings(picture_megabytes=0.001))


@pytest.mark.parametrize(("kind", "start"), [(b"iCCP", b"x\0\0"), (b"zTXt", b"k\0\0"), (b"iTXt", b"k\0\1\0\0\0")])
def test_what_metadata_would_unpack_to_is_not_unpacked(kind: bytes, start: bytes) -> None:
    bomb = chunk(kind, start + zlib.compress(bytes(200_000_000), 9))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    picture = decode_picture(png(64, 48, before=bomb), "x")
    assert picture.shape == (48, 64, 3)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, "kB, of 200,000"


@pytest.mark.parametrize("claimed", [0x7FFF_0000, 0xFFFF_FFF0])
def test_no_memory_is_made_for_what_a_chunk_claims_to_hold(claimed: int) -> None:
    content = png(64, 48)
    at = content.index(b"IDAT") - 4
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with suppress(SourceError):  # Pillow may make do
        decode_picture(content[:at] + struct.pack(">I", claimed) + content[at + 4 :], "x")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, "kB"


# ---- what is no file, and what is no picture


def test_pipes_devices_and_folders_are_named_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "gone.png").symlink_to(tmp_path / "nothing")
    for path, words in {
        tmp_path / "pipe.jpg": "is a pipe, no file.*cat page",
        Path("/dev/zero"): "is a device, no file",
        tmp_path / "folder.jpg": "folder",
        tmp_path / "gone.png": "There is no picture",
    }.items():
        with pytest.raises(SourceError, match=words):
            read_picture(path)


def docx() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    return content.getvalue()


NO_PICTURES: dict[str, tuple[bytes, str]] = {
    "pointer.jpg": (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "git lfs pull"),
    "login.jpg": (b"\n<!DOCTYPE html><html><head><title>Log in</title>", "web page"),
    "login2.png": (b"<?xml version='1.0'?>\n<html xmlns='x'>", "web page"),
    "scan.jpg": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF.*pdftoppm"),
    "clip.jpg": (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41", "video. --source .*clip.jpg reads it"),
    "clip.png": (b"\x1aE\xdf\xa3\x01\x00", "video"),
    "clip.tif": (b"RIFF\x00\x00\x00\x00AVI LIST", "video"),
    "clip.gif": ((b"G" + b"\x00" * 187) * 3, "video"),
    "plan.png": (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'>", "SVG.*PNG"),
    "IMG_1.CR2": (b"II*\x00\x10\x00\x00\x00CR\x02\x00", "raw photograph"),
    "IMG_1.CR3": (b"\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01crx isom", "raw photograph"),
    "IMG_1.RAF": (b"FUJIFILMCCD-RAW 0201", "raw photograph"),
    "IMG_1.jpg": (b"IIU\x00\x18\x00\x00\x00", "raw photograph"),
    "page.jpg": (docx(), "office document"),
    "pages.jpg": (b"PK\x03\x04\x14\x00\x00\x00\x08\x00aaaa.jpg", "archive"),
    "pages.png": (b"\x1f\x8b\x08\x00", "archive"),
    "icon.png": (b"\x00\x00\x01\x00\x01\x00\x10\x10", "Export it as PNG"),
    "notes.jpg": ("Größe 17\n".encode(), "is a text"),
    "notes.png": ("Größe 17\n".encode("utf-16"), "is a text"),
    "mean.bmp": (b"BMW is a car", "is a text"),
    "empty.jpg": (b"", "0 bytes"),
    "noise.jpg": (b"\x01\x02\x03\x04\xff\xfe", "no picture that can be read"),
}


@pytest.mark.parametrize("name", NO_PICTURES)
def test_what_is_no_picture_is_named_by_what_it_is(tmp_path: Path, name: str) -> None:
    content, words = NO_PICTURES[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=words) as told:
        read_picture(tmp_path / name)
    assert name in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("tags", [[(50706, 1, 4)], [(254, 4, 1), (271, 2, 200), (330, 4, 300)]])
def test_a_raw_photograph_in_a_tiff_is_told_not_its_small_copy(tags: list[tuple[int, int, int]]) -> None:
    entries = b"".join(
        struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in sorted([(256, 4, 16), (257, 4, 12), *tags])
    )
    content = b"II*\0" + struct.pack("<IH", 8, len(tags) + 2) + entries + b"\0" * 400
    with pytest.raises(SourceError, match="raw photograph"):
        decode_picture(content, "IMG_1.tif")


def test_a_damaged_picture_is_named_by_its_first_bytes() -> None:
    with pytest.raises(SourceError, match=r"x\.jpg is a HEIC picture by its first bytes, but damaged"):
        decode_picture(heic(page())[:80], "x.jpg")


def test_every_video_format_is_known_that_numcam_writes(tmp_path: Path) -> None:
    from tests.stamped_files import make_video

    for suffix in (".mp4", ".mov", ".mkv", ".avi", ".ts"):
        content = make_video(tmp_path / f"clip{suffix}").read_bytes()
        assert kind_of(content[:4096], "clip").is_video, suffix


# ---- folders


def test_in_a_folder_nothing_is_passed_over_in_silence(tmp_path: Path) -> None:
    for name in ("page10.jpg", "page9.HEIC", "upload.tmp"):
        (tmp_path / name).write_bytes(encoded(page(), "PNG"))
    for name in (".DS_Store", "._page9.HEIC", "Thumbs.db", "desktop.ini"):
        (tmp_path / name).write_bytes(b"\x00\x05\x16\x07")
    (tmp_path / "notes.txt").write_text("7")
    (tmp_path / "clip.mp4").write_bytes(NO_PICTURES["clip.jpg"][0])
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    (tmp_path / "IMG.NEF").write_bytes(b"\x01\x02")
    (tmp_path / "gone.png").symlink_to("nothing")
    (tmp_path / "more").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    found = list_folder(tmp_path)
    assert [path.name for path in found.pictures] == ["page9.HEIC", "page10.jpg", "upload.tmp"]
    assert {passed.path.name: passed.is_failure for passed in found.passed} == {
        "bad.jpg": True, "clip.mp4": False, "gone.png": True, "IMG.NEF": True, "more": False, "notes.txt": False,
        "pipe.png": True,
    }  # fmt: skip
    assert all(passed.path.name in passed.reason and "\n" not in passed.reason for passed in found.passed)


# ---- cut short


@pytest.mark.parametrize("name", ["jpeg", "jpeg, progressive", "png", "tiff", "bmp", "gif", "ppm"])
def test_of_a_picture_that_was_cut_short_what_there_is_is_read_and_told(tmp_path: Path, name: str) -> None:
    tall = np.random.default_rng(1).integers(0, 255, (400, 300, 3), np.uint8)
    kinds = {"jpeg, progressive": ("JPEG", {"progressive": True}), "ppm": ("PPM", {})}
    kind, options = kinds.get(name, (name.upper(), {}))
    whole = encoded(Image.fromarray(tall), kind, **options)
    path = tmp_path / "cut"
    path.write_bytes(whole[: len(whole) // 2])
    (read,) = read_pages(path)
    assert read.problem is not None
    assert "damaged" in read.problem
    if read.image is not None:
        assert read.image.shape[1] == 300
        assert read.image.shape[0] <= 400
    with pytest.raises(SourceError, match="damaged"):
        read_picture(path)


# ---- depth


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_a_sensor_of_fewer_bits_is_as_bright_as_one_of_eight(bits: int) -> None:
    grey = np.tile(np.linspace(30, 250, 200), (40, 1))
    deep = np.rint(grey / 255 * (2**bits - 1)).astype(np.uint16)
    content = cv2.imencode(".png", deep)[1].tobytes()
    assert np.abs(decode_picture(content, "x")[:, :, 0] - grey).max() <= 1
    assert np.array_equal(to_bgr(deep[:, :, np.newaxis]), decode_picture(content, "x"))
    colour = cv2.imencode(".tiff", np.dstack([deep] * 3))[1].tobytes()
    assert np.abs(decode_picture(colour, "x")[:, :, 2] - grey).max() <= 1


def test_a_stream_does_not_flicker_as_the_light_changes() -> None:
    """12 bits: a dark frame between bright ones is as dark as it is."""
    depth = Depth()
    levels = [
        int(to_8_bit(np.full((4, 4), value, np.uint16), depth)[0, 0]) for value in (300, 4000, 300, 1000, 4000, 300)
    ]
    assert levels[1:] == [249, 19, 62, 249, 19]


def test_floats_of_any_range_are_seen() -> None:
    ramp = np.tile(np.linspace(0.1, 0.9, 100, dtype=np.float32), (20, 1))
    wanted = np.rint(ramp * 255)
    assert np.abs(to_8_bit(ramp) - wanted).max() <= 1
    for scale in (0.02, 300.0, 65535.0):
        assert np.abs(to_8_bit(ramp * np.float32(scale)) / 0.9 * 0.9 - ramp / 0.9 * 255).max() <= 2
    glint = ramp.copy()
    glint[0, 0], glint[0, 1], glint[0, 2] = 1e30, np.inf, np.nan
    assert to_8_bit(glint).mean() > 100
    assert to_8_bit(2 * ramp - 1).min() == 0
    assert to_8_bit(np.full((2, 2), np.nan, np.float32)).max() == 0
    vast = np.array([[-3e38, 0, 3e38]] * 9, np.float32)
    assert to_8_bit(vast)[0].tolist() == [0, 128, 255]
    assert to_8_bit(np.full((2, 2), 1e-45, np.float32)).max() == 255


def test_white_ink_on_a_transparent_page_is_laid_over_black() -> None:
    ink = np.zeros((40, 60, 4), np.uint8)
    ink[10:30, 20:24] = 255
    assert [to_bgr(ink)[20, x].tolist() for x in (22, 50)] == [[255] * 3, [0] * 3]
    ink[:, :, :3] = 0
    assert [to_bgr(ink)[20, x].tolist() for x in (22, 50)] == [[0] * 3, [255] * 3]
    page = np.full((40, 60, 4), 255, np.uint8)  # a white page with a transparent rim stays as it was
    page[:, :5, 3] = 0
    assert to_bgr(page).min() == 255


# ---- as a user does it


def run(*arguments: str, folder: Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "live", "read", *arguments], cwd=folder, input=given, capture_output=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip


def test_stdin_addresses_and_bombs_from_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "bomb.png").write_bytes(GIANTS["png"]())
    (tmp_path / "scan.tif").write_bytes(several(2))
    done = run(
        "bomb.png", "-", "https://me:secret@x.org/a.jpg", "scan.tif", "--json", folder=tmp_path, given=FORMATS["heic"]()
    )
    assert done.returncode == 1
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 2
    assert "limits.megapixels" in lines[0]
    assert "https://x.org/a.jpg is an address" in lines[1]
    assert "secret" not in lines[1]
    out = done.stdout.decode()
    assert [line.split('"')[3] for line in out.splitlines()] == ["stdin", "scan.tif#1", "scan.tif#2"]
    assert '"page": 2, "pages": 2' in out


def test_pages_are_saved_and_laid_out_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "scan.tif").write_bytes(several(2))
    (tmp_path / "scan-page2.png").write_bytes(encoded(page(), "PNG"))
    done = run(
        "scan.tif", "scan-page2.png", "--save", "seen", "--table", "all.xlsx", "--csv", "all.csv", folder=tmp_path
    )
    assert done.returncode == 0, done.stderr.decode()
    assert sorted(path.name for path in (tmp_path / "seen").iterdir()) == [
        "scan-page1.tif", "scan-page2.png", "scan-page2.tif",
    ]  # fmt: skip
    with zipfile.ZipFile(tmp_path / "all.xlsx") as book:
        assert re.findall('name="([^"]*)" sheetId', book.read("xl/workbook.xml").decode()) == [
            "scan-page1", "scan-page2", "scan-page2-2",
        ]  # fmt: skip


def test_a_folder_as_a_source_goes_on_after_a_damaged_picture_and_tells(tmp_path: Path) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    for k, shade in enumerate((100, 150, 200)):
        (folder / f"page{k}.png").write_bytes(encoded(Image.new("L", (160, 120), shade), "PNG"))
    (folder / "page1.png").write_bytes(b"no picture")
    (folder / "two.tif").write_bytes(several(2))
    with numcam(tmp_path, "--source", "scans", "--headless", "--log-frames", "frames.jsonl") as program:
        _, told = program.communicate(timeout=PATIENCE_S)
    assert program.returncode == 1
    assert [line for line in told.splitlines() if "page1.png" in line] == [
        line for line in told.splitlines() if "is a text, no picture" in line
    ]
    assert told.count("page1.png") == 1
    assert [row["source"] for row in log_rows(tmp_path / "frames.jsonl")] == [
        "page0.png", "page2.png", "two.tif#1", "two.tif#2",
    ]  # fmt: skip


def test_a_jpeg_with_data_missing_is_told_and_the_libraries_are_silent(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    noise = np.random.default_rng(2).integers(0, 255, (240, 320, 3), np.uint8)
    whole = bytearray(encoded(Image.fromarray(noise), "JPEG"))
    del whole[len(whole) // 2 : -2]  # the end mark stays
    (tmp_path / "hit.jpg").write_bytes(whole)
    (tmp_path / "hit.png").write_bytes(png(64, 48).replace(b"IDAT", b"IDAX"))
    (read,) = read_pages(tmp_path / "hit.jpg")
    assert "damaged" in str(read.problem)
    with pytest.raises(SourceError, match="damaged"):
        read_picture(tmp_path / "hit.png")
    assert capfd.readouterr() == ("", "")
