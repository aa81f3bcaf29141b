"""Read a picture: ink, components, classification, decoding, grouping, rejection. Knows no camera, clock or screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from live.core.records import Reading
from live.core.settings import Settings
from live.expected.expectation import Expectation
from live.reading.augmentation import augment_doubtful
from live.reading.budget import (
    AUGMENTATION_COST,
    GROUPS_A_PIECE,
    INK_COST,
    RESERVED_SHARE,
    STROKES_PER_QUESTION,
    VERIFICATION_COST,
    Budget,
    CountingClassifier,
)
from live.reading.cut_join_search import CutJoinSearch, FirstAnswers, affordable, count_sure_digits
from live.reading.cuts import build_lattice
from live.reading.decoding import decode
from live.reading.grouping import Group, find_groups, numbers_of_groups, rejection_reason
from live.reading.heights import typical_rows
from live.reading.ink import Ink, find_ink
from live.reading.joins import find_clusters
from live.reading.line_pieces import without_line_pieces
from live.reading.line_reader import AsksLines, read_lines, with_lines
from live.reading.outlines import count_stroke_starts, count_too_large, find_contours, find_outlines, is_too_full
from live.reading.regions import measure, upright_each
from live.reading.rejections import NumberedGroup, Rejections, affordable_numbers, numbers_in
from live.reading.ruled_lines import without_ruled_lines
from live.reading.slopes import text_line_angles
from live.reading.traces import Found, Pieces, Questions, Trace
from live.reading.verification import Verifies, number_chances
from models.classifier import Classifier
from models.mnist_format import stack_mnist

STAGES = ("ink", "regions", "format", "classify", "look again", "group", "augment", "lines")

Mark = Callable[[str], None]
Inputs = NDArray[np.float32]


def ignore(stage: str) -> None:
    """Measure nothing."""


class PageReader:
    """Reads the numbers on a picture of a page. Keeps nothing from picture to picture."""

    expectation: Expectation | None = None
    """What numbers look like; None: any. One that fits is reported even if its digits alone are unsure."""

    def __init__(
        self,
        classifier: Classifier,
        settings: Settings,
        ask_lines: AsksLines | None = None,
        verify: Verifies | None = None,
    ) -> None:
        """ask_lines: the line network, for numbers whose digits can't be separated; None leaves them unread.

        verify: the verifier, which tells numbers from all else; None takes every group of sure digits for a number.
        """
        self.classifier = classifier
        """Answers for single digits."""
        self._ask_lines = ask_lines
        self._verify = verify
        self._settings = settings

    def read(self, image: NDArray[np.uint8], mark: Mark = ignore) -> Reading:
        """Find and read all numbers.

        image: (H, W, 3) uint8 BGR. mark: called with a stage's name (`STAGES`) when the stage ends.
        """
        return self.trace(image, mark).reading

    def trace(
        self, image: NDArray[np.uint8], mark: Mark = ignore, budget: Budget | None = None, *, again: bool = False
    ) -> Trace:
        """`read`, with all intermediate results.

        budget: the work left for this picture; None: that of one reading. again: whether it was read before, turned otherwise.
        """
        budget = budget or Budget.of(image.shape)
        return self.finish(self.find(image, mark, budget), mark, budget, again=again)

    def find(self, image: NDArray[np.uint8], mark: Mark, budget: Budget) -> Found:
        """The ink of a picture and its components: all of `trace` that comes before a component is laid upright."""
        left_out = budget.left_out
        ink = find_ink(image, self._settings.ink)
        mark("ink")
        pieces = self.find_components(ink, budget)
        mark("regions")
        return Found(ink, pieces, budget.left_out - left_out)

    def finish(self, found: Found, mark: Mark, budget: Budget, *, again: bool = False) -> Trace:
        """The rest of `trace`."""
        left_out = budget.left_out - found.left_out
        pieces = self.lay_out(found.pieces, budget)
        mark("regions")
        inputs = stack_mnist([region.ink for lattice in pieces.whole for region in lattice.regions])
        mark("format")
        probabilities = self.classifier(inputs)
        mark("classify")
        reserved = VERIFICATION_COST * GROUPS_A_PIECE * len(pieces.whole) if self._verify else 0.0
        second_pass = budget.second_pass(count_sure_digits(probabilities), again=again)
        with budget.limited(min(second_pass, max(0.0, budget.remaining - reserved))) as allowance:
            asked = self._look_again(pieces, inputs, probabilities, allowance)
            mark("look again")
            ink = pieces.ink  # without its ruled lines
            chosen = decode(asked.lattices, asked.answers[asked.rows], asked.rows)
            kept = without_line_pieces(chosen, ink)
            groups = find_groups(kept, self._settings.grouping)
            allowance.pay_numbers(sum(rejection_reason(group, self._settings.grouping) is None for group in groups))
            mark("group")
            if allowance.remaining >= AUGMENTATION_COST:
                asking = CountingClassifier(self.classifier)
                groups = augment_doubtful(groups, asked.inputs, asking)
                allowance.try_spend(asking.count)
            mark("augment")
            lines = []
            if self._ask_lines is not None:
                lines = read_lines(groups, ink, (self._ask_lines, self.classifier.classes), allowance)
            groups = with_lines(groups, lines)
            mark("lines")
            rejected = Rejections()
            numbered = self._numbers_of(groups, pieces, allowance, rejected)
        numbered = self._verified(numbered, groups, found.ink, budget, rejected)
        mark("group")
        reading = Reading(numbers_in(numbered), ink.mask, asked.inputs, budget.left_out - left_out)
        return Trace(
            reading, found.ink, pieces, asked.answers, asked.again, chosen, kept, lines, groups, rejected.by_step,
            rejected.chances,
        )  # fmt: skip

    def _numbers_of(
        self, groups: list[Group], pieces: Pieces, budget: Budget, rejected: Rejections
    ) -> list[NumberedGroup]:
        """The groups that may be numbers; all others are recorded in `rejected`."""
        settings = self._settings.grouping
        for k, group in enumerate(groups):
            if (reason := rejection_reason(group, settings, self.expectation)) is not None:
                rejected.by_step[reason] = (*rejected.by_step.get(reason, ()), k)
        found = numbers_of_groups(groups, pieces.angle, settings, self.expectation)
        return rejected.keep("budget", found, affordable_numbers(found, budget))

    def _verified(
        self, found: list[NumberedGroup], groups: list[Group], whole: Ink, budget: Budget, rejected: Rejections
    ) -> list[NumberedGroup]:
        """Those that are numbers; all others are recorded in `rejected`. whole: all ink."""
        if self._verify is None:
            return found
        words = len(rejected.by_step.get("word", ()))
        chances = number_chances([groups[k] for k, _ in found], words, whole, self._verify, budget)
        told = zip(found, chances, strict=True)
        rejected.chances.update({k: chance for (k, _), chance in told if chance is not None})
        least = self._settings.grouping.min_number_probability
        return rejected.keep("no number", found, tuple(n for k, n in found if rejected.chances.get(k, 1.0) >= least))

    def find_components(self, ink: Ink, budget: Budget) -> Pieces:
        """The components of the ink; none is laid upright yet."""
        settings = self._settings.regions
        before = budget.remaining
        budget.spend(INK_COST + count_stroke_starts(ink.mask) / STROKES_PER_QUESTION)
        outlines = find_outlines(ink.mask, settings)
        cleared = ink.mask
        if is_too_full(ink.mask):  # digits that touch ruled lines are not read
            budget.leave_out(count_too_large(outlines, ink.mask.shape, settings))
        else:
            cleared = without_ruled_lines(ink.mask, outlines, settings, budget)
        if cleared is not ink.mask:
            ink = replace(ink, mask=cleared)
            outlines = find_outlines(cleared, settings)
        finding_price = before - budget.remaining
        found = find_contours(outlines, cleared.shape, settings)
        contours = found.contours
        angle, angles = text_line_angles(contours, settings)
        budget.leave_out(found.left_out)
        return Pieces(ink, angle, measure(contours, angles), {}, [], finding_price)

    def lay_out(self, pieces: Pieces, budget: Budget) -> Pieces:
        """The components of digit size laid upright, as many as the budget allows."""
        return laid_upright(pieces, affordable(pieces.components, self._settings.regions.min_height_px, budget))

    def tall_as_digits(self, pieces: Pieces) -> list[int]:
        """Indices of the components that are tall enough to be a digit."""
        least = self._settings.regions.min_height_px
        return [k for k, component in enumerate(pieces.components) if component.height >= least]

    def typical_inputs(self, pieces: Pieces, count: int, budget: Budget) -> Inputs:
        """The inputs of so many components that most likely are one digit each; none where the budget doesn't last.

        pieces: as `find` gives them.
        """
        components, large = pieces.components, self.tall_as_digits(pieces)
        chosen = [large[k] for k in typical_rows(np.array([components[k].mean_side for k in large]), count)]
        if not budget.try_spend(sum(budget.piece_price(components[k].box.area) for k in chosen)):
            chosen = []
        whole = laid_upright(pieces, chosen).whole
        return stack_mnist([region.ink for lattice in whole for region in lattice.regions])

    def _look_again(self, pieces: Pieces, inputs: Inputs, answers: Inputs, budget: Budget) -> Questions:
        """The second pass: classify cuts and joins of ink that is not surely a digit. Most pages need few queries."""
        splitting, lay_upright = self._settings.splitting, partial(upright_each, pieces.ink)
        asked = [lattice for lattice in pieces.whole if lattice.regions]
        known = FirstAnswers.of(
            (pieces.components, pieces.uprights), asked, (inputs, answers), splitting.sure_confidence
        )
        with budget.limited((1 - RESERVED_SHARE) * budget.remaining) as allowance:
            search = CutJoinSearch(known, splitting, self.classifier, allowance)
            found = search.search(find_clusters(pieces.components), lay_upright)
        again = [lattice for lattice, _, _ in found]
        more, more_answers = (
            np.concatenate([part[k] for part in found]) if found else (inputs[:0], answers[:0])[k - 1] for k in (1, 2)
        )
        parted = {lattice.components for lattice in again}
        kept_rows = [row for row, lattice in enumerate(asked) if lattice.components not in parted]
        return Questions(
            again,
            np.concatenate([inputs, more]),
            np.concatenate([answers, more_answers]),
            [asked[row] for row in kept_rows] + again,
            [*kept_rows, *range(len(inputs), len(inputs) + len(more))],
        )


def laid_upright(pieces: Pieces, chosen: Sequence[int]) -> Pieces:
    """The pieces with the chosen components laid upright, and a lattice for each."""
    components = pieces.components
    uprights = dict(zip(chosen, upright_each(pieces.ink, [[components[k]] for k in chosen]), strict=True))
    whole = [build_lattice((k,), piece, components[k].angle) for k, piece in uprights.items()]
    return replace(pieces, uprights=uprights, whole=whole)
