"""The command that says how good a network is: its figures, files, gate and messages."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scripts import evaluate
from scripts.evaluate import main, share
from scripts.evaluation.corruptions import CORRUPTIONS
from scripts.evaluation.writer_numbers import score_kinds
from scripts.pages.drawn_page import DigitShapes

PICTURES = {"confusion.png", "misread.png", "calibration.png"}
TESTED = 120
Run = Callable[..., int]


class Oracle:
    """A classifier that knows some pictures, and answers `shift` classes on."""

    def __init__(self, images: NDArray[np.uint8], labels: NDArray[np.int64], shift: int = 0, classes: int = 11) -> None:
        self.classes = classes
        self._answers = {image.tobytes(): (int(label) + shift) for image, label in zip(images, labels, strict=True)}

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        answers = np.full((len(inputs), self.classes), 0.02, np.float32)
        for row, field in enumerate(np.rint(inputs[..., 0] * 255).astype(np.uint8)):
            answers[row, self._answers.get(field.tobytes(), 0) % self.classes] = 1
        return answers / answers.sum(axis=1, keepdims=True)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fewer numbers; and OpenCV's threads, which the command settles for its own process, come back: others work here too."""
    monkeypatch.setattr(evaluate, "score_kinds", partial(score_kinds, count=200))
    before = cv2.getNumThreads()
    yield
    cv2.setNumThreads(before)


