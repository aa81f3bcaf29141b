"""Every setting by its name, with the values that it takes, in words for people. Knows no file and no value."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec

from live.core.settings import Settings

LISTED = "config.yaml"
LONGEST_GUESSED = 60
"""The longest name that is compared with those of all settings; the longest setting has half as many letters."""


@dataclass(frozen=True, slots=True)
class Declared:
    """The declaration of one setting: its default, the kind of its values, and its metadata."""

    name: str
    default: Any
    annotation: Any
    kind: type | tuple[str, ...]
    """bool, int, float or str; or the allowed words."""
    meta: msgspec.Meta
    may_be_null: bool

    @property
    def who(self) -> str:
        """Who may set it: `harmless`, `nearby` or `asked`."""
        return (self.meta.extra or {}).get("who", "asked")

    @property
    def is_declared(self) -> bool:
        """Whether its declaration says who may set it."""
        return "who" in (self.meta.extra or {})

    @property
    def takes(self) -> str:
        """The values that it takes, in words: `a whole number from 64 to 7680 px`."""
        extra = self.meta.extra or {}
        if isinstance(self.kind, tuple):
            words = f"{', '.join(self.kind[:-1])} or {self.kind[-1]}"
        elif self.kind is bool:
            words = "true or false"
        elif self.kind is str:
            words = extra.get("takes", "text")
            if extra.get("endings"):
                words += f" ending in {' or '.join(extra['endings'])}"
        else:
            unit = f" {extra['unit']}" if extra.get("unit") else ""
            words = f"{'a whole number' if self.kind is int else 'a number'}{_range(self.meta)}{unit}"
        return f"{words}, or null" if self.may_be_null else words


@cache
def declared() -> Mapping[str, Declared]:
    """Every setting by its full name, such as `camera.width`, in the order of the code."""
    return {one.name: one for one in _declared_in(Settings, "")}


def sections() -> tuple[str, ...]:
    """The names of the sections."""
    return tuple(dict.fromkeys(name.partition(".")[0] for name in declared() if "." in name))


def listing() -> Path:
    """The file that lists every setting: at the top of a clone, in an installed package beside `live`."""
    return Path(__file__).resolve().parents[2] / LISTED


def meant(name: str) -> str | None:
    """The setting with the most similar name; None where none is similar."""
    if len(name) > LONGEST_GUESSED:
        return None
    by_last: dict[str, str] = {}
    for full in declared():
        by_last.setdefault(full.rpartition(".")[2], full)
    last = name.rpartition(".")[2].replace("-", "_").lower()
    if last in by_last:
        return by_last[last]
    candidates = [*declared(), *sections()]
    near = difflib.get_close_matches(name.replace("-", "_").lower(), candidates, n=1, cutoff=0.7)
    if near:
        return near[0]
    alike = difflib.get_close_matches(last, by_last, n=1, cutoff=0.75)
    return by_last[alike[0]] if alike else None


def number(value: float) -> str:
    """A limit as text: 0.06, 7680, 31,536,000."""
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:g}"


def _declared_in(section: type[msgspec.Struct], before: str) -> Iterator[Declared]:
    """The settings of a section and of those in it."""
    for field in msgspec.structs.fields(section):
        name = f"{before}{field.name}"
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            yield from _declared_in(field.type, f"{name}.")
            continue
        kinds, metas, may_be_null = _parts(field.type)
        yield Declared(name, field.default, field.type, kinds[0], metas[0] if metas else msgspec.Meta(), may_be_null)


def _parts(annotation: Any) -> tuple[list[Any], list[msgspec.Meta], bool]:
    """The kinds of value that an annotation names, their metadata, and whether null is allowed."""
    if annotation is type(None):
        return [], [], True
    arguments = get_args(annotation)
    if get_origin(annotation) is Annotated:
        kinds, metas, may_be_null = _parts(arguments[0])
        return kinds, [*(meta for meta in arguments[1:] if isinstance(meta, msgspec.Meta)), *metas], may_be_null
    if get_origin(annotation) is Literal:
        return [tuple(map(str, arguments))], [], False
    if not arguments or get_origin(annotation) is tuple:
        return [annotation], [], False
    parts = [_parts(argument) for argument in arguments]
    return (
        [kind for kinds, _, _ in parts for kind in kinds],
        [meta for _, metas, _ in parts for meta in metas],
        any(may_be_null for _, _, may_be_null in parts),
    )


def _range(meta: msgspec.Meta) -> str:
    """A setting's limits: ` from 64 to 7680`, ` above 0, up to 120`, `, 1 or more`."""
    if meta.gt is not None:
        return f" above {number(meta.gt)}" + ("" if meta.le is None else f", up to {number(meta.le)}")
    if meta.ge is not None:
        return f", {number(meta.ge)} or more" if meta.le is None else f" from {number(meta.ge)} to {number(meta.le)}"
    return "" if meta.le is None else f" up to {number(meta.le)}"
