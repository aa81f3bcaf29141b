"""A page reader without a network, which reads on each picture what a test wants it to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from live.core.records import Number, Reading
from live.reading.reader import Mark
from tests.results import reading_of


class FakePageReader(ABC):
    """In the place of a `PageReader` for an `OrientedPageReader`; a subclass says what it reads."""

    def __init__(self, *_: Any) -> None:
        """Needs no classifier."""
        super().__init__()

    @abstractmethod
    def numbers_on(self, image: NDArray[np.uint8]) -> Sequence[Number]:
        """The numbers on a picture."""

    def find(self, image: NDArray[np.uint8], *_: Any) -> SimpleNamespace:
        """No component."""
        return SimpleNamespace(image=image, pieces=SimpleNamespace(components=[], finding_price=0.0))

    def tall_as_digits(self, _pieces: object) -> list[int]:
        """None, so that no turn is tried."""
        return []

    def finish(self, found: SimpleNamespace, mark: Mark, *_: Any) -> SimpleNamespace:
        """The numbers on the picture."""
        mark("read")
        blank = reading_of(found.image, 2)
        reading = Reading(tuple(self.numbers_on(found.image)), blank.ink, blank.inputs)
        return SimpleNamespace(reading=reading, pieces=SimpleNamespace(whole=[]))
