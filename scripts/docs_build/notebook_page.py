"""A stored notebook as a page of the site: its text, its code, what it printed and drew. Runs nothing.

Cells follow one another; pictures become files of their own. Of an output with several forms, the picture is taken.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def notebook_page(notebook: Path, name: str) -> tuple[str, dict[str, bytes]]:
    """The page's Markdown, and its pictures by their place in the site. name: the folder of the pictures.

    Raises OSError, and ValueError where the file is no notebook.
    """
    pictures: dict[str, bytes] = {}
    pieces: list[str] = []
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            # text between HTML tags is Markdown only where its tag says so
            pieces.append(source.replace("<details>", '<details markdown="1">'))
        elif cell["cell_type"] == "code":
            pieces.append(f"```python\n{source}\n```")
            pieces.extend(_outputs(cell["outputs"], name, pictures))
    return "\n\n".join(pieces) + "\n", pictures


def _outputs(outputs: list[dict[str, Any]], name: str, pictures: dict[str, bytes]) -> Iterator[str]:
    """What a cell printed and drew; pictures are added to `pictures`."""
    for output in outputs:
        data = output.get("data", {})
        if "image/png" in data:
            place = f"{name}/{len(pictures) + 1:02d}.png"
            pictures[place] = base64.b64decode("".join(data["image/png"]))
            yield f"![what the cell above draws]({place})"
        elif "text/plain" in data or output.get("name") == "stdout":
            text = "".join(data.get("text/plain", output.get("text", "")))
            yield f"```text\n{text.rstrip()}\n```"
