"""A picture in, numbers out: the stages composed. Knows the order of the stages, no camera, clock or screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from live.core.records import Digit, Number, Reading
from live.core.settings import GroupingSettings, InkSettings, RegionSettings, Settings
from live.reading.augmentation import look_closer
from live.reading.budget import BEGUN, CLOSER, KEPT_BACK, LOOKED, Budget, Counting
from live.reading.cuts import Lattice, build_lattice
from live.reading.decoding import Placed, choose
from live.reading.exploring import Explorer, Known, affordable, tell
from live.reading.false_positives import is_texture, on_paper, without_cut_outs, without_impostors, without_line_pieces
from live.reading.grouping import Run, find_all_runs, group_runs, why_none
from live.reading.ink import Ink, find_ink
from live.reading.joins import Cluster, find_clusters
from live.reading.line_reader import AsksLines, read_lines, with_lines
from live.reading.outlines import Outlines, begun, find_contours, find_outlines, is_too_full, too_large
from live.reading.regions import (
    Component,
    Upright,
    measure,
    upright_each,
)
from live.reading.ruled_lines import without_rulings
from live.reading.slopes import line_angles
from live.reading.traces import Pieces, Trace
from live.reading.words import without_words
from models.classifier import Classifier
from models.mnist_format import stack_mnist

STAGES = ("ink", "regions", "format", "classify", "look again", "group", "doubts", "lines")

Mark = Callable[[str], None]
Inputs = NDArray[np.float32]
Mask = NDArray[np.uint8]
IsSettled = Callable[[list[Lattice], tuple[Inputs, Inputs]], bool]
"""Pieces of ink with a question each, the questions and their answers -> whether no more is to be asked."""


@dataclass(frozen=True)
class Stages:
    """The steps that may be replaced, each by a function of the same kind. `scripts.ablate` leaves them out one by one."""

    ink: Callable[[NDArray[np.uint8], InkSettings], Ink] = find_ink
    rulings: Callable[[Mask, Outlines, RegionSettings], Mask] = without_rulings
    slope: Callable[[list[NDArray[np.int32]], RegionSettings], tuple[float, NDArray[np.float64]]] = line_angles
    upright: Callable[[Ink, list[list[Component]]], list[Upright]] = upright_each
    joins: Callable[[list[Component]], list[Cluster]] = find_clusters
    line_pieces: Callable[[list[Placed], Ink], list[Placed]] = without_line_pieces
    runs: Callable[[list[Placed], GroupingSettings], list[Run]] = find_all_runs
    doubts: Callable[[list[Run], Inputs, Classifier], list[Run]] = look_closer
    sheet: Callable[[tuple[Number, ...], Ink], tuple[Number, ...]] = on_paper
    impostors: Callable[[tuple[Number, ...], Ink, GroupingSettings], tuple[Number, ...]] = without_impostors
    words: Callable[[tuple[Number, ...], Sequence[Placed], Ink], tuple[Number, ...]] = without_words
    cut_outs: Callable[[tuple[Number, ...], Ink], tuple[Number, ...]] = without_cut_outs
    texture: Callable[[tuple[Number, ...], int], bool] = is_texture


ALL_STAGES = Stages()


@dataclass(frozen=True, eq=False)
class _Questions:
    """What the classifier was asked, and what there is to choose from."""

    again: list[Lattice]
    inputs: Inputs
    answers: Inputs
    """Of all inputs, row by row."""
    lattices: list[Lattice]
    """What was asked about once, and what was asked about again."""
    probabilities: Inputs
    """Row by row as the regions of `lattices`."""
    fields: Inputs
    """What was asked, row by row as `probabilities`."""


def ignore(stage: str) -> None:
    """Nobody measures."""


class PageReader:
    """Reads the numbers on a picture of a page. Holds no memory from picture to picture."""

    def __init__(
        self,
        classifier: Classifier,
        settings: Settings,
        stages: Stages = ALL_STAGES,
        ask_lines: AsksLines | None = None,
    ) -> None:
        """ask_lines: reads whole numbers whose digits can't be told apart; None leaves them unread."""
        self.classifier = classifier
        """Answers for single digits."""
        self._ask_lines = ask_lines
        self._settings = settings
        self._stages = stages

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
        found = self._stages.ink(image, self._settings.ink)
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
            chosen = choose(asked.lattices, asked.probabilities)
            kept = self._stages.line_pieces(chosen, ink)
            runs = self._stages.runs(kept, self._settings.grouping)
            mark("group")
            if purse.left >= CLOSER:
                asking = Counting(self.classifier)
                runs = self._stages.doubts(runs, asked.fields, asking)
                purse.take(asking.count)
            mark("doubts")
            lines = []
            if self._ask_lines is not None:
                lines = read_lines(runs, ink, (self._ask_lines, self.classifier.classes), purse)
            runs = with_lines(runs, lines)
            mark("lines")
        numbers = group_runs(runs, pieces.angle, self._settings.grouping)
        numbers, dropped = self._sift(numbers, runs, ink, len(pieces.whole))
        mark("group")
        reading = Reading(numbers, ink.mask, asked.inputs, budget.left_out - left_out)
        return Trace(reading, found, pieces, asked.answers, asked.again, chosen, kept, lines, dropped)

    def _sift(
        self, numbers: tuple[Number, ...], runs: list[Run], ink: Ink, pieces: int
    ) -> tuple[tuple[Number, ...], dict[str, tuple[Digit, ...]]]:
        """The numbers that are shown, and the digits of all others by what passed them over. pieces: large ones of the page."""
        stages, settings = self._stages, self._settings.grouping
        placed = [piece for run in runs for piece in run.pieces]
        sieves: tuple[tuple[str, Callable[[tuple[Number, ...]], tuple[Number, ...]]], ...] = (
            ("sheet", lambda some: stages.sheet(some, ink)),
            ("impostors", lambda some: stages.impostors(some, ink, settings)),
            ("words", lambda some: stages.words(some, placed, ink)),
            ("cut_outs", lambda some: stages.cut_outs(some, ink)),
            ("texture", lambda some: () if stages.texture(some, pieces) else some),
        )
        dropped: dict[str, tuple[Digit, ...]] = {}
        for run in runs:
            reason = why_none(run, settings)
            if reason is not None:
                dropped[reason] = (*dropped.get(reason, ()), *run.digits)
        for name, sift in sieves:
            left = sift(numbers)
            kept = set(map(id, left))
            dropped[name] = tuple(digit for number in numbers if id(number) not in kept for digit in number.digits)
            numbers = left
        return numbers, dropped

    def find_pieces(self, ink: Ink, budget: Budget | None = None) -> Pieces:
        """All pieces of ink that are large enough to be a digit, laid upright; as many as the budget allows."""
        settings, budget = self._settings.regions, budget or Budget()
        budget.spend(LOOKED + begun(ink.mask) / BEGUN)
        outlines = find_outlines(ink.mask, settings)
        cleared = ink.mask
        if is_too_full(ink.mask):  # what hangs on lines is not read
            budget.leave_out(too_large(outlines, ink.mask.shape, settings))
        else:
            cleared = self._stages.rulings(ink.mask, outlines, settings)
        if cleared is not ink.mask:
            ink = replace(ink, mask=cleared)
            outlines = find_outlines(cleared, settings)
        found = find_contours(outlines, cleared.shape, settings)
        contours = found.contours
        angle, angles = self._stages.slope(contours, settings)
        components = measure(contours, angles)
        large = affordable(components, settings.min_height_px, budget)
        budget.leave_out(found.left_out)
        uprights = dict(zip(large, self._stages.upright(ink, [[components[k]] for k in large]), strict=True))
        whole = [build_lattice((k,), piece, components[k].angle) for k, piece in uprights.items()]
        return Pieces(ink, angle, components, uprights, whole)

    def _look_again(self, pieces: Pieces, inputs: Inputs, answers: Inputs, budget: Budget) -> _Questions:
        """Ask a second time, about cuts and joins of what was not surely a digit; most pages need little of it."""
        splitting, lay_upright = self._settings.splitting, partial(self._stages.upright, pieces.ink)
        asked = [lattice for lattice in pieces.whole if lattice.regions]
        known = Known.of((pieces.components, pieces.uprights), asked, (inputs, answers), splitting.sure_confidence)
        with budget.purse((1 - KEPT_BACK) * budget.left) as purse:
            explorer = Explorer(known, splitting, self.classifier, purse)
            found = explorer.look_again(self._stages.joins(pieces.components), lay_upright)
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
            np.concatenate([answers[kept_rows], more_answers]),
            np.concatenate([inputs[kept_rows], more]),
        )
