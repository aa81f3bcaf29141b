"""What `mkdocs` does beside its own for the site in docs/: hooks, named in mkdocs.yml. Knows no network and no theme.

Pages are made from files that have their place elsewhere: CHANGELOG.md, CONTRIBUTING.md, the notebook, the list of decisions, and
the list of modules. Links to files that are no page of the site become plain text.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from scripts.docs_build.notebook_page import notebook_page

ROOT = Path(__file__).parents[2]
PAGES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "config.yaml": "settings.md",
    "docs/decisions": "decisions/index.md",
    "docs/learn.ipynb": "learn.md",
}
"""Files and folders of the repository that have a page of the site under another name."""
CODE = ("live", "models", "scripts")
DECISIONS_TITLE = "Decisions"
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#]+)(#[^)\s]*)?\)")
DECIDED = re.compile(r"\*\*Decision\.\*\*\s+(?:- )?(.+?[.:])(?=\s)", re.DOTALL)
FIRST_PARAGRAPH = re.compile(r"\A(?:#[^\n]*\n+)+(?:- )?(?:\*\*[^*]+\*\* )?(.+?[.:])(?=\s)", re.DOTALL)
"""What a decision is in short: the first sentence of what was decided; of a page of another form, its first sentence."""
WEB = re.compile(r"[a-z]+:", re.IGNORECASE)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put every decision into the navigation, below the list of them."""
    index = "decisions/index.md"
    entries = [{title: f"decisions/{path.name}"} for path, title, _ in decisions()]
    config.nav = [
        {DECISIONS_TITLE: [{"Overview": index}, *entries]} if item == {DECISIONS_TITLE: index} else item
        for item in config.nav or []
    ]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made from other files."""
    texts = {
        "files.md": file_list(),
        "changelog.md": from_root(read("CHANGELOG.md"), "changelog.md"),
        "contributing.md": from_root(read("CONTRIBUTING.md"), "contributing.md"),
        "decisions/index.md": decision_list(),
    }
    page, pictures = notebook_page(ROOT / "docs" / "learn.ipynb", "learn")
    contents: dict[str, str | bytes] = {**texts, "learn.md": page, **pictures}
    for name, content in contents.items():
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 - mkdocs names them
    """Links of a page in docs/ as the site has them."""
    source = page.file.src_uri
    return site_links(markdown, posixpath.dirname(f"docs/{source}"), source)


def from_root(markdown: str, page: str) -> str:
    """Text of a file at the repository's root, its links as the page in docs/ has them."""
    return site_links(markdown, "", page)


def site_links(markdown: str, folder: str, page: str) -> str:
    """Markdown whose links start from `folder` of the repository, for the page `page` of the site.

    What has a page is linked to it. Any other file of the repository is named without a link: the site stands alone. A link
    to nothing stays, and mkdocs complains of it.
    """

    def linked(match: re.Match[str]) -> str:
        mark, label, target, anchor = match[1], match[2], match[3], match[4] or ""
        if WEB.match(target):
            return match[0]
        path = posixpath.normpath(posixpath.join(folder, target))
        place = PAGES.get(path) or (path.removeprefix("docs/") if path.startswith("docs/") else None)
        if place is not None:
            there = posixpath.relpath(place, posixpath.dirname(page) or ".")
            return f"{mark}[{label}]({there}{anchor})"
        if (ROOT / path).exists():
            return label if "`" in label else f"`{label}`"
        return match[0]

    return LINK.sub(linked, markdown)


def file_list() -> str:
    """The page that lists every module, room by room, with the first line of its docstring."""
    lines = [
        "# What is where",
        "",
        "Each file says in its first line what it does, and what it doesn't know. This page is made of these lines.",
        "",
    ]
    folder = None
    for path in sorted(
        (path for room in CODE for path in (ROOT / room).rglob("*.py")), key=lambda path: (path.parent, path.name)
    ):
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        if path.parent != folder:
            folder = path.parent
            lines += ["", f"## {folder.relative_to(ROOT).as_posix()}", ""]
            if path.name == "__init__.py":
                lines += [*text.splitlines(), ""]
            lines += ["file | what it does", "--- | ---"]
        if path.name != "__init__.py":
            lines.append(f"`{path.name}` | {first_line(text)}")
    return "\n".join([*lines, ""])


def first_line(docstring: str) -> str:
    """The first line of a docstring, for a cell of a table."""
    return docstring.partition("\n")[0].replace("|", "\\|")


def decisions() -> Iterator[tuple[Path, str, str]]:
    """Each page of docs/decisions: its file, its title, and the first sentence of what was decided."""
    for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md")):
        text = path.read_text(encoding="utf-8")
        title = text.partition("\n")[0].removeprefix("# ")
        decided = DECIDED.search(text) or FIRST_PARAGRAPH.search(text)
        yield path, title, " ".join(decided[1].split()).rstrip(":.") + "." if decided else ""


def decision_list() -> str:
    """The page that lists the decisions."""
    rows = [f"[{title}]({path.name}) | {what}" for path, title, what in decisions()]
    head = "What was decided for a reason that the code can't show: context, decision, what was measured, what follows."
    return "\n".join([f"# {DECISIONS_TITLE}", "", head, "", "decision | in short", "--- | ---", *rows, ""])


def read(name: str) -> str:
    """The text of a file at the repository's root."""
    return (ROOT / name).read_text(encoding="utf-8")
