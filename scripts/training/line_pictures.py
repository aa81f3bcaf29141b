"""The pictures that the line network learns from and is judged by: drawn once, and kept. Knows no network."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from rich.progress import track

from scripts.training.datasets import Digits, load_mnist, split_by_writer
from scripts.training.harvest_lines import LineExample, harvest_lines
from scripts.training.runs import SPLIT_SEED, Arrays, cached

HELD_OUT = 0.08  # share of the digits, by writer, and of the pages
PARTS = ("learning", "held_out")


def pictures(options: argparse.Namespace, path: Path) -> tuple[list[LineExample], list[LineExample]]:
    """The runs to learn from and those of other writers, kept in `path`."""

    def draw() -> Arrays:
        digits, _ = load_mnist(options.data)
        writers = split_by_writer(digits, HELD_OUT, np.random.default_rng(SPLIT_SEED))
        learning = harvested(writers[0], options.pages, options.seed, options.workers)
        held_out = harvested(writers[1], max(1, round(options.pages * HELD_OUT)), options.seed + 1, options.workers)
        return packed(learning, PARTS[0]) | packed(held_out, PARTS[1])

    arrays = cached(path, draw)
    return tuple(unpacked(arrays, part) for part in PARTS)  # type: ignore[return-value]


def harvested(digits: Digits, pages: int, seed: int, workers: int) -> list[LineExample]:
    """The runs of so many drawn pages, with a bar."""
    found = track(harvest_lines(digits, pages, seed, workers), f"drawing {pages} pages", total=pages)
    return [example for page in found for example in page]


def packed(examples: list[LineExample], part: str) -> Arrays:
    """The examples as arrays for one file."""
    return {
        f"{part}_pictures": np.concatenate([example.picture for example in examples], axis=1),
        f"{part}_wide": np.array([example.picture.shape[1] for example in examples]),
        f"{part}_text": np.array([example.text for example in examples]),
        f"{part}_read_as": np.array([example.read_as for example in examples]),
    }


def unpacked(arrays: Arrays, part: str) -> list[LineExample]:
    """What `packed` took."""
    edges = np.cumsum(arrays[f"{part}_wide"])[:-1]
    columns = np.split(arrays[f"{part}_pictures"], edges, axis=1)
    texts = zip(columns, arrays[f"{part}_text"].tolist(), arrays[f"{part}_read_as"].tolist(), strict=True)
    return [LineExample(np.ascontiguousarray(picture), text, read_as) for picture, text, read_as in texts]
