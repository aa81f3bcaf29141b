"""Lists of allowed values in text and CSV files, as automata. Knows no number.

The automaton is the tree of all beginnings. It is made of sorted columns of codes, a million values in a second.
"""

from __future__ import annotations

import csv
import os
import re
import stat
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from live.core.plain_text import printable
from live.expected.automata import DIGIT_PRIOR, DIGITS, SIGN_PRIOR, SYMBOLS, Automaton

MOST_BYTES = 200_000_000
"""The largest file, in bytes: ten million values of 18 digits."""
MOST_VALUES = 5_000_000
"""Most values; their tree takes up to half a gigabyte."""
LONGEST = 64
"""Most symbols of a value, as in patterns."""
PACKED = 14
"""Codes that fit into 64 bits: 18 to the power of 14 is below 2 to the power of 63."""
UNKNOWN = 255
"""In place of the code of a letter that is no symbol."""
CELL_ENDS = b',;\t"'
"""A file with one of these is read as CSV."""


class ListError(Exception):
    """A list can't be used; the message is one sentence."""


@dataclass(frozen=True, eq=False)
class ValueTree(Automaton):
    """The automaton of a list of values."""

    shapes: Counter[str] = field(default_factory=Counter)
    """How many values look like this: `d` for a digit, signs as they are."""

    def _prior(self, shape: str) -> float:
        form = re.compile(shape.replace("s", f"[{re.escape(SYMBOLS[DIGITS:])}]?"))
        count = sum(count for text, count in self.shapes.items() if form.fullmatch(text))
        return float(count * DIGIT_PRIOR ** shape.count("d") * SIGN_PRIOR ** shape.count("s"))


@dataclass(frozen=True, eq=False)
class ValueList:
    """The values of a file."""

    values: ValueTree
    left_out: int
    """How many rows held something else."""


def read_values(path: Path, column: str = "") -> ValueList:
    """The values in a column of a CSV file, or one a line of a text file. Spaces within them are left out.

    column: its name in the first row, or its number from 1; "" is the first. Raises ListError.
    """
    shown = printable(path)
    data = _bytes_of(path, shown)
    if not column and not any(end in data for end in CELL_ENDS):
        cells = data.replace(b" ", b"").split()
    elif b"," in data and not column and path.suffix.lower() == ".txt":
        cells = data.replace(b" ", b"").split()  # 3,50 on a line of its own
    else:
        cells = _column(data, column, shown)
    if len(cells) > MOST_VALUES:
        raise ListError(f"{shown} has {len(cells):,} values; {MOST_VALUES:,} are the most.")
    matrix, is_value = _codes([cell for cell in cells if 0 < len(cell) <= LONGEST])
    left_out = sum(1 for cell in cells if cell) - int(is_value.sum())
    if left_out and cells[0] and not cells[0].isdigit() and not _codes([cells[0][:LONGEST]])[1].all():
        left_out -= 1  # the head of a column
    tree = _tree(_unique(matrix[is_value]))
    if tree.is_empty:
        raise ListError(f"{shown} can match nothing: it holds no value of digits and signs.")
    return ValueList(tree, left_out)


