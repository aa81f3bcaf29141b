"""A picture in, numbers out: the stages composed. Knows the order of the stages, no camera, clock or screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from live.core.records import Number, Reading
from live.core.settings import Settings
from live.reading.augmentation import look_closer
from live.reading.budget import BEGUN, CLOSER, KEPT_BACK, LOOKED, Budget, Counting
from live.reading.cuts import Lattice, build_lattice
from live.reading.decoding import choose
from live.reading.exploring import Explorer, Known, affordable, tell
from live.reading.false_positives import is_texture, on_paper, without_cut_outs, without_impostors, without_line_pieces
from live.reading.grouping import Run, find_all_runs, group_runs, why_none
from live.reading.ink import Ink, find_ink
from live.reading.joins import find_clusters
from live.reading.line_reader import AsksLines, read_lines, with_lines
from live.reading.outlines import begun, find_contours, find_outlines, is_too_full, too_large
from live.reading.regions import measure, upright_each
from live.reading.ruled_lines import without_rulings
from live.reading.slopes import line_angles
from live.reading.traces import Pieces, Trace
from live.reading.words import without_words
from models.classifier import Classifier
from models.mnist_format import stack_mnist

STAGES = ("ink", "regions", "format", "classify", "look again", "group", "doubts", "lines")

Mark = Callable[[str], None]
Inputs = NDArray[np.float32]
IsSettled = Callable[[list[Lattice], tuple[Inputs, Inputs]], bool]
"""Pieces of ink with a question each, the questions and their answers -> whether no more is to be asked."""


NumberedRun = tuple[int, Number]
"""The index of a run, and the number that it is."""


@dataclass(frozen=True, eq=False)
class _Questions:
    """What the classifier was asked, and what there is to choose from."""

    again: list[Lattice]
    inputs: Inputs
    answers: Inputs
    """Of all inputs, row by row."""
    lattices: list[Lattice]
    """What was asked about once, and what was asked about again."""
    rows: list[int]
    """The row in `inputs` and `answers` of each region of `lattices`."""


@dataclass(eq=False)
class _Rejections:
    """Which runs are not shown, by the step that rejected them."""

    by_step: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def keep(self, step: str, found: list[NumberedRun], left: tuple[Number, ...]) -> list[NumberedRun]:
        """What a step left of the numbers; the runs of the others are noted under its name."""
        kept = set(left)
        self.by_step[step] = tuple(index for index, number in found if number not in kept)
        return [(index, number) for index, number in found if number in kept]


def ignore(stage: str) -> None:
    """Nobody measures."""


class PageReader:
    """Reads the numbers on a picture of a page. Holds no memory from picture to picture."""

    def __init__(self, classifier: Classifier, settings: Settings, ask_lines: AsksLines | None = None) -> None:
        """ask_lines: reads whole numbers whose digits can't be told apart; None leaves them unread."""
        self.classifier = classifier
        """Answers for single digits."""
        self._ask_lines = ask_lines
        self._settings = settings

    def read(self, image: NDArray[np.uint8], mark: Mark = ignore) -> Reading:
        """Find and read all numbers.

        image: (H, W, 3) uint8 BGR. mark: called with a stage's name (`STAGES`) as it ends, for whoever holds a clock.
        """
        return self.trace(image, mark).reading

    def trace(
        self,
        image: NDArray[np.uint8],
        mark: Mark = ignore,
        budget: Budget | None = None,
        *,
        again: bool = False,
        is_settled: IsSettled | None = None,
    ) -> Trace:
        """`read`, with what it worked out on the way.

        budget: what may be spent on it; None: on a picture that is read once. again: it was read before, otherwise turned.
        is_settled: whether no more is to be asked, by the pieces alone.
        """
        budget = budget or Budget.of(image.shape)
        left_out = budget.left_out
        found = find_ink(image, self._settings.ink)
        mark("ink")
        pieces = self.find_pieces(found, budget)
        mark("regions")
        inputs = stack_mnist([region.ink for lattice in pieces.whole for region in lattice.regions])
        mark("format")
        probabilities = self.classifier(inputs)
        mark("classify")
        whole = [lattice for lattice in pieces.whole if lattice.regions]
        settled = is_settled is not None and is_settled(whole, (inputs, probabilities))
        with budget.purse(0.0 if settled else budget.further(tell(probabilities), again=again)) as purse:
            asked = self._look_again(pieces, inputs, probabilities, purse)
            mark("look again")
            ink = pieces.ink  # without its ruled lines
            chosen = choose(asked.lattices, asked.answers[asked.rows], asked.rows)
            kept = without_line_pieces(chosen, ink)
            runs = find_all_runs(kept, self._settings.grouping)
            mark("group")
            if purse.left >= CLOSER:
                asking = Counting(self.classifier)
                runs = look_closer(runs, asked.inputs, asking)
                purse.take(asking.count)
            mark("doubts")
            lines = []
            if self._ask_lines is not None:
                lines = read_lines(runs, ink, (self._ask_lines, self.classifier.classes), purse)
            runs = with_lines(runs, lines)
            mark("lines")
        numbers, rejected = self._numbers_of(runs, pieces)
        mark("group")
        reading = Reading(numbers, ink.mask, asked.inputs, budget.left_out - left_out)
        return Trace(reading, found, pieces, asked.answers, asked.again, chosen, kept, lines, runs, rejected)

    def _numbers_of(self, runs: list[Run], pieces: Pieces) -> tuple[tuple[Number, ...], dict[str, tuple[int, ...]]]:
        """The numbers that are shown, and the indices of all other runs by the step that rejected them."""
        settings, ink = self._settings.grouping, pieces.ink
        rejected = _Rejections()
        for k, run in enumerate(runs):
            reason = why_none(run, settings)
            if reason is not None:
                rejected.by_step[reason] = (*rejected.by_step.get(reason, ()), k)
        found = group_runs(runs, pieces.angle, settings)
        found = rejected.keep("sheet", found, on_paper(numbers_in(found), ink))
        found = rejected.keep("impostors", found, without_impostors(numbers_in(found), ink, settings))
        placed = [piece for run in runs for piece in run.pieces]
        found = rejected.keep("words", found, without_words(numbers_in(found), placed, owners_of(runs, found), ink))
        found = rejected.keep("cut_outs", found, without_cut_outs(numbers_in(found), ink))
        numbers = numbers_in(found)
        found = rejected.keep("texture", found, () if is_texture(numbers, len(pieces.whole)) else numbers)
        return numbers_in(found), rejected.by_step

    def find_pieces(self, ink: Ink, budget: Budget | None = None) -> Pieces:
        """All pieces of ink that are large enough to be a digit, laid upright; as many as the budget allows."""
        settings, budget = self._settings.regions, budget or Budget()
        budget.spend(LOOKED + begun(ink.mask) / BEGUN)
        outlines = find_outlines(ink.mask, settings)
        cleared = ink.mask
        if is_too_full(ink.mask):  # what hangs on lines is not read
            budget.leave_out(too_large(outlines, ink.mask.shape, settings))
        else:
            cleared = without_rulings(ink.mask, outlines, settings)
        if cleared is not ink.mask:
            ink = replace(ink, mask=cleared)
            outlines = find_outlines(cleared, settings)
        found = find_contours(outlines, cleared.shape, settings)
        contours = found.contours
        angle, angles = line_angles(contours, settings)
        components = measure(contours, angles)
        large = affordable(components, settings.min_height_px, budget)
        budget.leave_out(found.left_out)
        uprights = dict(zip(large, upright_each(ink, [[components[k]] for k in large]), strict=True))
        whole = [build_lattice((k,), piece, components[k].angle) for k, piece in uprights.items()]
        return Pieces(ink, angle, components, uprights, whole)

    def _look_again(self, pieces: Pieces, inputs: Inputs, answers: Inputs, budget: Budget) -> _Questions:
        """Ask a second time, about cuts and joins of what was not surely a digit; most pages need little of it."""
        splitting, lay_upright = self._settings.splitting, partial(upright_each, pieces.ink)
        asked = [lattice for lattice in pieces.whole if lattice.regions]
        known = Known.of((pieces.components, pieces.uprights), asked, (inputs, answers), splitting.sure_confidence)
        with budget.purse((1 - KEPT_BACK) * budget.left) as purse:
            explorer = Explorer(known, splitting, self.classifier, purse)
            found = explorer.look_again(find_clusters(pieces.components), lay_upright)
        again = [lattice for lattice, _, _ in found]
        more, more_answers = (
            np.concatenate([part[k] for part in found]) if found else (inputs[:0], answers[:0])[k - 1] for k in (1, 2)
        )
        parted = {lattice.components for lattice in again}
        kept_rows = [row for row, lattice in enumerate(asked) if lattice.components not in parted]
        return _Questions(
            again,
            np.concatenate([inputs, more]),
            np.concatenate([answers, more_answers]),
            [asked[row] for row in kept_rows] + again,
            [*kept_rows, *range(len(inputs), len(inputs) + len(more))],
        )


def numbers_in(found: list[NumberedRun]) -> tuple[Number, ...]:
    """The numbers alone."""
    return tuple(number for _, number in found)


def owners_of(runs: list[Run], found: list[NumberedRun]) -> list[int]:
    """Which of the numbers each piece of the runs is a digit of; -1 for none."""
    number_of = {index: k for k, (index, _) in enumerate(found)}
    return [
        number_of.get(index, -1) if piece.digit is not None else -1
        for index, run in enumerate(runs)
        for piece in run.pieces
    ]
