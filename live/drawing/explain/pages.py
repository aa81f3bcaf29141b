"""Pictures of a reading's stages on the page: its ink, its pieces, its numbers. Knows what was worked out, works out nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.records import Box, Frame, Number, Reading
from live.core.results import FrameResult, TrackedNumber
from live.core.settings import OverlaySettings
from live.drawing.explain.lines import draw_lines
from live.drawing.explain.parts import (
    BLACK,
    BLUE,
    FAINT,
    GRAPHITE,
    INK,
    PAPER,
    PURPLE,
    SKY,
    Picture,
    scale_for,
    scaled,
    titled,
)
from live.drawing.explain.sheets import draw_cuts, draw_inputs
from live.drawing.labels import Crowd, Label, label_of, place_labels
from live.drawing.overlay import DOUBTFUL, SURE, UNSURE, Tone, draw, draw_frames, draw_label
from live.reading.decoding import Candidate
from live.reading.grouping import in_reading_order, quad_of
from live.reading.regions import Component, along
from live.reading.traces import Trace
from models.percent import percent

LABEL_PX = (14, 22)  # smallest and largest letters beside a piece
FADED = 0.65  # what is left of the page's own contrast under its numbers


class Reason(NamedTuple):
    """Why a piece of ink is in no number that is shown."""

    tone: Tone
    short: str
    """Beside the piece."""
    meaning: str
    """In the legend."""

    def told(self, count: int) -> str:
        """The entry in the legend for `count` pieces."""
        return f"{self.short}{': ' * bool(self.short)}{self.meaning} ({count})"


REASONS = {
    "no digit": Reason(GRAPHITE, "", "no digit"),
    "line": Reason(PURPLE, "", "a piece of a line"),
    "word": Reason(SKY, "word", "beside letters, in a word"),
    "unsure": Reason(SKY, "unsure", "below grouping.min_confidence, or nothing but ?"),
    "budget": Reason(BLACK, "too many", "left out, as the page has too many numbers"),
    "no number": Reason(
        BLACK, "number?", "a number with less than grouping.min_number_probability: letters, print, lines"
    ),
}
"""By the name of what passed a piece over, in the order of the stages."""


def explain(image: Picture, trace: Trace, settings: OverlaySettings) -> dict[str, Picture]:
    """A picture of each stage by its name, in the order of the stages. image: (H, W, 3) uint8 BGR, as it was read."""
    names = piece_names(trace)
    tall = float(np.median([trace.pieces.components[k].height for k in _asked(trace)] or [40.0]))
    scale = scale_for((image.shape[1], image.shape[0]), tall)
    return {
        "1-ink": draw_ink(trace, scale),
        "2-regions": draw_regions(trace, names, scale),
        "3-cuts": draw_cuts(trace, names),
        "4-inputs": draw_inputs(trace, names),
        "5-lines": draw_lines(trace.lines),
        "6-numbers": draw_numbers(image, trace, settings, scale),
    }


def piece_names(trace: Trace) -> dict[int, str]:
    """What each piece that the network was asked about is called, by its component's index: 1, 2, ... in reading order."""
    components = trace.pieces.components
    found = []
    for k in _asked(trace):
        corners = along(_quad(components[k]), trace.pieces.angle)
        (left, top), (right, bottom) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
        found.append(((left, top, right, bottom), k))
    return {k: str(number) for number, (_, k) in enumerate(in_reading_order(found), start=1)}


def draw_ink(trace: Trace, scale: float) -> Picture:
    """The ink mask, dark on white, and in colour what was taken out of it."""
    mask = trace.reading.ink
    ink = cv2.cvtColor(cv2.bitwise_not(mask), cv2.COLOR_GRAY2BGR)
    ruled = (trace.found.mask > 0) & (mask == 0)
    ink[ruled] = SKY.line
    ink = scaled(ink, scale)
    share = 100 * float(np.count_nonzero(mask)) / mask.size
    return titled(
        ink, "1  Ink",
        f"What counts as a stroke once the light is evened out: {share:.1f} % of the picture. A stroke that is missing or broken "
        "here can't be read: more light, a darker pen or a steadier hand helps.",
        [("stroke", INK), ("line or box, taken out", SKY.line)] if ruled.any() else [],
    )  # fmt: skip


def draw_regions(trace: Trace, names: dict[int, str], scale: float) -> Picture:
    """Every piece of ink in the colour of what became of it; those the network is asked about are framed and numbered."""
    mask, components = trace.reading.ink, trace.pieces.components
    page = np.full((*mask.shape, 3), PAPER, np.uint8)
    page[mask > 0] = PURPLE.line
    page[_filled(mask, [c.contour for c in components])] = FAINT
    page[_filled(mask, [components[k].contour for k in names])] = INK
    page = scaled(page, scale)
    framed = [_quad(components[k]) * scale for k in names]
    _mark(page, framed, list(names.values()), [BLUE] * len(names))
    slopes = sorted({round(float(np.degrees(components[k].angle)), 1) for k in names} or {0.0})
    slope = ", ".join(f"{slope:.1f}°" for slope in slopes)
    return titled(
        page, "2  Regions",
        f"The ink in connected pieces, along lines that slope by {slope}. {len(names)} of them are large enough to be a "
        "digit; their numbers are found again in the next pictures.",
        [("asked about", INK), ("too low for a digit, maybe a part of one", FAINT),
         ("rejected: too small, too large, or cut off by the picture's edge", PURPLE.line)],
    )  # fmt: skip


