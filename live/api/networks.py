"""Opens the networks of the settings and the reader that uses them; reads no picture itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from live.api.model_trial import load_tried
from live.core.errors import NumcamError
from live.core.records import DIGIT_CLASSES
from live.core.settings import ModelSettings, Settings
from live.expected.expectation import Expectation
from live.reading.reader import PageReader
from models.classifier import Classifier
from models.errors import ModelError
from models.line_classifier import LineClassifier
from models.verifier import Verifier


class NetworkError(NumcamError, ModelError):
    """A network can't be loaded: a ModelError that is also a NumcamError."""


@contextmanager
def as_numcam_error() -> Iterator[None]:
    """Raise a ModelError as a NetworkError."""
    try:
        yield
    except ModelError as error:
        raise NetworkError(str(error)) from error


def open_classifier(settings: Settings, say: Callable[[str], None] | None = None) -> Classifier:
    """The network that reads single digits; one that isn't Numcam's own is tried first. Raises ModelError.

    say: called with one line on the network's limitations, if any.
    """
    model = settings.model
    path = Path(model.path) if model.path is not None else None
    classifier = load_tried(path, model.runtime, model.threads, within_s=settings.limits.model_load_s)
    weakness = weakness_of(classifier, model)
    if say is not None and weakness is not None:
        say(weakness)
    return classifier


def weakness_of(classifier: Classifier, settings: ModelSettings) -> str | None:
    """One line on a network's limitations, or None."""
    if classifier.classes > DIGIT_CLASSES:
        return None
    return (
        f'The model {settings.path or "of Numcam"} knows the ten digits and no "not a digit": it will take letters, lines '
        "and blots for digits. python -m scripts.train makes models that know it."
    )


def open_reader(settings: Settings, classifier: Classifier, expectation: Expectation | None = None) -> PageReader:
    """A page reader with that network, the verifier, and the network for whole lines if enabled. Raises ModelError."""
    ask_lines = LineClassifier(threads=settings.model.threads) if settings.model.lines else None
    reader = PageReader(classifier, settings, ask_lines, Verifier(threads=settings.model.threads))
    reader.expectation = expectation
    return reader


@dataclass(frozen=True, slots=True)
class InterruptibleClassifier:
    """A network that calls `check` before each batch."""

    network: Classifier
    check: Callable[[], None]
    """Raises KeyboardInterrupt to end the run: a full page takes many batches."""

    @property
    def classes(self) -> int:
        """The number of classes of the network."""
        return self.network.classes

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Call `check`, then the network."""
        self.check()
        return self.network(inputs)
