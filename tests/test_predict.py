"""One digit in one picture: any size, pen, paper and light; what can't be read is one line, and the others go on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live.window import display_check as display
from scripts.evaluation.montage import CARD_PX, Card, draw_montage
from scripts.evaluation.single_digit import NoDigitError, find_digit
from scripts.pages.drawn_page import DigitShapes, DrawnPage
from scripts.predict import main
from tests.lone_photos import Photo, photograph
from tests.results import paper
from tests.xvfb_display import PATIENCE_S, VirtualDisplay, wait_for, xvfb

__all__ = ["xvfb"]

CHALK = {"paper": (44, 52, 40), "pen": (226, 230, 228)}
Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def plain_digits(digit_shapes: DigitShapes) -> list[tuple[int, Picture]]:
    """Two of each digit, with its label, that any network should know: all strokes of usual weight."""
    chosen = []
    for label in range(10):
        shapes = digit_shapes.images[digit_shapes.labels == label]
        weight = shapes.sum(axis=(1, 2), dtype=np.int64)
        usual = np.argsort(np.abs(weight - np.median(weight)), kind="stable")
        chosen += [(label, shapes[k]) for k in usual[:2]]
    return chosen


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All files are by relative names, in a folder of their own."""
    monkeypatch.chdir(tmp_path)


def save(name: str, picture: NDArray[np.generic], *options: int) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, picture, options)[1].tobytes())  # type: ignore[arg-type, unused-ignore]
    return path


def answers(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[dict[str, object]]:
    assert main([*map(str, arguments), "--json"]) == 0, capsys.readouterr().err
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    "photo",
    [
        pytest.param(Photo(), id="paper"),
        pytest.param(Photo(**CHALK), id="chalk"),  # type: ignore[arg-type]
        pytest.param(Photo(pen=(152, 150, 150)), id="pencil"),
        pytest.param(Photo(pen=(150, 70, 40), noise=12), id="blue pen, noisy"),
        pytest.param(Photo(light=0.6), id="uneven light"),
        pytest.param(Photo(shadow=0.5, at=(0.42, 0.5)), id="shadow nearby"),
        pytest.param(Photo(shadow=0.4, light=0.4, **CHALK), id="chalk in a shadow"),  # type: ignore[arg-type]
        pytest.param(Photo(ruled=True, shadow=0.3), id="ruled lines"),
        pytest.param(Photo(squared=True), id="squared paper"),
        pytest.param(Photo(desk=0.12, digit=0.4), id="sheet on a dark desk"),
        pytest.param(Photo(height=300, width=1000, digit=0.3, at=(0.15, 0.7)), id="small, in a corner"),
        pytest.param(Photo(digit=0.96), id="from edge to edge"),
        pytest.param(Photo(height=24, width=20, digit=0.75), id="crop of 24 px"),
        pytest.param(Photo(height=16, width=12, digit=0.95), id="crop of 12 px"),
    ],
)
def test_photos_of_every_sort(
    photo: Photo, plain_digits: list[tuple[int, Picture]], capsys: pytest.CaptureFixture[str]
) -> None:
    for seed, (_, shape) in enumerate(plain_digits):
        save(f"photos/{seed}.jpg", photograph(shape, photo, seed), cv2.IMWRITE_JPEG_QUALITY, 88)
    read = [answer["label"] for answer in answers(capsys, "photos")]
    labels = [label for label, _ in plain_digits]
    wrong = [(seed, label, said) for seed, (label, said) in enumerate(zip(labels, read, strict=True)) if label != said]
    assert len(wrong) <= 1, wrong


@pytest.mark.parametrize(("digit", "at"), [(0.05, (0.6, 0.4)), (0.8, (0.5, 0.5))])
def test_large_phone_photos(
    digit: float, at: tuple[float, float], plain_digits: list[tuple[int, Picture]], capsys: pytest.CaptureFixture[str]
) -> None:
    label, shape = plain_digits[6]
    photo = Photo(height=4000, width=3000, digit=digit, at=at, noise=0)
    path = save("phone.jpg", photograph(shape, photo))
    (answer,) = answers(capsys, path)
    assert answer["label"] == label
    x, y, width, height = np.asarray(answer["box"])
    assert abs(x + width / 2 - 3000 * at[0]) < 40
    assert abs(y + height / 2 - 4000 * at[1]) < 40
    assert abs(max(width, height) - 3000 * digit) < 60


