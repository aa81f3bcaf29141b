"""Load MNIST and related data sets, and split them by writer. Knows no network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from live.core.errors import SettingsError
from live.core.settings_files import load_settings
from live.core.terminal import say
from scripts.training.idx import read_idx


class DataError(Exception):
    """A data file is missing, damaged or of another shape; the message is one line for the user."""


@dataclass(frozen=True, eq=False)
class Digits:
    """Handwritten digits with their labels."""

    images: NDArray[np.uint8]
    """(N, 28, 28) uint8, ink is 255."""
    labels: NDArray[np.int64]
    """(N,) 0 to 9."""
    writers: NDArray[np.int64] | None = None
    """(N,) the writer of each, where known."""

    def __post_init__(self) -> None:
        if self.images.ndim != 3 or self.images.shape[1:] != (28, 28):
            raise DataError(f"images must be (N, 28, 28), got {self.images.shape}.")
        if self.images.dtype != np.uint8:
            raise DataError(f"images must be uint8, 0 to 255, got {self.images.dtype}.")
        if len(self.images) != len(self.labels):
            raise DataError(
                f"{len(self.images)} images but {len(self.labels)} labels: the files do not belong together."
            )
        if len(self.labels) and not (self.labels.min() >= 0 and self.labels.max() <= 9):
            raise DataError(f"labels must be 0 to 9, got {self.labels.min()} to {self.labels.max()}.")

    def __len__(self) -> int:
        return len(self.images)

    def take(self, rows: NDArray[np.int64]) -> Digits:
        """The digits of these rows."""
        return Digits(self.images[rows], self.labels[rows], None if self.writers is None else self.writers[rows])


def load_mnist(source: Path | None) -> tuple[Digits, Digits]:
    """A training and a test part.

    source: an .npz file in the layout of `keras.datasets.mnist` (a `writers.npz` beside it, arrays `train` and `test`, columns
    series and writer, tells who wrote each digit); or a folder of IDX files of MNIST, EMNIST digits or QMNIST; or None: what
    `training.data` of the user's own settings names, or else MNIST is downloaded by Keras into its cache. Raises DataError.
    """
    source = source or _named_in_settings()
    if source is None:
        return _downloaded()
    try:
        return _from_folder(source) if source.is_dir() else _from_npz(source)
    except FileNotFoundError:
        raise DataError(f"There is no file {source}. Leave --data out to download MNIST.") from None
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        kind = "a folder of whole IDX files" if source.is_dir() else "MNIST as an .npz file"
        raise DataError(f"{source} is damaged or not {kind}: {_one_line(error)}.") from error


def _named_in_settings() -> Path | None:
    """The data that the user's own settings name. Raises DataError for invalid settings."""
    try:
        named = load_settings(say=_say).training.data
    except SettingsError as error:
        raise DataError(str(error)) from error
    return None if named is None else Path(named)


def _say(line: str) -> None:
    """Print a note on stderr."""
    say(line)


def _downloaded() -> tuple[Digits, Digits]:
    """MNIST, downloaded by Keras. Raises DataError where that fails."""
    from keras.datasets import mnist  # takes seconds to import, and is needed only without a file

    try:
        (x_train, y_train), (x_test, y_test) = mnist.load_data()
    except Exception as error:  # Keras raises Exception itself where a download fails
        raise DataError(
            f"MNIST could not be downloaded: {_one_line(error)}. With a copy of it: --data mnist.npz or --data FOLDER."
        ) from error
    return Digits(x_train, y_train.astype(np.int64)), Digits(x_test, y_test.astype(np.int64))


def _from_npz(path: Path) -> tuple[Digits, Digits]:
    """Both parts of a file in the layout of Keras's cache."""
    with path.open("rb") as file, np.load(file) as arrays:
        x_train, y_train, x_test, y_test = (arrays[name] for name in ("x_train", "y_train", "x_test", "y_test"))
    beside = path.parent / "writers.npz"
    writers: dict[str, NDArray[np.int64] | None] = {"train": None, "test": None}
    if beside.is_file():
        with np.load(beside) as arrays:
            writers = {part: _writer_names(arrays[part]) for part in writers}
    train = Digits(x_train, y_train.astype(np.int64), writers["train"])
    return train, Digits(x_test, y_test.astype(np.int64), writers["test"])


def _from_folder(folder: Path) -> tuple[Digits, Digits]:
    """Both parts of a folder of IDX files with their published names."""
    return _from_idx(folder, ("train",)), _from_idx(folder, ("t10k", "test"))


def _from_idx(folder: Path, parts: tuple[str, ...]) -> Digits:
    """One part: the pictures and labels with one of `parts` in their names. Raises DataError for none or several."""
    found = {}
    for kind in ("images", "labels"):
        names = sorted(p for p in folder.glob(f"*{kind}*") if any(part in p.name for part in parts) and p.is_file())
        if len(names) != 1:
            listed = ", ".join(p.name for p in names) or "none"
            raise DataError(
                f"{folder} should hold one file of {parts[0]} {kind} (such as train-{kind}-idx3-ubyte.gz), found: {listed}."
            )
        found[kind] = names[0]
    images, labels = read_idx(found["images"]), read_idx(found["labels"])
    if found["images"].name.startswith("emnist"):
        images = images.transpose(0, 2, 1)  # EMNIST's pictures are transposed
    writers = None
    if labels.ndim == 2:  # QMNIST: class, NIST series, writer, and more
        writers, labels = _writer_names(labels[:, 1:3]), labels[:, 0]
    return Digits(np.ascontiguousarray(images), labels.astype(np.int64), writers)


def _writer_names(columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """(N, 2) series and writer -> (N,): a writer's number is unique only within a series."""
    return columns[:, 0].astype(np.int64) * 100_000 + columns[:, 1]


def _one_line(error: Exception) -> str:
    """An error's message in one line, without its final full stop."""
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


def split_by_writer(digits: Digits, share: float, rng: np.random.Generator) -> tuple[Digits, Digits]:
    """(training, validation), with about `share` of the digits in validation, and no writer in both.

    Without known writers, rows are split at random.
    """
    if digits.writers is None:
        held_out = rng.random(len(digits)) < share
    else:
        names = np.unique(digits.writers)
        chosen = names[rng.random(len(names)) < share]
        held_out = np.isin(digits.writers, chosen)
    rows = np.arange(len(digits))
    return digits.take(rows[~held_out]), digits.take(rows[held_out])
