"""Cut training pictures from drawn pages with the live reader's stages. Knows no network.

The regions that the reader would classify are labelled by the page's ground truth: a region of exactly one digit is that digit; a
piece, a join, a word, a line or a blot is "not a digit"; unclear regions are left out.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.settings import Settings
from live.reading.budget import Budget
from live.reading.cuts import Lattice, build_lattice
from live.reading.ink import find_ink
from live.reading.joins import find_clusters
from live.reading.reader import PageReader
from live.reading.regions import along, upright_each
from live.reading.traces import Pieces
from models.mnist_format import stack_mnist
from scripts.pages.drawn_page import LEVELS, DigitShapes, DrawnPage, draw_page, random_style
from scripts.training.augment import NOT_A_DIGIT
from scripts.training.datasets import Digits
from scripts.training.training_set import Examples

SPAWN = get_context("spawn")  # a forked copy of a process in which OpenCV has run threads hangs in its first call
LEVEL_SHARES = {"clean": 0.2, "office": 0.25, "hard": 0.35, "webcam": 0.2}
ONE_DIGIT = 0.68
"""A region is a digit from this intersection over union on."""
NO_DIGIT = 0.45
"""A region is no digit below this intersection over union."""
NEGATIVES_A_DIGIT = 0.8
"""Largest number of non-digits per digit. More would be redundant."""


def harvest_pages(digits: Digits, count: int, seed: int, workers: int) -> Examples:
    """The labelled regions of `count` drawn pages, in the order of the pages."""
    seeds = np.random.SeedSequence([seed, count]).spawn(count)
    shapes = DigitShapes(digits.images, digits.labels, digits.writers)
    with ProcessPoolExecutor(workers, SPAWN, initializer=_begin, initargs=(shapes,)) as pool:
        made = list(pool.map(_harvest_page, seeds, chunksize=4))
    return Examples(np.concatenate([m[0] for m in made]), np.concatenate([m[1] for m in made]))


_shapes: DigitShapes  # each worker's own copy


def _begin(shapes: DigitShapes) -> None:
    """Set a worker up."""
    global _shapes  # noqa: PLW0603 - a worker process has no other place to keep it
    _shapes = shapes
    cv2.setNumThreads(1)


def _harvest_page(seed: np.random.SeedSequence) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Pictures (N, 28, 28) uint8 and classes of one page."""
    rng = np.random.default_rng(seed)
    level = LEVELS[int(rng.choice(len(LEVELS), p=[LEVEL_SHARES[name] for name in LEVELS]))]
    page = draw_page(_shapes, rng, random_style(rng, level))
    reader = PageReader(_uniform_classifier, Settings())
    budget = Budget()
    pieces = reader.lay_out(reader.find_components(find_ink(page.image, Settings().ink), budget), budget)
    again = doubtful_lattices(pieces)
    cut = {lattice.components for lattice in again}
    lattices = [lattice for lattice in pieces.whole if lattice.components not in cut] + again
    # a drawn page has one slope: regions at another slope have no ground truth
    lattices = [lattice for lattice in lattices if pieces.components[lattice.components[0]].angle == pieces.angle]
    regions = [region for lattice in lattices for region in lattice.regions]
    if not regions:
        return np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.int64)
    extents = np.concatenate([lattice.extents for lattice in lattices if lattice.regions])
    labels = classes_of(extents, page, pieces.angle)
    few = int(NEGATIVES_A_DIGIT * max(10, (labels < NOT_A_DIGIT).sum() - (labels < 0).sum()))
    negatives = np.flatnonzero(labels == NOT_A_DIGIT)
    labels[rng.permutation(negatives)[few:]] = -1
    kept = np.flatnonzero(labels >= 0)
    images = stack_mnist([regions[k].ink for k in kept])[..., 0]
    return np.rint(images * 255).astype(np.uint8), labels[kept]


def doubtful_lattices(pieces: Pieces) -> list[Lattice]:
    """All cuts and joins of a page's pieces: everything that the reader may classify in the second batch."""
    splitting, components = Settings().splitting, pieces.components
    lattices = [build_lattice((k,), piece, components[k].angle, splitting) for k, piece in pieces.uprights.items()]
    lattices = [lattice for lattice in lattices if len(lattice.spans) > 1]
    clusters = [c for c in find_clusters(components) if not pieces.uprights.keys().isdisjoint(c)]
    groups = [[components[k] for k in cluster] for cluster in clusters]
    for cluster, piece, group in zip(clusters, upright_each(pieces.ink, groups), groups, strict=True):
        lattices.append(build_lattice(cluster, piece, group[0].angle, splitting))
    return lattices


def classes_of(extents: NDArray[np.float32], page: DrawnPage, angle: float) -> NDArray[np.int64]:
    """Class of each extent (N, 4: left, top, right, bottom in the rotated frame); -1 where it is unclear."""
    quads = [quad for number in page.numbers for quad in number.digit_quads]
    texts = [int(digit) for number in page.numbers for digit in number.text]
    if not quads:
        return np.full(len(extents), NOT_A_DIGIT)
    turned = along(np.array(quads, np.float32), angle)
    true = np.concatenate([turned.min(axis=1), turned.max(axis=1)], axis=1)
    low, high = np.maximum(extents[:, None, :2], true[None, :, :2]), np.minimum(extents[:, None, 2:], true[None, :, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=2)
    size = np.prod(extents[:, 2:] - extents[:, :2], axis=1)
    true_size = np.prod(true[:, 2:] - true[:, :2], axis=1)
    overlap = shared / (size[:, None] + true_size[None] - shared)
    best = overlap.argmax(axis=1)
    share = overlap.max(axis=1)
    whole_digits = (shared > 0.6 * true_size[None]).sum(axis=1)
    labels = np.full(len(extents), -1)
    labels[(share >= ONE_DIGIT) & (whole_digits <= 1)] = np.array(texts)[
        best[(share >= ONE_DIGIT) & (whole_digits <= 1)]
    ]
    labels[(share < NO_DIGIT) | (whole_digits >= 2)] = NOT_A_DIGIT
    # a vertical stroke of a digit looks like a 1: only its line shows that it is none
    tall = (extents[:, 3] - extents[:, 1]) > 2.2 * (extents[:, 2] - extents[:, 0])
    labels[(labels == NOT_A_DIGIT) & tall & (share > 0.1)] = -1
    return labels


class _UniformClassifier:
    """A placeholder for the classifier, whose answers are not used."""

    classes = NOT_A_DIGIT + 1

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """The same probability for all classes."""
        return np.full((len(inputs), self.classes), 1 / self.classes, np.float32)


_uniform_classifier = _UniformClassifier()