def test_a_digit_of_several_pieces_is_one(plain_digits: list[tuple[int, Picture]]) -> None:
    page = np.full((300, 240, 3), 235, np.uint8)
    dark = (50, 45, 40)
    cv2.ellipse(page, (115, 190), (45, 50), 0, -110, 130, dark, 9, cv2.LINE_AA)
    cv2.line(page, (92, 140), (95, 90), dark, 9, cv2.LINE_AA)
    cv2.line(page, (112, 66), (165, 60), dark, 9, cv2.LINE_AA)  # the loose roof of a 5
    cv2.circle(page, (20, 280), 3, dark, -1)  # a speck far away
    box = find_digit(page).box
    assert box.y < 62, "the roof belongs to it"
    assert box.y + box.height < 250, "the speck does not"
    two_strokes = photograph(plain_digits[9][1], Photo())
    broken = two_strokes.copy()
    broken[230:236] = two_strokes[20:26]  # a faint pen left a gap
    whole, parted = find_digit(two_strokes).box, find_digit(broken).box
    assert abs(whole.height - parted.height) <= 3


def test_pictures_of_mnist_are_taken_as_they_are(plain_digits: list[tuple[int, Picture]]) -> None:
    for _, shape in plain_digits:
        for picture, is_light in ((shape, True), (255 - shape, False)):
            digit = find_digit(np.dstack([picture] * 3))
            assert np.array_equal(np.rint(digit.field * 255), shape)
            assert digit.is_light is is_light
    moved = np.roll(plain_digits[4][1], 4, axis=1)  # no longer as MNIST has it
    assert not np.array_equal(np.rint(find_digit(np.dstack([moved] * 3)).field * 255), moved)


def test_alpha_16_bits_and_turned_pictures(
    plain_digits: list[tuple[int, Picture]], capsys: pytest.CaptureFixture[str]
) -> None:
    label, shape = plain_digits[14]
    pad = np.zeros((200, 200, 4), np.uint8)
    pad[..., 3] = cv2.copyMakeBorder(cv2.resize(shape, (112, 112)), 44, 44, 44, 44, cv2.BORDER_CONSTANT)
    save("kinds/alpha.png", pad)
    photo = photograph(shape, Photo())
    save("kinds/deep.png", cv2.cvtColor(photo, cv2.COLOR_BGR2GRAY).astype(np.uint16) * 257)
    exif = np.frombuffer(
        b"II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00" + bytes(4), np.uint8
    )
    lying = cv2.rotate(photo, cv2.ROTATE_90_COUNTERCLOCKWISE)
    encoded = cv2.imencodeWithMetadata(".jpg", lying, [cv2.IMAGE_METADATA_EXIF], [exif])[1]
    Path("kinds/turned.jpg").write_bytes(np.asarray(encoded).tobytes())
    assert [answer["label"] for answer in answers(capsys, "kinds")] == [label] * 3


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_an_empty_picture_has_no_ink(shade: int) -> None:
    for size in ((1, 1), (28, 28), (640, 480)):
        with pytest.raises(NoDigitError, match="no ink"):
            find_digit(paper(size, shade))
    noise = np.random.default_rng(0).normal(shade, 3, (240, 320, 3))
    with pytest.raises(NoDigitError):
        find_digit(np.clip(noise, 0, 255).astype(np.uint8))


def test_what_can_not_be_answered_is_one_line_each_and_the_others_go_on(
    plain_digits: list[tuple[int, Picture]], drawn_pages: dict[str, DrawnPage], capsys: pytest.CaptureFixture[str]
) -> None:
    save("good.png", photograph(plain_digits[7][1], Photo()))
    save("bare.png", paper())
    save("page.png", drawn_pages["clean"].image)
    Path("text.png").write_text("no picture")
    Path("empty").mkdir()
    assert main(["bare.png", "text.png", "empty", "none", "page.png", "good.png"]) == 1
    out, err = capsys.readouterr()
    words = ["no ink", "no picture", "holds no pictures", "no file or folder", "python -m live read page.png"]
    lines = err.splitlines()
    assert len(lines) == len(words), err
    assert all(word in line for word, line in zip(words, lines, strict=True)), err
    assert out.startswith("good.png: 3, ")
    assert len(out.split("%")) == 12, "how sure, and a line for each of the ten digits"


