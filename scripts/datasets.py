"""Load MNIST, and split it so that no writer is on both sides. Knows no network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray


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
    """(N,) who wrote each, where that is known."""

    def __post_init__(self) -> None:
        if self.images.ndim != 3 or self.images.shape[1:] != (28, 28):
            raise DataError(f"images must be (N, 28, 28), got {self.images.shape}.")
        if len(self.images) != len(self.labels):
            raise DataError(
                f"{len(self.images)} images but {len(self.labels)} labels: the files do not belong together."
            )

    def __len__(self) -> int:
        return len(self.images)

    def take(self, rows: NDArray[np.int64]) -> Digits:
        """The digits of these rows."""
        return Digits(self.images[rows], self.labels[rows], None if self.writers is None else self.writers[rows])


def load_mnist(path: Path | None) -> tuple[Digits, Digits]:
    """MNIST's training and test part, from an .npz file or, without one, downloaded by Keras into its cache.

    path: a file in the layout of `keras.datasets.mnist`. A `writers.npz` beside it (arrays `train` and `test`, columns
    series and writer) tells who wrote each digit. Raises DataError.
    """
    if path is None:
        from keras.datasets import mnist  # seconds to import, and needed only without a file

        (x_train, y_train), (x_test, y_test) = mnist.load_data()
        return Digits(x_train, y_train.astype(np.int64)), Digits(x_test, y_test.astype(np.int64))
    try:
        with path.open("rb") as file, np.load(file) as arrays:
            x_train, y_train, x_test, y_test = (arrays[name] for name in ("x_train", "y_train", "x_test", "y_test"))
    except FileNotFoundError:
        raise DataError(f"There is no file {path}. Leave --data out to download MNIST.") from None
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise DataError(f"{path} is damaged or not MNIST as an .npz file: {error}.") from error
    beside = path.parent / "writers.npz"
    writers: dict[str, NDArray[np.int64] | None] = {"train": None, "test": None}
    if beside.is_file():
        with np.load(beside) as arrays:
            # a writer's number is unique only within his series
            writers = {part: arrays[part][:, 0].astype(np.int64) * 100_000 + arrays[part][:, 1] for part in writers}
    train = Digits(x_train, y_train.astype(np.int64), writers["train"])
    return train, Digits(x_test, y_test.astype(np.int64), writers["test"])


def split_by_writer(digits: Digits, share: float, rng: np.random.Generator) -> tuple[Digits, Digits]:
    """(training, validation) with about `share` of the digits in validation and no writer in both.

    Where the writers are not known, rows are drawn at random.
    """
    if digits.writers is None:
        held_out = rng.random(len(digits)) < share
    else:
        names = np.unique(digits.writers)
        chosen = names[rng.random(len(names)) < share]
        held_out = np.isin(digits.writers, chosen)
    rows = np.arange(len(digits))
    return digits.take(rows[~held_out]), digits.take(rows[held_out])