def draw_numbers(image: Picture, trace: Trace, settings: OverlaySettings, scale: float) -> Picture:
    """The page with its numbers and their digits, and with what was a digit at first and rejected later."""
    page = scaled(image, scale)
    page = np.asarray(cv2.addWeighted(page, FADED, np.full_like(page, 255), 1 - FADED, 0), np.uint8)
    groups = rejected_digits(trace)
    gone = [(placed, REASONS[name]) for name, group in groups.items() for placed in group]
    numbers = tuple(
        TrackedNumber(k, _enlarged(number, scale), hits=1, first_seen=0.0, last_seen=0.0, confirmed=True)
        for k, number in enumerate(trace.reading.numbers)
    )
    reading = Reading((), trace.reading.ink, trace.reading.inputs)
    result = FrameResult(Frame(page, 0, 0.0, "explained"), numbers, reading)
    quads = [_quad(p) * scale for p, _ in gone]
    around = [Box(*cv2.boundingRect(np.rint(quad).astype(np.int32))) for quad in quads]
    page = draw(result, OverlaySettings(text_scale=settings.text_scale), uncovered=around)
    chances = {member.row: chance for k, chance in trace.chances.items() for member in trace.groups[k].members}
    texts = [_told_beside(p, why, chances.get(p.row)) for p, why in gone]
    _mark(page, quads, texts, [why.tone for _, why in gone])
    count = len(numbers)
    return titled(
        page, "6  Numbers",
        f"{count} number{'' if count == 1 else 's'}, each with its digits in thin frames and with how sure all of them are. "
        "What else was looked at and is not shown has a colour of its own.",
        [("sure", SURE.line), ("less sure", UNSURE.line), ("doubtful", DOUBTFUL.line),
         *((why.told(len(groups[name])), why.tone.line) for name, why in REASONS.items() if groups[name])],
    )  # fmt: skip


def _told_beside(piece: Candidate, why: Reason, chance: float | None) -> str:
    """What stands beside a rejected piece. chance: that it is a number, by the verifier, if it was asked."""
    if piece.digit is None:
        return why.short
    if why is REASONS["no number"] and chance is not None:
        return f"{piece.digit.label}  {why.short} {percent(chance)}"
    return f"{piece.digit.label}  {percent(piece.digit.confidence)}  {why.short}".rstrip()


def rejected_digits(trace: Trace) -> dict[str, list[Candidate]]:
    """What is in no number, by the name in REASONS of what passed it over."""
    kept = {p.row for p in trace.kept}
    reasons = {
        member.row: reason
        for reason, groups in trace.rejected.items()
        for index in groups
        for member in trace.groups[index].members
    }
    at_once = {member.row: line.reported for line in trace.lines if line.accepted for member in line.group.members}
    groups: dict[str, list[Candidate]] = {name: [] for name in REASONS}
    for piece in trace.chosen:
        digits = at_once.get(piece.row, [] if piece.digit is None else [piece.digit])
        if not digits:
            groups["no digit"].append(piece)
        elif piece.row not in kept:
            groups["line"].append(piece)
        elif piece.row in reasons:
            groups[reasons[piece.row]].append(piece)
    return groups


def _asked(trace: Trace) -> list[int]:
    """Indices of the components that the network was asked about."""
    return [lattice.components[0] for lattice in trace.pieces.whole if lattice.regions]


def _filled(mask: NDArray[np.uint8], contours: Sequence[NDArray[np.int32]]) -> NDArray[np.bool_]:
    """(H, W) the ink within these outlines."""
    inside = np.zeros_like(mask)
    cv2.drawContours(inside, list(contours), -1, 255, cv2.FILLED)
    return np.asarray((inside > 0) & (mask > 0), np.bool_)


def _quad(piece: Component | Candidate) -> NDArray[np.float32]:
    """(4, 2) its corners, px of the frame."""
    return quad_of((piece.left, piece.top, piece.right, piece.bottom), piece.angle)


def _mark(page: Picture, quads: list[NDArray[np.float32]], texts: list[str], tones: list[Tone]) -> None:
    """Frame the quads (4, 2) and put their texts beside them, where they hide least; in place. Empty texts are left out."""
    if not quads:
        return
    stacked = np.stack(quads).astype(np.float32)
    tall = np.linalg.norm(stacked[:, 3] - stacked[:, 0], axis=1).astype(np.float32)
    draw_frames(page, stacked, tall, tones)
    size = int(np.clip(0.36 * np.median(tall), *LABEL_PX))
    labelled = [k for k, text in enumerate(texts) if text]
    if not labelled:
        return
    labels = [label_of(texts[k], "", size) for k in labelled]
    ink = np.concatenate([stacked.min(axis=1), stacked.max(axis=1)], axis=1)
    crowd = Crowd(page.shape[1], page.shape[0], stacked[labelled], ink)
    choices: list[tuple[Label, Label]] = [(label, label) for label in labels]
    for k, (label, corner, _) in zip(labelled, place_labels(choices, crowd, [None] * len(labels)), strict=True):
        draw_label(page, label, corner, tones[k])


def _enlarged(number: Number, scale: float) -> Number:
    """The number at its position on a page `scale` times as large."""
    digits = tuple(replace(digit, box=_enlarged_box(digit.box, scale)) for digit in number.digits)
    signs = tuple(replace(sign, box=_enlarged_box(sign.box, scale)) for sign in number.signs)
    return replace(number, digits=digits, signs=signs, quad=(number.quad * scale).astype(np.float32))


def _enlarged_box(box: Box, scale: float) -> Box:
    """The box on a page `scale` times as large, at least a px wide and high."""
    x, y, width, height = (round(v * scale) for v in (box.x, box.y, box.width, box.height))
    return Box(x, y, max(1, width), max(1, height))