def _bytes_of(path: Path, shown: str) -> bytes:
    """The content of an ordinary file; a pipe or a device, which may never end, isn't read. Raises ListError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:  # noqa: PTH123 - takes a descriptor
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ListError(f"{shown} is no ordinary file. Name a text or CSV file with the allowed values.")
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise ListError(f"there is no file {shown}. Check its name.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise ListError(f"{shown} can't be read: {reason or 'no file can have that name'}.") from error
    if len(data) > MOST_BYTES:
        raise ListError(
            f"{shown} is larger than {MOST_BYTES // 1_000_000} MB. Name a file with the allowed values alone."
        )
    if b"\0" in data:
        raise ListError(f"{shown} is no text. Save the table as CSV in UTF-8.")
    return data.removeprefix(b"\xef\xbb\xbf")


def _column(data: bytes, column: str, shown: str) -> list[bytes]:
    """The cells of one column of a CSV file. Raises ListError."""
    text = data.decode("utf-8", "replace")
    head = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(",;\t", key=head.count) if any(end in head for end in ",;\t") else ","
    try:
        rows = csv.reader(text.splitlines(), delimiter=delimiter)
        first = next(rows, [])
        names = [name.strip() for name in first]
        if column in names:
            k = names.index(column)
        elif column.isascii() and column.isdecimal() and 1 <= int(column[:9]) <= len(names):
            k = int(column) - 1
        elif not column:
            k = 0
        else:
            raise ListError(f"{shown} has no column {printable(column)}. It has {printable(', '.join(names[:8]))}.")
        cells = [first[k], *(row[k] for row in rows if len(row) > k)] if first else []
    except csv.Error as error:
        raise ListError(f"{shown} is no CSV: {printable(error)}.") from error
    return "\n".join(cells).replace(" ", "").encode().split(b"\n")


def _codes(cells: list[bytes]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """(N, W) each cell's codes plus one, 0 behind its end; and (N,) whether it is a value of digits and signs."""
    code = np.full(256, UNKNOWN, np.uint8)
    code[list(SYMBOLS.encode())] = np.arange(1, len(SYMBOLS) + 1)
    code[0] = 0
    letters = np.array(cells or [b""], "S")
    matrix = code[letters.view(np.uint8).reshape(len(letters), letters.dtype.itemsize)]
    is_digit = (matrix > 0) & (matrix <= DIGITS)
    return matrix, is_digit.any(axis=1) & (matrix != UNKNOWN).all(axis=1)


def _tree(matrix: NDArray[np.uint8]) -> ValueTree:
    """The tree of all beginnings of some values, as `_unique` gives them."""
    count, width = matrix.shape
    matrix = np.pad(matrix, ((0, 0), (0, 1)))
    new = np.zeros(count, np.bool_)
    """Whether a value differs from the one before it, up to this place."""
    new[:1] = True
    every = np.arange(count, dtype=np.int32)
    node_of, nodes = np.zeros(count, np.int32), 1
    parents, symbols, accepted = [node_of[:0]], [matrix[:0, 0]], [new[:0], np.zeros(1, np.bool_)]
    for place in range(width):
        column = np.ascontiguousarray(matrix[:, place])
        new[1:] |= column[1:] != column[:-1]
        starts = new & (column > 0)
        rows = every if starts.all() else np.flatnonzero(starts)
        parents.append(node_of[rows])
        symbols.append(column[rows] - 1)
        accepted.append(matrix[rows, place + 1] == 0)  # of values with one beginning, the shortest comes first
        number = every if rows is every else np.cumsum(starts, dtype=np.int32) - 1
        node_of = np.where(column > 0, nodes + number, node_of).astype(np.int32)
        nodes += len(rows)
    children = np.bincount(np.concatenate(parents), minlength=nodes)
    first = np.concatenate([[0], np.cumsum(children)])
    targets = np.arange(1, nodes, dtype=np.int32)
    return ValueTree(first, np.concatenate(symbols), targets, np.concatenate(accepted), shapes=_shapes(matrix[:, :-1]))


def _shapes(matrix: NDArray[np.uint8]) -> Counter[str]:
    """How many values look like this. matrix: (N, W) codes plus one, 0 behind a value's end."""
    letters = np.frombuffer(b"\0" + b"d" * DIGITS + SYMBOLS[DIGITS:].encode() + b"\n", np.uint8)
    lines = letters[np.pad(matrix, ((0, 0), (0, 1)), constant_values=len(letters) - 1)]
    counts = Counter(lines.tobytes().replace(b"\0", b"").split())
    return Counter({line.decode(): count for line, count in counts.items()})


def _unique(matrix: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The rows of codes, sorted and without repeats."""
    keys = []
    for start in range(0, matrix.shape[1], PACKED):
        key = np.zeros(len(matrix), np.int64)
        for k in range(start, start + PACKED):
            key *= len(SYMBOLS) + 1
            if k < matrix.shape[1]:
                key += matrix[:, k]
        keys.append(key)
    matrix = matrix[np.lexsort(keys[::-1]) if len(keys) > 1 else np.argsort(keys[0])]
    fresh = np.ones(len(matrix), np.bool_)
    fresh[1:] = (matrix[1:] != matrix[:-1]).any(axis=1)
    return np.asarray(matrix[fresh])
