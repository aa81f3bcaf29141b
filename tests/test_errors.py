"""The kinds of error: one base to catch, and every message that the code raises is one line."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from live.core import errors
from live.core.errors import NumcamError
from models.errors import ModelError

ROOT = Path(__file__).parents[1]
KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]


@pytest.mark.parametrize("kind", KINDS)
def test_one_base_catches_them_all(kind: type[Exception]) -> None:
    with pytest.raises(NumcamError, match="what, where, and what to do next"):
        raise kind("what, where, and what to do next")


def test_the_picture_in_the_docstring_names_every_kind() -> None:
    for kind in KINDS:
        assert kind.__name__ in str(errors.__doc__)


def test_a_models_error_is_a_kind_of_its_own() -> None:
    assert not issubclass(ModelError, NumcamError)


def raised() -> Iterator[tuple[str, ast.Call]]:
    """Every `raise SomeNumcamError(...)` of the program, with where it stands."""
    names = {kind.__name__ for kind in KINDS} | {"ModelError"}
    for path in sorted([*ROOT.glob("live/**/*.py"), *ROOT.glob("models/**/*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Raise):
                continue
            call = node.exc
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in names:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", call


def test_messages_are_one_line() -> None:
    found = list(raised())
    assert len(found) > 20
    for place, call in found:
        (message,) = call.args
        written = [part.value for part in ast.walk(message) if isinstance(part, ast.Constant)]
        assert not any("\n" in text for text in written if isinstance(text, str)), place
