"""The notebook runs from its first cell to its last, from any folder of the repository, and is kept without its outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scripts.drawn_pages import DigitShapes

nbformat = pytest.importorskip("nbformat", reason="the extra `notebook` has it")
nbclient = pytest.importorskip("nbclient", reason="the extra `notebook` has it")
for package in ("ipykernel", "keras", "matplotlib"):
    pytest.importorskip(package, reason="the extras `notebook` and `train` have it")

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "docs" / "learn.ipynb"
PATIENCE_S = 300


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
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code), "outputs hold digits of MNIST: clear them"
    assert notebook.metadata.kernelspec.name == "python3"
    assert max(cell.source.count("\n") for cell in notebook.cells) < 30, "a cell is to be taken in at a glance"
    links = [link for cell in notebook.cells if cell.cell_type == "markdown" for link in links_of(cell.source)]
    assert [link for link in links if not (NOTEBOOK.parent / link).exists()] == []


def links_of(text: str) -> list[str]:
    """The files that Markdown links to."""
    return [piece.partition(")")[0] for piece in text.split("](")[1:]]


def test_it_runs_from_its_own_folder_to_the_end(
    notebook: Any, small_mnist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("COV_CORE_SOURCE", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"):
        monkeypatch.delenv(name, raising=False)  # tracing the training would take minutes
    place = next(k for k, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", ()))
    notebook.cells.insert(place + 1, nbformat.v4.new_code_cell(f"DATA = {str(small_mnist)!r}\nDIGITS = 1000"))
    resources = {"metadata": {"path": str(NOTEBOOK.parent)}}
    nbclient.NotebookClient(notebook, timeout=PATIENCE_S, kernel_name="python3", resources=resources).execute()

    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    printed = "".join(output.text for output in outputs if output.output_type == "stream" and output.name == "stdout")
    assert "1,000 digits to learn from, 600 for the exam" in printed
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 18
    complaints = [o.text for o in outputs if o.output_type == "stream" and o.name == "stderr" and "Warning" in o.text]
    assert complaints == []
