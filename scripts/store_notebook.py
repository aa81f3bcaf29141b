"""Run docs/learn.ipynb, and store it with its output and small pictures. Knows nothing of its content.

python -m scripts.store_notebook [NOTEBOOK]

Run it after each change of the notebook's code: a test compares `fingerprint` with the stored one.
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbclient
import nbformat
from PIL import Image

from live.core.terminal import tell
from scripts.command_line import run_script, script_parser

COLOURS = 64
"""Colours of a stored picture. Plots and grey digits look the same as with all colours, in a third of the bytes."""
PATIENCE_S = 1200
"""Longest time of one cell in seconds. Training takes half a minute on two idle cores."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the notebook in its own folder, and write it back."""
    parser = script_parser("scripts.store_notebook", __doc__)
    parser.add_argument("notebook", type=Path, nargs="?", default=Path("docs/learn.ipynb"))
    path = parser.parse_args(arguments).notebook
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    nbclient.NotebookClient(
        notebook, timeout=PATIENCE_S, kernel_name="python3", resources=resources, record_timing=False
    ).execute()
    tidy(notebook)
    nbformat.write(notebook, path)
    tell(f"Written: {path}, {path.stat().st_size / 1e6:.2f} MB")


def tidy(notebook: Any) -> None:
    """Keep only the outputs that a reader looks at, and store the fingerprint of their code."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    output.data = {"image/png": smaller(output.data["image/png"])}
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "stored": {"code": fingerprint(notebook)},
        }
    )


def fingerprint(notebook: Any) -> str:
    """A hash of the code of all cells: 16 hexadecimal digits."""
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return hashlib.sha256(code.encode()).hexdigest()[:16]


def smaller(png: str) -> str:
    """A PNG in base64, with COLOURS colours; the original where that is smaller."""
    with Image.open(io.BytesIO(base64.b64decode(png))) as picture:
        few = picture.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    few.save(buffer, "PNG", optimize=True)
    return min(base64.b64encode(buffer.getvalue()).decode("ascii"), png.replace("\n", ""), key=len)


if __name__ == "__main__":
    run_script(main)
