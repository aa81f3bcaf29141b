"""A picture in, numbers out: the stages composed. Knows the order of the stages, no camera, clock or screen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from live.reading.choosing import choose
from live.reading.grouping import group_digits
from live.reading.ink import Ink, find_ink
from live.reading.joining import find_clusters
from live.reading.regions import find_contours, line_angle, measure, upright
from live.reading.splitting import Lattice, build_lattice
from live.records import Reading
from live.settings import Settings
from models.classifier import Classifier
from models.mnist_format import stack_mnist

STAGES = ("ink", "regions", "format", "classify", "group")

Mark = Callable[[str], None]


def _ignore(stage: str) -> None:
    """Nobody measures."""


class PageReader:
    """Reads the numbers on a picture of a page. Holds no memory from picture to picture."""

    def __init__(self, classifier: Classifier, settings: Settings) -> None:
        self._classifier = classifier
        self._settings = settings

    def read(self, image: NDArray[np.uint8], mark: Mark = _ignore) -> Reading:
        """Find and read all numbers.

        image: (H, W, 3) uint8 BGR. mark: called with a stage's name (`STAGES`) as it ends, for whoever holds a clock.
        """
        ink = find_ink(image, self._settings.ink)
        mark("ink")
        angle, lattices = self.find_lattices(ink)
        mark("regions")
        inputs = stack_mnist([region.ink for lattice in lattices for region in lattice.regions])
        mark("format")
        probabilities = self._classifier(inputs)
        mark("classify")
        numbers = group_digits(choose(lattices, probabilities), angle, self._settings.grouping)
        mark("group")
        return Reading(numbers, ink.mask, inputs)

    def find_lattices(self, ink: Ink) -> tuple[float, list[Lattice]]:
        """Slope of the lines (radians), and all that the classifier is to be asked about."""
        settings = self._settings
        contours = find_contours(ink, settings.regions)
        angle = line_angle(contours, settings.regions)
        components = measure(contours, angle)
        smallest = settings.regions.min_height_px
        asked = [(k,) for k, c in enumerate(components) if c.height >= smallest]
        clusters = [c for c in find_clusters(components) if max(components[k].height for k in c) >= smallest]
        lattices = []
        for cluster in (*asked, *clusters):
            piece = upright(ink, [components[k] for k in cluster], angle)
            lattices.append(build_lattice(cluster, piece, angle, settings.splitting))
        return angle, lattices
