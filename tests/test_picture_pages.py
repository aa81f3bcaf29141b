"""Pictures of every sort come out upright, 8-bit and BGR; what can't be read is told in one line."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from live.capture.pictures.folders import is_picture, natural_order, pictures_in
from live.capture.pictures.pages import orientation_in, read_picture, to_8_bit, to_bgr
from live.core.errors import SourceError

RED = (0, 0, 255)


def corner_marked(height: int = 40, width: int = 64) -> NDArray[np.uint8]:
    """Grey, with a red corner at the top left and a white strip at the left: no turn or mirror leaves it as it is."""
    picture = np.full((height, width, 3), 90, dtype=np.uint8)
    picture[:, : width // 8] = 255
    picture[: height // 4, : width // 4] = RED
    return picture


def save(path: Path, picture: NDArray[np.generic]) -> Path:
    encoded = cv2.imencode(path.suffix, picture)[1]  # type: ignore[arg-type, unused-ignore]
    path.write_bytes(encoded.tobytes())
    return path


def exif(orientation: int, order: str = "<") -> bytes:
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, 8)
    return head + struct.pack(f"{order}HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)


def with_exif(jpeg: bytes, block: bytes) -> bytes:
    """The JPEG as a camera writes it: an APP1 segment right after the start marker."""
    segment = b"Exif\x00\x00" + block
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + jpeg[2:]


def tiff_on_its_side(picture: NDArray[np.uint8], orientation: int) -> bytes:
    """An uncompressed RGB TIFF with an orientation tag."""
    height, width = picture.shape[:2]
    pixels = picture[:, :, ::-1].tobytes()
    bits_at = 8 + len(pixels)
    tags = [
        (256, 3, 1, width),
        (257, 3, 1, height),
        (258, 3, 3, bits_at),
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (273, 4, 1, 8),
        (274, 3, 1, orientation),
        (277, 3, 1, 3),
        (278, 3, 1, height),
        (279, 4, 1, len(pixels)),
    ]
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    directory = struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0)
    return b"II*\x00" + struct.pack("<I", bits_at + 6) + pixels + struct.pack("<3H", 8, 8, 8) + directory


@pytest.mark.parametrize("suffix", [".jpg", ".JPEG", ".png", ".bmp", ".tif", ".tiff", ".webp", ".ppm"])
def test_every_format_comes_back_as_it_was(tmp_path: Path, suffix: str) -> None:
    picture = read_picture(save(tmp_path / f"page{suffix}", corner_marked()))
    assert picture.shape == (40, 64, 3)
    assert picture.dtype == np.uint8
    assert np.abs(picture.astype(int) - corner_marked()).mean() < 6


@pytest.mark.parametrize("name", ["Größe 7.png", "数字 12.png", "рисунок.png", "a' b\"c.png", "number 🔢.png"])
def test_names_in_any_script(tmp_path: Path, name: str) -> None:
    assert np.array_equal(read_picture(save(tmp_path / name, corner_marked())), corner_marked())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_agrees_with_opencv(tmp_path: Path, orientation: int) -> None:
    jpeg = with_exif(cv2.imencode(".jpg", corner_marked())[1].tobytes(), exif(orientation))
    path = tmp_path / "phone.jpg"
    path.write_bytes(jpeg)
    expected = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert expected is not None
    assert np.array_equal(read_picture(path), expected)


def test_exif_counts_for_pictures_with_alpha_too(tmp_path: Path) -> None:
    seen = np.dstack([corner_marked(), np.full((40, 64), 255, np.uint8)])
    block = np.frombuffer(exif(6, ">"), np.uint8)
    encoded = cv2.imencodeWithMetadata(".png", seen, [cv2.IMAGE_METADATA_EXIF], [block])[1]
    path = tmp_path / "phone.png"
    path.write_bytes(np.asarray(encoded).tobytes())
    assert np.array_equal(read_picture(path), cv2.rotate(corner_marked(), cv2.ROTATE_90_CLOCKWISE))


def test_a_tiff_on_its_side_is_turned(tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    path.write_bytes(tiff_on_its_side(corner_marked(), orientation=3))
    assert np.array_equal(read_picture(path), cv2.rotate(corner_marked(), cv2.ROTATE_180))


@pytest.mark.parametrize(
    "block", [b"", b"Exif\x00\x00", b"II*\x00", b"II*\x00\xff\xff\xff\xff", b"XX*\x00", exif(9), exif(0)]
)
def test_damaged_exif_leaves_the_picture_as_it_is(block: bytes) -> None:
    assert orientation_in(block) == 1


@given(st.binary(max_size=200))
def test_no_exif_block_can_upset_it(noise: bytes) -> None:
    assert 1 <= orientation_in(b"II" + noise) <= 8


def test_grey_16_bit_and_both_together(tmp_path: Path) -> None:
    grey = cv2.cvtColor(corner_marked(), cv2.COLOR_BGR2GRAY)
    as_bgr = np.dstack([grey, grey, grey])
    assert np.array_equal(read_picture(save(tmp_path / "grey.png", grey)), as_bgr)
    deep = grey.astype(np.uint16) * 257
    assert np.array_equal(read_picture(save(tmp_path / "deep.png", deep)), as_bgr)
    colour = corner_marked().astype(np.uint16) * 257
    assert np.array_equal(read_picture(save(tmp_path / "colour.tiff", colour)), corner_marked())


def test_alpha_is_laid_over_white(tmp_path: Path) -> None:
    ink = np.zeros((10, 10, 4), np.uint8)  # black everywhere, seen only where alpha lets it
    ink[2:8, 4:6, 3] = 255
    ink[0, 0, 3] = 128
    picture = read_picture(save(tmp_path / "pad.png", ink))
    assert picture[5, 5].tolist() == [0, 0, 0]
    assert picture[9, 9].tolist() == [255, 255, 255]
    assert picture[0, 0].tolist() == [127, 127, 127]
    deep = read_picture(save(tmp_path / "pad16.png", ink.astype(np.uint16) * 257))
    assert np.array_equal(deep, picture)


def test_one_pixel_is_a_picture(tmp_path: Path) -> None:
    assert read_picture(save(tmp_path / "dot.png", np.full((1, 1, 3), 7, np.uint8))).tolist() == [[[7, 7, 7]]]


def test_depths_that_only_laboratories_write() -> None:
    assert to_8_bit(np.array([[0.0, 0.5, 1.0]], np.float32)).tolist() == [[0, 128, 255]]
    assert to_8_bit(np.array([[0.0, 500.0, 1000.0, np.nan]], np.float64)).tolist() == [[0, 128, 255, 0]]
    assert to_8_bit(np.array([[-5, 0, 32767]], np.int16)).tolist() == [[0, 0, 255]]
    grey_and_alpha = np.array([[[10, 255], [10, 0]]], np.uint8)
    assert to_bgr(grey_and_alpha).tolist() == [[[10, 10, 10], [255, 255, 255]]]


def test_what_cannot_be_read_is_told_in_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.png").write_text("no picture\n" * 20)
    (tmp_path / "photo.HEIC").write_bytes(b"\x00\x00\x00\x18ftypheic")
    whole = cv2.imencode(".png", corner_marked())[1].tobytes()
    (tmp_path / "cut.png").write_bytes(whole[:60])
    vast = bytearray(whole)
    vast[16:24] = struct.pack(">II", 40_000, 40_000)  # the width and height that its header claims
    vast[29:33] = struct.pack(">I", zlib.crc32(vast[12:29]))
    (tmp_path / "vast.png").write_bytes(vast)
    wanted = {
        "vast.png": "1,600 megapixels",
        "empty.jpg": "0 bytes",
        "text.png": "is a text, no picture",
        "photo.HEIC": "is a HEIC picture by its first bytes, but damaged",
        "cut.png": "damaged",
        "no.png": "no picture",
    }
    for name, words in wanted.items():
        with pytest.raises(SourceError, match=words) as caught:
            read_picture(tmp_path / name)
        assert name in str(caught.value)
        assert "\n" not in str(caught.value)
    with pytest.raises(SourceError, match="can't be read"):
        read_picture(tmp_path)
    assert capfd.readouterr() == ("", "")


def test_a_folder_in_natural_order(tmp_path: Path) -> None:
    names = ["page10.png", "page2.png", "Page1.JPG", "page02.png", "2.png", "a.png"]
    for name in names:
        save(tmp_path / "any.png", corner_marked()).rename(tmp_path / name)
    for name in ["._page3.png", "notes.txt", "clip.mp4"]:
        (tmp_path / name).touch()
    (tmp_path / "inner.png").mkdir()
    assert [path.name for path in pictures_in(tmp_path)] == [
        "2.png", "a.png", "Page1.JPG", "page02.png", "page2.png", "page10.png",
    ]  # fmt: skip


@given(st.lists(st.text(alphabet="ab01２²9 ._", min_size=1, max_size=8)))
def test_natural_order_can_sort_any_names(names: list[str]) -> None:
    ordered = sorted((Path(name) for name in names), key=natural_order)
    assert sorted(ordered, key=natural_order, reverse=True)[::-1] == ordered or len(set(ordered)) < len(ordered)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_numbers_in_names_count_as_numbers(first: int, second: int) -> None:
    before = natural_order(Path(f"page{first}.png")) < natural_order(Path(f"page{second}.png"))
    assert before == (first < second)


def test_folders_without_pictures(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no pictures"):
        pictures_in(tmp_path)
    with pytest.raises(SourceError, match="There is no folder"):
        pictures_in(tmp_path / "none")
    (tmp_path / "file.png").touch()
    with pytest.raises(SourceError, match="can't be read"):
        pictures_in(tmp_path / "file.png")


def test_a_picture_is_known_by_its_beginning_or_its_suffix(tmp_path: Path) -> None:
    save(tmp_path / "a.png", corner_marked()).rename(tmp_path / "upload.tmp")
    save(tmp_path / "b.webp", corner_marked()).rename(tmp_path / "upload2")
    (tmp_path / "empty.bmp").touch()
    (tmp_path / "clip.mp4").write_bytes(b"\x00\x00\x00\x18ftypisom")
    assert is_picture(tmp_path / "upload.tmp")
    assert is_picture(tmp_path / "upload2")
    assert is_picture(tmp_path / "empty.bmp")
    assert not is_picture(tmp_path / "clip.mp4")
    assert not is_picture(tmp_path / "none")
