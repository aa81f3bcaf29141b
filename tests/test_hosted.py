"""What the host of the repository reads: the workflow and the issue forms fit the project."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[0-9]*.yml"))


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def jobs() -> dict[str, Any]:
    """The jobs of the workflow."""
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    jobs: dict[str, Any] = yaml.safe_load(text)["jobs"]
    return jobs


def test_every_python_that_is_promised_is_tried(jobs: dict[str, Any], project: dict[str, Any]) -> None:
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(project["project"]["classifiers"]))
    assert jobs["linux"]["strategy"]["matrix"]["python"] == promised
    assert set(jobs["elsewhere"]["strategy"]["matrix"]["python"]) <= set(promised)


def test_linux_runs_what_a_clone_runs(jobs: dict[str, Any]) -> None:
    assert jobs["linux"]["steps"][-1] == {"run": ".ci/run"}
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o100


def test_tests_are_chosen_by_markers_that_are_there(jobs: dict[str, Any], project: dict[str, Any]) -> None:
    markers = {line.partition(":")[0] for line in project["tool"]["pytest"]["ini_options"]["markers"]}
    matrix = jobs["elsewhere"]["strategy"]["matrix"]
    chosen = {entry["system"]: re.findall(r"not (\w+)", entry["tests"]) for entry in matrix["include"]}
    assert set(chosen) == set(matrix["system"])
    assert all(set(names) <= markers and "window" in names for names in chosen.values())
    assert all(("posix" in names) == system.startswith("windows") for system, names in chosen.items())


def test_actions_are_pinned_and_may_only_read(jobs: dict[str, Any]) -> None:
    uses = [step["uses"] for job in jobs.values() for step in job["steps"] if "uses" in step]
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", name) for name in uses)
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("form", FORMS, ids=lambda path: path.stem)
def test_a_form_asks_for_what_helps(form: Path) -> None:
    fields = {field["id"]: field for field in yaml.safe_load(form.read_text(encoding="utf-8"))["body"] if "id" in field}
    if "wish" in form.stem:
        return
    assert "python -m live doctor" in fields["doctor"]["attributes"]["label"]
    assert fields["doctor"]["validations"] == {"required": True}
    asked = form.read_text(encoding="utf-8")
    assert "picture" in asked
    assert "--explain" in asked


def test_forms_link_to_pages_that_are_there() -> None:
    pages = [
        page for form in FORMS for page in re.findall(r"\.\./blob/main/([\w./-]+)", form.read_text(encoding="utf-8"))
    ]
    assert len(pages) >= 3
    assert [page for page in pages if not (ROOT / page).is_file()] == []
