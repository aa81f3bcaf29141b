"""The site in docs/ is built strictly, needs no network, and holds every page that is made from another file."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest

if any(find_spec(package) is None for package in ("mkdocs", "material", "mkdocstrings")):
    pytest.skip("the extra `docs` has what builds the site", allow_module_level=True)

from scripts.docs_build.hooks import decisions, site_links

ROOT = Path(__file__).parents[1]
BESIDE = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "config.yaml", "live", "models", "scripts")
"""What pages are made from, or are linked to."""
MOST_BYTES, MOST_BYTES_IN_ALL = 150_000, 1_000_000
"""Of pictures: a page is to open at once on a slow line."""


def build(folder: Path, site: str = "site") -> subprocess.CompletedProcess[str]:
    """`mkdocs build --strict` in a folder, into another one in it."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", site],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation in a folder of its own, beside all that it is made from."""
    folder = tmp_path_factory.mktemp("docs_site")
    shutil.copytree(ROOT / "docs", folder / "docs")
    shutil.copy(ROOT / "mkdocs.yml", folder)
    for name in BESIDE:
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.fixture(scope="module")
def site(copy: Path) -> Path:
    """The site as it is built."""
    done = build(copy)
    assert done.returncode == 0, done.stderr
    return copy / "site"


def test_every_page_is_there(site: Path) -> None:
    pages = {path.relative_to(site).with_suffix("").as_posix() for path in site.rglob("*.html")}
    assert {"index", "options", "settings", "changelog", "contributing", "learn", "decisions/index"} <= pages
    assert {f"decisions/{path.stem}" for path, _, _ in decisions()} <= pages
    assert {path.stem for path in (ROOT / "docs").glob("*.md")} <= pages


def test_pages_hold_what_they_are_made_from(site: Path) -> None:
    assert "--on-number" in (site / "options.html").read_text(encoding="utf-8")
    assert "reread_s" in (site / "settings.html").read_text(encoding="utf-8")
    assert "to_mnist" in (site / "learn.html").read_text(encoding="utf-8")
    listed = (site / "decisions" / "index.html").read_text(encoding="utf-8")
    assert all(f'href="{path.stem}.html"' in listed for path, _, _ in decisions())


def test_no_page_asks_the_network_for_anything(site: Path) -> None:
    asked = re.compile(
        r"""<(?:script|img|iframe|source)[^>]*\ssrc="?(?:https?:)?//|<link[^>]*\shref="?(?:https?:)?//"""
    )
    styles = re.compile(r"""url\(\s*["']?(?:https?:)?//|@import\s+["']?(?:https?:)?//""")
    assert [page for page in site.rglob("*.html") if asked.search(page.read_text(encoding="utf-8"))] == []
    assert [sheet for sheet in site.rglob("*.css") if styles.search(sheet.read_text(encoding="utf-8"))] == []


WRONG = {
    "[nowhere](nowhere.md)": "nowhere.md",
    "[no such heading](limits.md#no-such-heading)": "no-such-heading",
    "![no such picture](images/none.jpg)": "images/none.jpg",
    "[absolute](/limits.md)": "/limits.md",
    "[no such code](../live/none.py)": "../live/none.py",
}
"""Links that must not be, with what the message names."""


def test_links_that_lead_nowhere_fail_the_build(copy: Path) -> None:
    page = copy / "docs" / "training.md"
    text = page.read_text(encoding="utf-8")
    page.write_text("\n\n".join([text, *WRONG]), encoding="utf-8")
    try:
        done = build(copy, "wrong")
    finally:
        page.write_text(text, encoding="utf-8")
    assert done.returncode == 1
    warnings = [line for line in done.stderr.splitlines() if line.startswith("WARNING")]
    assert [named for named in WRONG.values() if not any(named in line for line in warnings)] == []
    assert len(warnings) == len(WRONG)


def test_pictures_are_small() -> None:
    sizes = {
        path: path.stat().st_size for path in (ROOT / "docs").rglob("*") if path.suffix in (".jpg", ".png", ".svg")
    }
    assert {path: size for path, size in sizes.items() if size > MOST_BYTES} == {}
    assert sum(sizes.values()) < MOST_BYTES_IN_ALL


def test_a_list_is_one_on_the_site_too() -> None:
    """GitHub begins a list after any line; the site only after an empty one, a heading or another item."""
    begins, may_precede = re.compile(r"(?:[-*]|\d+\.) "), re.compile(r"(?:[-*]|\d+\.) |#|\s|$")
    pages = [*(ROOT / "docs").rglob("*.md"), *(ROOT / name for name in BESIDE if name.endswith(".md"))]
    swallowed = []
    for page in pages:
        text = re.sub(r"(?ms)^```.*?^```", "", page.read_text(encoding="utf-8"))
        lines = text.splitlines()
        swallowed += [
            f"{page.name}: {line}"
            for before, line in pairwise(lines)
            if begins.match(line) and not may_precede.match(before)
        ]
    assert swallowed == []


def test_each_decision_is_told_in_a_sentence() -> None:
    for path, title, what in decisions():
        assert re.match(rf"{int(path.stem[:4])}\. \w", title), f"{path.name} begins with its number and title"
        assert what.endswith("."), f"{path.name} has no sentence that tells what was decided"
        assert not what.startswith(("#", "- "))
        assert "\n" not in what


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[how](docs/training.md)", "[how](training.md)"),
        ("![seen](docs/images/window.jpg)", "![seen](images/window.jpg)"),
        ("[why](docs/decisions)", "[why](decisions/index.md)"),
        (
            "[all](config.yaml) of [them](docs/accuracy.md#whole-pages)",
            "[all](settings.md) of [them](accuracy.md#whole-pages)",
        ),
        ("[`main`](live/__main__.py)", "`main`"),
        ("[the licence](LICENSE)", "`the licence`"),
        ("[gone](live/gone.py)", "[gone](live/gone.py)"),
        ("[web](https://semver.org/) and [here](#below)", "[web](https://semver.org/) and [here](#below)"),
    ],
)
def test_links_from_the_root_are_those_of_the_site(written: str, shown: str) -> None:
    assert site_links(written, "", "options.md") == shown


def test_links_of_a_decision_start_from_its_folder() -> None:
    text = "[a](../accuracy.md) [b](0001-opencv-5.md) [c](../../live/core/records.py)"
    assert site_links(text, "docs/decisions", "decisions/0002.md") == "[a](../accuracy.md) [b](0001-opencv-5.md) `c`"
