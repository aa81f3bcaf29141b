"""The notebook runs from its first cell to its last, from any folder of the repository, and is kept with what it draws."""

from __future__ import annotations

import base64
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

if any(
    find_spec(package) is None for package in ("nbformat", "nbclient", "ipykernel", "keras", "matplotlib", "mlxtend")
):
    pytest.skip("the extras `notebook` and `train` have what runs the notebook", allow_module_level=True)

import nbclient
import nbformat

from scripts.pages.drawn_page import DigitShapes
from scripts.store_notebook import fingerprint, smaller

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "docs" / "learn.ipynb"
PATIENCE_S = 300
PICTURES, PICTURES_OF_SOLUTIONS = 18, 2
SOLUTION = re.compile(r"<summary>Solution</summary>\n\n```python\n(.*?)\n```", re.DOTALL)


pytestmark = pytest.mark.slow  # its cells train a network


@pytest.fixture
def notebook() -> Any:
    """As it is in the repository."""
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture
def small_mnist(digit_shapes: DigitShapes, tmp_path: Path) -> Path:
    """A file in the layout of MNIST: 1,200 digits to learn from, 600 for the exam."""
    order = np.random.default_rng(0).permutation(len(digit_shapes.images))
    train, test = order[:1200], order[1200:1800]
    path = tmp_path / "small.npz"
    np.savez(
        path,
        x_train=digit_shapes.images[train], y_train=digit_shapes.labels[train],
        x_test=digit_shapes.images[test], y_test=digit_shapes.labels[test],
    )  # fmt: skip
    return path


def test_it_is_kept_as_a_notebook_should_be(notebook: Any) -> None:
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert max(cell.source.count("\n") for cell in notebook.cells) < 30, "a cell is to be taken in at a glance"
    links = [link for cell in notebook.cells if cell.cell_type == "markdown" for link in links_of(cell.source)]
    assert [link for link in links if not (NOTEBOOK.parent / link).exists()] == []


def test_its_pictures_are_stored_and_are_those_of_its_code(notebook: Any) -> None:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert notebook.metadata.stored.code == fingerprint(notebook), "run it anew: python -m scripts.store_notebook"
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == PICTURES
    assert not any(output.output_type == "error" or output.get("name") == "stderr" for output in outputs)
    assert NOTEBOOK.stat().st_size < 1_000_000


def test_a_stored_picture_is_smaller_and_looks_the_same() -> None:
    shades = np.tile(np.arange(0, 256, 8, dtype=np.uint8), (64, 8))  # 32 greys, as a plot has no more
    noisy = np.repeat(shades[..., None], 3, axis=2)
    before = base64.b64encode(cv2.imencode(".png", noisy, [cv2.IMWRITE_PNG_COMPRESSION, 0])[1].tobytes()).decode()
    after = smaller(before)
    assert len(after) < len(before) / 10
    seen = cv2.imdecode(np.frombuffer(base64.b64decode(after), np.uint8), cv2.IMREAD_COLOR)
    assert np.abs(np.asarray(seen, int) - noisy).max() <= 8
    assert smaller(after) == after


def links_of(text: str) -> list[str]:
    """The files that Markdown links to; what looks so in code is none."""
    return re.findall(r"\]\(([^)]+)\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def solutions(notebook: Any) -> list[str]:
    """The code that is folded into the exercises."""
    return [code for cell in notebook.cells if "<details>" in cell.source for code in SOLUTION.findall(cell.source)]


def with_solutions(notebook: Any) -> None:
    """Put the solution of each exercise behind it, as a cell that runs."""
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        cells.extend(nbformat.v4.new_code_cell(code) for code in SOLUTION.findall(cell.source))
    notebook.cells = cells


def test_each_exercise_has_one_solution_in_a_fold(notebook: Any) -> None:
    exercises = [cell.source for cell in notebook.cells if cell.source.startswith("**Exercise ")]
    assert [text.split(".")[0] for text in exercises] == [f"**Exercise {k + 1}" for k in range(len(exercises))]
    assert len(solutions(notebook)) == len(exercises) >= 5
    assert all(text.index("<details>") < text.index("```python") for text in exercises)


@pytest.mark.slow
def test_it_runs_from_its_own_folder_to_the_end(
    notebook: Any, small_mnist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("COV_CORE_SOURCE", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"):
        monkeypatch.delenv(name, raising=False)  # tracing the training would take minutes
    with_solutions(notebook)
    place = next(k for k, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", ()))
    notebook.cells.insert(place + 1, nbformat.v4.new_code_cell(f"DATA = {str(small_mnist)!r}\nDIGITS = 1000"))
    resources = {"metadata": {"path": str(NOTEBOOK.parent)}}
    nbclient.NotebookClient(notebook, timeout=PATIENCE_S, kernel_name="python3", resources=resources).execute()

    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    printed = "".join(output.text for output in outputs if output.output_type == "stream" and output.name == "stdout")
    assert "1,000 digits to learn from, 600 for the exam" in printed
    assert sum("image/png" in output.get("data", {}) for output in outputs) == PICTURES + PICTURES_OF_SOLUTIONS
    assert "is taken for" in printed  # an exercise's answer
    complaints = [o.text for o in outputs if o.output_type == "stream" and o.name == "stderr" and "Warning" in o.text]
    assert complaints == []
