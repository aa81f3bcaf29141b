"""Write and print on a sheet: numbers and words by hand, words of fonts, cursive loops. Knows no layout of a page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from scripts.training.lines import fonts
from scripts.training.lines.fonts import Fonts
from scripts.training.lines.hands import Hand, Materials
from scripts.training.lines.ink import Pen, draw_line, draw_pen, polylines, worn
from scripts.training.lines.layout import Layout, Points, Style, draw_style, lay_out
from scripts.training.lines.shapes import smooth
from scripts.training.lines.symbols import OTHER
from scripts.training.lines.texts import SPACE, Text, marks
from scripts.training.sheets.kinds import Kind
from scripts.training.sheets.sheet import Box, Region, Sheet, quad_of

Rng = np.random.Generator
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Tools:
    """What pages are written and printed with. materials: its fonts are handwriting alone, where there is any."""

    materials: Materials
    print: tuple[Path, ...]
    scripts: tuple[Path, ...]

    @classmethod
    def of(cls, materials: Materials, prints: Path | None) -> Tools:
        """prints: a folder of more printed fonts, or None."""
        usual = materials.fonts
        more = tuple(sorted([*prints.glob("*.ttf"), *prints.glob("*.otf")])) if prints else ()
        by_hand = Fonts(None)
        by_hand.prints = usual.scripts or usual.prints
        by_hand.scripts = usual.scripts
        return cls(replace(materials, fonts=by_hand), usual.prints + more, usual.scripts)

    def font(self, rng: Rng) -> Path:
        """A printed font."""
        return self.print[rng.integers(len(self.print))]


class Author:
    """One person with one pen on one sheet."""

    def __init__(self, tools: Tools, tall: float, rng: Rng) -> None:
        """tall: height of a digit, px of the sheet."""
        self.rng, self.tall, self._tools = rng, tall, tools
        self.hand = Hand(tools.materials, rng)
        style = draw_style(rng)
        # a hair's width isn't seen any more in a small picture, and what is small is seldom written with a marker
        thick = float(np.clip(style.thick, 1.6 / tall, max(1.6 / tall, 0.15)))
        self.style: Style = replace(style, tall=tall, slope=0.0, thick=thick)
        self.pen: Pen = draw_pen(thick, rng)
        self.dark = float(rng.uniform(0.5, 1.0) if self.pen.grain else rng.uniform(0.65, 1.0))
        self._unlevel = float(rng.choice([0.0, 0.01, 0.03]))
        self._words_by = float(rng.random())
        self._script = tools.scripts[rng.integers(len(tools.scripts))] if tools.scripts else None

    @property
    def gap(self) -> float:
        """Of neighbouring digits, px."""
        return max(self.style.gap, 0.0) * self.tall

    def apart(self) -> float:
        """A gap that tells two numbers from one, px."""
        return 1.6 * self.gap + self.rng.uniform(0.55, 2.2) * self.tall

    def number(self, sheet: Sheet, written: str, at: Place, *, right: bool = False) -> Box:
        """Write digits, signs, letters from a left (or up to a right) end on a base line; returns the room they take."""
        return self._marks(sheet, marks(written), at, right=right)

    def word(self, sheet: Sheet, written: str, at: Place) -> Box:
        """Write a word: letter by letter, in a handwriting font, or as loops."""
        if self._words_by < 0.4:
            return self._marks(sheet, marks(written), at, right=False)
        if self._words_by < 0.8 and self._script is not None:
            return self._by_font(sheet, written, at)
        return self._cursive(sheet, written, at)

    def _marks(self, sheet: Sheet, text: Text, at: Place, *, right: bool) -> Box:
        turn = float(self.rng.normal(0, self._unlevel)) if self._unlevel else 0.0
        line = lay_out(text, self.hand, replace(self.style, slope=float(np.tan(turn))), self.rng)
        half = self.style.thick * self.tall / 2
        left, top, end, bottom = line.box()
        shift = np.array((at[0] - (end if right else left), at[1]), np.float32)
        room = (left + shift[0], top + shift[1], end + shift[0], bottom + shift[1])
        corner = np.floor((room[0] - half - 2, room[1] - half - 2)).astype(int)
        size = (int(room[3] + half + 3 - corner[1]), int(room[2] + half + 3 - corner[0]))
        if room[0] > sheet.wide or room[1] > sheet.tall or min(room[2:]) < 0:
            return room
        ink = draw_line(_moved(line, shift - corner), size, self.pen, self._tools.materials.part.fields, self.rng)
        sheet.lay(ink, int(corner[0]), int(corner[1]), self.dark)
        for kind, points in groups(text, line):
            quad = quad_of(points + corner, turn, half)
            tall = float(np.hypot(*(quad[3] - quad[0]))) if kind == Kind.NUMBER else self.tall
            sheet.regions.append(Region(kind, quad, tall))
        return room

    def _by_font(self, sheet: Sheet, written: str, at: Place) -> Box:
        if self._script is None:
            return (*at, *at)
        picture, top = fonts.written(self._script, written)
        scale = self.tall * self.rng.uniform(0.85, 1.15) / fonts.digit_px(self._script)
        wide, tall = (
            max(2, round(picture.shape[1] * scale * self.style.aspect)),
            max(2, round(picture.shape[0] * scale)),
        )
        small = cv2.resize(picture, (wide, tall), interpolation=cv2.INTER_AREA)
        small = worn(np.asarray(cv2.convertScaleAbs(small, alpha=1.3), np.uint8), self.pen, self.rng)
        left, up = at[0], at[1] - self.tall + top * self.tall
        sheet.lay(small, round(left), round(up), self.dark)
        corners = np.array([(left, up), (left + wide, up + tall)], np.float32)
        sheet.regions.append(Region(Kind.WRITING, quad_of(corners, 0.0, 0.0), self.tall))
        return left, up, left + wide, up + tall

    def _cursive(self, sheet: Sheet, written: str, at: Place) -> Box:
        """Loops of about as many letters, now and then one up or down."""
        rng, low = self.rng, self.tall * self.rng.uniform(0.4, 0.6)
        knots, x = [], 0.0
        for _ in written:
            up = low * (rng.uniform(1.6, 2.2) if rng.random() < 0.25 else rng.uniform(0.8, 1.1))
            down = low * (rng.uniform(0.6, 1.0) if rng.random() < 0.15 else rng.uniform(-0.1, 0.1))
            step = low * rng.uniform(0.35, 0.7)
            back = low * rng.uniform(-0.1, 0.35)
            knots += [(x, 0), (x + step, -up), (x + step - back, -up * 0.9), (x + step * 0.6, down)]
            x += step * rng.uniform(0.9, 1.6)
        points = np.array(knots, np.float32)
        points[:, 0] -= self.style.slant * points[:, 1] * 0.7
        curve = smooth(points)
        curve[:, 0] -= curve[:, 0].min()
        half = self.style.thick * self.tall / 2
        corner = np.floor(curve.min(axis=0) + at - half - 2).astype(int)
        moved = curve + np.array(at, np.float32) - corner
        size = tuple(int(side) for side in np.ceil(moved.max(axis=0) + half + 3)[::-1])
        ink = np.zeros(size, np.uint8)
        polylines(ink, [moved], max(1, round(2 * half)))
        sheet.lay(worn(ink, self.pen, rng), int(corner[0]), int(corner[1]), self.dark)
        quad = quad_of(np.asarray(moved + corner, np.float32), 0.0, half)
        sheet.regions.append(Region(Kind.WRITING, quad, self.tall))
        return float(quad[0, 0]), float(quad[0, 1]), float(quad[2, 0]), float(quad[2, 1])


def _moved(line: Layout, shift: Points) -> Layout:
    """The line elsewhere; the line given is moved too."""
    move = np.pad(np.asarray(shift, np.float32)[:, None], ((0, 0), (2, 0)))
    line.placed = [shape._replace(matrix=shape.matrix + move) for shape in line.placed]
    line.joins = [join + np.asarray(shift, np.float32) for join in line.joins]
    return line


def groups(text: Text, line: Layout) -> list[tuple[Kind, Points]]:
    """Numbers and others of a line with their points, in order. What is silent goes with what it stands beside."""
    shapes = iter(line.placed)
    found: list[tuple[bool, bool, list[Points]]] = []
    ended = True
    for shape, symbol in text:
        if shape == SPACE:
            ended = True
            continue
        placed = next(shapes)
        other = symbol == OTHER
        points = placed.points() or [placed.corners()]
        if ended or (found[-1][0] != other and symbol):
            found.append((other, shape.isdigit(), points))
        else:
            was, digits, before = found[-1]
            found[-1] = (was, digits or shape.isdigit(), before + points)
        ended = False
    return [
        (Kind.NUMBER if digits and not other else Kind.WRITING, np.concatenate(points))
        for other, digits, points in found
    ]
