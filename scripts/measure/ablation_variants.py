"""Variants of the reader for ablation, each without one stage. Knows the reader's stages and settings, no page and no score."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from unittest.mock import patch

import cv2
import numpy as np
from msgspec.structs import replace as with_settings
from numpy.typing import NDArray

import live.reading.reader
from live.core.records import DIGIT_CLASSES, Reading
from live.core.settings import GroupingSettings, InkSettings, Settings
from live.reading.decoding import Candidate
from live.reading.grouping import Group, find_groups
from live.reading.ink import Ink, find_ink, ink_on, level_at
from live.reading.line_reader import AsksLines
from live.reading.orientation import OrientedPageReader
from live.reading.reader import PageReader
from live.reading.regions import Component, Upright, upright_each
from live.reading.verification import Verifies
from models.classifier import Classifier

Reads = Callable[[NDArray[np.uint8]], Reading]
DEFAULTS = Settings()


@dataclass(frozen=True, slots=True)
class Variant:
    """The whole reader, or the reader without one stage."""

    name: str
    """The stage that is left out; empty for the whole reader."""
    settings: Settings = DEFAULTS
    replaced: Mapping[str, Any] = field(default_factory=dict)
    """Replacements of functions of `live.reading.reader` during the reading, by name."""
    digits_only: bool = False
    """Whether the network may not answer "not a digit"."""
    turns: bool = True
    lines: bool = True
    """Whether the line network reads what can't be read digit by digit."""
    verified: bool = True
    """Whether the verifier decides what is a number."""

    def reader(self, classifier: Classifier, ask_lines: AsksLines, verify: Verifies) -> Reads:
        """A function that reads a page with this variant; no page is remembered."""
        asked = DigitsOnly(classifier) if self.digits_only else classifier
        pages = PageReader(asked, self.settings, ask_lines if self.lines else None, verify if self.verified else None)
        read: Reads = OrientedPageReader(pages, remembers=False).read if self.turns else pages.read

        def with_replaced(image: NDArray[np.uint8]) -> Reading:
            with patch.multiple(live.reading.reader, **self.replaced):
                return read(image)

        return with_replaced if self.replaced else read


WHOLE = Variant("")


class DigitsOnly:
    """A classifier that must choose one of the ten digits."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self.classes = DIGIT_CLASSES

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """As `Classifier`, with ten classes."""
        digits = np.maximum(self._classifier(inputs)[:, :DIGIT_CLASSES], 1e-9)
        return digits / digits.sum(axis=1, keepdims=True)


def variants() -> Iterator[Variant]:
    """One variant for each stage, in the order of the stages."""
    yield replace(WHOLE, name="light evened out", replaced={"find_ink": ink_in_flat_light})
    yield replace(WHOLE, name="strokes wider than the window", replaced={"find_ink": partial(find_ink, wide=False)})
    yield replace(WHOLE, name="faint marks: by the page's noise", settings=changed("ink", noise_factor=0.0))
    yield replace(WHOLE, name="faint marks: by the strokes nearby", settings=changed("ink", stroke_share=0.0))
    yield replace(WHOLE, name="faint marks: by the page's pen", settings=changed("ink", page_share=0.0))
    both = changed("ink", stroke_share=0.0, page_share=0.0)
    yield replace(WHOLE, name="faint marks: by pen and strokes, both", settings=both)
    yield replace(WHOLE, name="blur partly undone", settings=changed("ink", sharpening=0.0))
    yield replace(WHOLE, name="ruled lines taken out", replaced={"without_ruled_lines": keep_lines})
    yield replace(WHOLE, name="slope undone", replaced={"text_line_angles": level})
    yield replace(WHOLE, name="grey ink (black and white instead)", replaced={"upright_each": upright_mask})
    yield replace(WHOLE, name='"not a digit" as an answer', digits_only=True)
    yield replace(WHOLE, name="cuts", settings=changed("splitting", max_cuts=0))
    yield replace(WHOLE, name="joins", replaced={"find_clusters": no_joins})
    yield replace(WHOLE, name="second batch (cuts and joins)", settings=changed("splitting", sure_confidence=0.0))
    yield replace(WHOLE, name="test-time augmentation", replaced={"augment_doubtful": keep_doubts})
    yield replace(WHOLE, name="whole numbers at once", lines=False)
    yield replace(WHOLE, name="pieces of lines dropped", replaced={"without_line_pieces": keep_pieces})
    yield replace(WHOLE, name="words rejected", replaced={"find_groups": groups_of_digits})
    yield replace(WHOLE, name="unsure numbers rejected", settings=changed("grouping", min_confidence=0.0))
    yield replace(WHOLE, name="asking whether it is a number", verified=False)
    yield replace(WHOLE, name="turned pages", turns=False)


def changed(section: str, **values: Any) -> Settings:
    """The defaults with some values of one section changed, also to values that a settings file can't have."""
    """All stages, with only one of the rules for single digits."""
    return with_settings(DEFAULTS, **{section: with_settings(getattr(DEFAULTS, section), **values)})


def ink_in_flat_light(image: NDArray[np.uint8], settings: InkSettings) -> Ink:
    """As `find_ink`, with one brightness of paper for the whole picture."""
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    return ink_on(np.full((2, 2), level_at(gray, 0.9), np.uint8), gray, max(1, max(gray.shape) // 2), settings)


def keep_lines(
    mask: NDArray[np.uint8],
    pieces: object,  # noqa: ARG001 (a stage's own parameters)
    settings: object,  # noqa: ARG001
    budget: object,  # noqa: ARG001
) -> NDArray[np.uint8]:
    """Remove no line."""
    return mask


def level(
    contours: list[NDArray[np.int32]],
    settings: object,  # noqa: ARG001 (a stage's own parameters)
) -> tuple[float, NDArray[np.float64]]:
    """Treat all lines as horizontal."""
    return 0.0, np.zeros(len(contours))


def upright_mask(ink: Ink, groups: list[list[Component]]) -> list[Upright]:
    """As `upright_each`, with binary ink."""
    return upright_each(replace(ink, darkness=ink.mask), groups)


def keep_doubts(
    groups: list[Group],
    fields: object,  # noqa: ARG001 (a stage's own parameters)
    classifier: object,  # noqa: ARG001
) -> list[Group]:
    """Keep the first answers, without test-time augmentation."""
    return groups


def no_joins(components: list[Component]) -> list[tuple[int, ...]]:  # noqa: ARG001 (a stage's own parameters)
    """Join no broken digit."""
    return []


def keep_pieces(candidates: list[Candidate], ink: Ink) -> list[Candidate]:  # noqa: ARG001 (a stage's own parameters)
    """Keep pieces of lines."""
    return candidates


def groups_of_digits(candidates: list[Candidate], settings: GroupingSettings) -> list[Group]:
    """As `find_groups`, blind to what is no digit."""
    return find_groups([p for p in candidates if p.digit is not None], settings)
