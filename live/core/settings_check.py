"""Convert plain values to Settings, or say in one line what is wrong with them. Knows no file and no YAML."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath
from typing import Any

import msgspec

from live.core.errors import SettingsError
from live.core.masking import masked
from live.core.plain_text import printable
from live.core.settings import Settings
from live.core.settings_names import Declared, declared, listing, meant, sections

NUMBERS_AS_TEXT = ("source", "expect")
"""Settings that take a text, which may look like a number."""
LONGEST_SHOWN = 60
"""The most letters of a wrong name or value that a message repeats; about as many fit on its line."""
LONGEST_MASKED = 1000
"""The most letters of a text that are searched for addresses; the time grows with their square, 10 ms at this length."""
LONGEST_PART = 255
"""The longest component of a path, in bytes: NAME_MAX of every common file system."""


def check(values: Mapping[str, Any], origin: str) -> Settings:
    """Settings from plain values, with sections as mappings. The error names `origin`. Raises SettingsError."""
    values = as_written(values)
    fault = next(faults(values), None)
    if fault is not None:
        raise SettingsError(f"In {origin}: {fault}")
    try:
        return msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:  # `faults` doesn't cover it: msgspec's message is used
        raise SettingsError(f"In {origin}: {printable(error)}.") from error


def as_written(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with numbers as text where a text is meant: `source: [0, 1]` and `expect: 6` are integers in YAML."""
    return {name: _as_texts(value) if name in NUMBERS_AS_TEXT else value for name, value in values.items()}


def faults(values: Mapping[str, Any]) -> Iterator[str]:
    """One sentence for each value that is wrong."""
    for name, value in values.items():
        if name in declared() and "." in name:
            section, _, last = name.partition(".")
            yield f"{name} stands in a section: write {section}: on a line of its own, and {last}: below it, indented."
        elif name not in sections():
            yield from _faults_of(name, value)
        elif isinstance(value, dict):
            for inner, below in value.items():
                yield from _faults_of(f"{name}.{inner}", below)
        elif value is None:
            yield f"the section {name} is empty. Write its settings below it, indented by two spaces, or take the line out."
        else:
            first = next(full for full in declared() if full.startswith(f"{name}.")).partition(".")[2]
            yield (
                f"{name} is a section: its settings stand below it, indented by two spaces, such as {first}: ..., not "
                f"{shown(value)}."
            )


def merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`below` with the values of `above` in their places, section by section."""
    merged = dict(below)
    for name, value in above.items():
        earlier = merged.get(name)
        merged[name] = merge(earlier, value) if isinstance(earlier, dict) and isinstance(value, dict) else value
    return merged


def unknown(name: str) -> str:
    """The sentence about a name that is no setting, with the setting that was probably meant."""
    near = meant(name)
    guess = "." if near is None else f"; did you mean {near}?"
    return f"there is no setting {shortened(name) or 'without a name'}{guess} {every_setting()} lists them all."


def shown(value: Any) -> str:
    """A value as a message shows it."""
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) >= 10**15:
        return f"a number of about {round(value.bit_length() * math.log10(2)):,} digits"
    if isinstance(value, int | float):
        return f"{value}"
    if isinstance(value, list | tuple | dict):
        return "settings below it" if isinstance(value, dict) else "a list"
    return f'"{shortened(str(value))}"' if value != "" else "an empty text"


def shortened(text: str) -> str:
    """A text that was given, on one line and not too long, without control characters."""
    beginning = text
    if len(text) <= LONGEST_MASKED:
        beginning = masked(text)  # before cutting: secrets can't be found in half an address
    elif "@" in text or "=" in text:
        beginning = ""
    cut = beginning if len(text) <= LONGEST_SHOWN else f"{beginning[:LONGEST_SHOWN]}... ({len(text):,} letters)"
    return printable(cut)


def every_setting() -> str:
    """The path of the file that lists every setting, relative to the current folder if it is inside."""
    path = listing()
    try:
        return printable(path.relative_to(Path.cwd()))
    except (ValueError, OSError):  # it is not below the current folder, or that folder is gone
        return printable(path)


def _faults_of(name: str, value: Any) -> Iterator[str]:
    """A sentence on what is wrong with one value; nothing where it is right."""
    setting = declared().get(name)
    if setting is None:
        yield unknown(name)
    elif not _fits(value, setting):
        yield f"{name} takes {setting.takes}, not {_wrong(value, setting)}."
    else:
        texts = value if isinstance(value, list) else [value]
        yield from (f"{name}: {reason}" for text in texts if isinstance(text, str) and (reason := _strange(text, name)))


def _fits(value: Any, setting: Declared) -> bool:
    """Whether the value has the setting's type and is within its limits."""
    endings = (setting.meta.extra or {}).get("endings")
    if isinstance(value, float) and not math.isfinite(value):
        return False
    if isinstance(value, str) and endings and PurePath(value).suffix.lower() not in endings:
        return False
    try:
        msgspec.convert(value, setting.annotation)
    except (msgspec.ValidationError, OverflowError):
        return False
    return True


def _wrong(value: Any, setting: Declared) -> str:
    """The value, with the reason why it is wrong where that is not obvious."""
    if isinstance(value, str):
        most = setting.meta.max_length
        return f"{len(value):,} letters; {most:,} are the most" if most and len(value) > most else shown(value)
    if isinstance(value, list | tuple):
        odd = next((item for item in value if not isinstance(item, str) or not item), None)
        if not value or odd is None:
            return f"{len(value):,} of them" if value else "an empty list"
        return f"a list with {shown(odd)} in it"
    return shown(value)


def _strange(text: str, name: str) -> str | None:
    """Why a text can't be a file name, an address or a command; None if it can."""
    if "\0" in text:
        return f"{shown(text)} holds a NUL character, which no name can hold. Take it out."
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return f"{shown(text)} holds half a letter (a surrogate), which no name can hold. Take it out."
    if name in ("on_number", "expect") or "://" in text:
        return None
    longest = max(len(os.fsencode(part)) for part in PurePath(text).parts or ("",))
    if longest > LONGEST_PART:
        return f"{shown(text)} can't be a file: a name has {LONGEST_PART} bytes at most, this one {longest:,}."
    return None


def _as_texts(value: Any) -> Any:
    """A value, or the values of a list, with integers converted to text."""
    if isinstance(value, list | tuple):
        return [one if isinstance(one, list | tuple) else _as_texts(one) for one in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