@pytest.fixture(scope="module")
def part(digit_shapes: DigitShapes) -> DigitShapes:
    """120 digits, twelve of each, in mixed order."""
    rows = np.random.default_rng(5).permutation(np.arange(0, 5000, 5000 // TESTED)[:TESTED])
    return DigitShapes(digit_shapes.images[rows], digit_shapes.labels[rows])


@pytest.fixture
def data(tmp_path: Path, part: DigitShapes) -> Path:
    """A file as MNIST comes in, with made-up writers beside it."""
    path = tmp_path / "mnist.npz"
    np.savez(path, x_train=part.images[:5], y_train=part.labels[:5], x_test=part.images, y_test=part.labels)
    writers = np.stack([np.full(TESTED, 4), np.arange(TESTED) // 20], axis=1)
    np.savez(tmp_path / "writers.npz", train=writers[:5], test=writers)
    return path


@pytest.fixture
def run(data: Path, tmp_path: Path) -> Run:
    """The command on that file, into a folder of its own."""
    return lambda *more: main(["--data", str(data), "--output", str(tmp_path / "out"), "--threads", "1", *more])


def report_of(folder: Path) -> dict[str, object]:
    """What the command wrote down."""
    return json.loads((folder / "out" / "report.json").read_text(encoding="utf-8"))


def test_the_shipped_model_is_good(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--quick", "--min-accuracy", "0.95") == 0
    printed = capsys.readouterr().out
    assert "digits are read right" in printed
    assert "ZIP code" in printed
    assert {path.name for path in (tmp_path / "out").iterdir()} == PICTURES | {"report.json"}
    report = report_of(tmp_path)
    assert report["accuracy"] == report["right"] / TESTED  # type: ignore[operator]
    assert len(report["misread"]) == TESTED - report["right"]  # type: ignore[arg-type,operator]


@pytest.mark.parametrize(("shift", "accuracy"), [(0, 1.0), (1, 0.0)])
def test_always_right_and_always_wrong(
    run: Run, tmp_path: Path, part: DigitShapes, monkeypatch: pytest.MonkeyPatch, shift: int, accuracy: float
) -> None:
    monkeypatch.setattr(evaluate, "load_tried", lambda *_, **__: Oracle(part.images, part.labels, shift))
    assert run() == 0
    report = report_of(tmp_path)
    assert report["accuracy"] == accuracy
    assert np.trace(np.array(report["confusion"])) == accuracy * TESTED
    hands = report["numbers_in_one_hand"]
    assert isinstance(hands, dict)
    assert {score["wrong"] for score in hands.values()} == {1 - accuracy}
    # an oracle knows whole pictures only: spoilt ones it takes for class 0
    corruptions = report["corruptions"]
    assert isinstance(corruptions, dict)
    assert set(corruptions["accuracy"]) == {corruption.name for corruption in CORRUPTIONS}
    assert corruptions["mean_accuracy"] == pytest.approx((part.labels == 0).mean(), abs=0.01)
    for name in (*PICTURES, "corruptions.png"):
        picture = cv2.imread(str(tmp_path / "out" / name))
        assert picture is not None
        assert min(picture.shape[:2]) > 100
        assert picture.std() > 3, f"{name} is empty"


def test_the_gate_both_ways(
    run: Run, part: DigitShapes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = part.labels.copy()
    labels[:6] = (labels[:6] + 1) % 10  # 114 of 120 right: 95 %
    monkeypatch.setattr(evaluate, "load_tried", lambda *_, **__: Oracle(part.images, labels, classes=10))
    assert run("--quick", "--min-accuracy", "0.95") == 0
    assert capsys.readouterr().err == ""
    assert run("--quick", "--min-accuracy", "95.01") == 1
    assert capsys.readouterr().err == "Accuracy 95.00 % (114 of 120) is below the 95.01 % of --min-accuracy.\n"


def test_shares_and_percentages() -> None:
    assert [share(text) for text in ("0", "0.95", "95", "1", "100")] == [0, 0.95, 0.95, 1, 1]
    assert share("1.5") == 0.015


@pytest.mark.parametrize("value", ["-1", "101", "nan", "much"])
def test_a_gate_that_makes_no_sense(run: Run, capsys: pytest.CaptureFixture[str], value: str) -> None:
    with pytest.raises(SystemExit) as caught:
        run(f"--min-accuracy={value}")
    assert caught.value.code == 2
    assert "neither a share from 0 to 1" in capsys.readouterr().err


def test_one_sample(run: Run, tmp_path: Path, part: DigitShapes, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--sample", "7") == 0
    printed = capsys.readouterr().out
    assert f"It is {part.labels[7]}. Read as" in printed
    assert "██" in printed
    assert "not a digit" in printed
    assert printed.count("%") == 12  # eleven classes and the verdict
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("number", ["-1", str(TESTED)])
def test_a_sample_that_there_is_not(run: Run, capsys: pytest.CaptureFixture[str], number: str) -> None:
    assert run(f"--sample={number}") == 1
    told = capsys.readouterr()
    assert told.err == f"There is no test digit {number}. Choose --sample from 0 to 119.\n"
    assert told.out == ""


def test_writers_that_are_not_known(run: Run, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data.parent / "writers.npz").unlink()
    assert run("--quick") == 0
    assert "skipped" in capsys.readouterr().out
    assert report_of(tmp_path)["numbers_in_one_hand"] is None


def test_messages_are_one_line(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def told(*arguments: str) -> str:
        assert main([*arguments, "--quick", "--output", str(tmp_path / "out")]) == 1
        message = capsys.readouterr().err
        assert message.count("\n") == 1
        return message

    assert "There is no model" in told("none.onnx", "--data", str(data))
    (tmp_path / "bad.onnx").write_bytes(b"not a network")
    assert "bad.onnx" in told(str(tmp_path / "bad.onnx"), "--data", str(data))
    assert "There is no file" in told("--data", str(tmp_path / "none.npz"))
    arrays = dict(np.load(data))
    np.savez(data, **{**arrays, "y_test": arrays["y_test"][:-1]})
    assert "120 images but 119 labels" in told("--data", str(data))
    np.savez(data, **{name: array[:100] for name, array in arrays.items()})
    assert "120 writers are named for 100 test digits" in told("--data", str(data))
    np.savez(data, **{**arrays, "x_test": arrays["x_test"][:0], "y_test": arrays["y_test"][:0]})
    assert "is empty" in told("--data", str(data))
    data.write_bytes(data.read_bytes()[:500])
    assert "damaged" in told("--data", str(data))


def test_a_folder_that_can_not_be_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("a file is in the way")
    assert run("--quick") == 1
    assert "out can't be written: File exists" in capsys.readouterr().err
    (tmp_path / "out").unlink()

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", full)
    assert run("--quick") == 1
    message = capsys.readouterr().err
    assert "No space left on device. Make room, or choose another --output." in message
    assert message.count("\n") == 1


def test_help_names_every_file(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    printed = capsys.readouterr().out
    assert all(name in printed for name in (*PICTURES, "corruptions.png", "report.json", "--min-accuracy"))