def test_many_answers_are_a_table(plain_digits: list[tuple[int, Picture]], capsys: pytest.CaptureFixture[str]) -> None:
    for label, shape in plain_digits[::2]:
        save(f"scans/[{label}].png", photograph(shape, Photo()))
    assert main(["scans"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if ".png" in line]
    assert [row[:2] for row in rows] == [[f"scans/[{label}].png", str(label)] for label in range(10)]
    assert all(len(row) == 13 for row in rows)


def test_what_is_no_digit_is_called_so(capsys: pytest.CaptureFixture[str]) -> None:
    page = paper((300, 300))
    for x in range(60, 240, 30):
        cv2.line(page, (x, 60), (300 - x, 240), (40, 40, 40), 8, cv2.LINE_AA)
    save("star.png", page)
    (answer,) = answers(capsys, "star.png")
    assert answer["label"] is None
    assert len(np.asarray(answer["probabilities"])) == 10
    assert main(["star.png"]) == 0
    assert capsys.readouterr().out.startswith("star.png: no digit, ")


def test_a_model_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    save("bare.png", paper())
    assert main(["bare.png", "--model", "none.onnx"]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "none.onnx" in err


def test_the_montage(plain_digits: list[tuple[int, Picture]], capsys: pytest.CaptureFixture[str]) -> None:
    for seed, (_, shape) in enumerate(plain_digits):
        save(f"scans/a rather long name of a picture, number {seed}.png", photograph(shape, Photo(), seed))
    for _ in range(2):
        assert main(["scans", "--save", "seen.png"]) == 0
    assert "Written: seen.png" in capsys.readouterr().err
    assert Path("seen.1.png").exists(), "nothing is written over"
    montage = cv2.imread("seen.png")
    assert montage is not None
    assert montage.shape[1] > 4 * CARD_PX[0]
    assert montage.shape[0] > 4 * CARD_PX[1]
    assert main(["scans", "--save", "seen.gif"]) == 1
    assert "seen.png" in capsys.readouterr().err


def test_a_card_shows_what_the_network_saw(plain_digits: list[tuple[int, Picture]]) -> None:
    digit = find_digit(photo := photograph(plain_digits[10][1], Photo()))
    sure = np.eye(11, dtype=np.float32)
    one = Card("five.png", photo, digit.box, digit.field, sure[5], "5")
    none = Card("five.png", photo, digit.box, digit.field, sure[10], "no digit")
    alone, both = draw_montage([one]), draw_montage([one, none])
    height, width = alone.shape[:2]
    assert both.shape == (height, 2 * width - (width - CARD_PX[0]) // 2, 3)
    assert (alone == 255).all(axis=2).sum() > 1000, "ink in the 28x28 field is white"
    assert not np.array_equal(both[:, : width - 20], both[:, -width + 20 :]), "no digit looks different"
    with pytest.raises(ValueError, match="at least one card"):
        draw_montage([])


def test_no_window_without_a_display(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(display, "why_no_display", lambda: "DISPLAY is not set")
    save("bare.png", paper())
    assert main(["bare.png", "--show"]) == 1
    assert "DISPLAY is not set. Leave --show out" in capsys.readouterr().err


def test_the_window(plain_digits: list[tuple[int, Picture]], xvfb: VirtualDisplay) -> None:
    for seed, (_, shape) in enumerate(plain_digits[:10]):
        save(f"scans/{seed}.png", photograph(shape, Photo(), seed))
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.predict", str(Path("scans").resolve()), "--show"],
        env=xvfb.environment, cwd=Path(__file__).parents[1], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        window = xvfb.window("Numcam: single digits")
        nine = wait_for(lambda: size if (size := xvfb.size(window)) != (200, 200) else None)
        xvfb.press(window, "space")  # ten pictures: the second page has one
        wait_for(lambda: xvfb.size(window) not in (nine, (200, 200)))
        xvfb.press(window, "q")
        _, complaints = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0, complaints
