"""What a config.yaml found in the current folder may set, and whether it belongs to Numcam. Knows no setting by name.

A folder of another person's pictures may contain such a file. It may not write, run, load or connect, nor raise a limit
(`live/core/settings.py` declares this for each setting). Another program's file of that name is skipped.
docs/decisions/0021.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from live.core.errors import SettingsError
from live.core.settings_check import as_written, faults, merge, shortened
from live.core.settings_names import declared, sections
from live.core.settings_text import parse_yaml, read_text

NAME = "config.yaml"
MARK = re.compile(r"#.*\bnumcam\b", re.IGNORECASE)
"""The comment at the beginning of a file that marks it as Numcam's."""
OUTERMOST = re.compile(r"(?P<quote>[\"']?)(?P<name>[^\s\"'#:\[\]{},-][^\s\"':]*)(?P=quote)[ \t]*:(?=\s|$)")
"""The pattern of a top-level name of a YAML text."""


@dataclass(frozen=True, slots=True)
class Found:
    """The values that the folder's file may set, and the names of those that it may not."""

    values: Mapping[str, Any]
    kept_out: tuple[str, ...] = ()

    @property
    def described(self) -> str:
        """The file as the line on settings files names it."""
        if not self.kept_out:
            return f"{NAME} of this folder"
        return (
            f"{NAME} of this folder, but for {', '.join(self.kept_out)}, which a file that merely lies there may not set "
            f"(to trust it, say --config {NAME})"
        )


def of_this_folder(path: Path, say: Callable[[str], None]) -> Found | None:
    """What the file that lies in the current folder may set; None where it is ignored, which is reported to `say`.

    Raises SettingsError for an error in a file that is Numcam's.
    """
    text, values, fault, reason = "", None, None, ""
    try:
        text = read_text(path)
        content = parse_yaml(text, f"{NAME} of this folder")
        if content is None or content == {}:
            return None
        values = content if isinstance(content, dict) else {}
        fault = next(faults(as_written(values)), None) if values else "it holds no names with values"
        reason = next((f"{shortened(name)} is no setting" for name in _strangers(values)), fault or "")
    except SettingsError as error:
        fault = str(error)
        beginning = f"{NAME} of this folder" if text else f"The settings file {path}"
        reason = fault.removeprefix(beginning).lstrip(", ").split(". ")[0]
    if fault is None:
        return what_a_folder_may_set(values or {})
    if is_numcams(text, values):
        raise SettingsError(fault if values is None else f"In {NAME} of this folder: {fault}")
    say(
        f"{NAME} of this folder was left out, as another program's ({reason.removesuffix('.')}). If it is Numcam's, begin it "
        "with the line # Numcam."
    )
    return None


def is_numcams(text: str, values: Mapping[str, Any] | None) -> bool:
    """Whether a file with a fault in it is one of Numcam's, whose author gets a message, and not another program's.

    It is Numcam's if its leading comment names Numcam, or if all its names are settings and one is in a section: `log: debug`
    alone may belong to any program. text: the whole file; values: its content, None if it isn't valid YAML.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    for line in lines:
        if MARK.match(line):
            return True
        if line.strip() and not line.startswith("#"):
            break
    if values is not None:
        has_section = any(isinstance(values.get(name), dict) and values[name] for name in sections())
        return has_section and next(_strangers(values), None) is None
    names = {match["name"] for line in lines if (match := OUTERMOST.match(line))}
    return not names.isdisjoint(sections()) and names <= {*declared(), *sections()}


def what_a_folder_may_set(values: Mapping[str, Any]) -> Found:
    """The values that a file found in the folder may set, and the names of the others.

    values: checked, without errors. A value that equals its default isn't reported.
    """
    taken: dict[str, Any] = {}
    kept_out = []
    for name, value in _flat(as_written(values)):
        setting = declared()[name]
        if setting.who == "harmless" or (setting.who == "nearby" and is_nearby(value)):
            section, _, last = name.rpartition(".")
            taken = merge(taken, {section: {last: value}} if section else {last: value})
        elif value != setting.default:
            kept_out.append(name)
    return Found(taken, tuple(kept_out))


def is_nearby(source: str | list[str]) -> bool:
    """Whether a source is a camera, the built-in clip or something inside the current folder: then nothing is connected to."""
    if not isinstance(source, str):
        return all(map(is_nearby, source))
    if (
        "://" in source
        or source.startswith("~")
        or ".." in (*PurePosixPath(source).parts, *PureWindowsPath(source).parts)
    ):
        return False
    # checked as a POSIX and a Windows path: \\\\server\\share is on another machine, and C:name leaves the folder
    return not PurePosixPath(source).is_absolute() and not PureWindowsPath(source).anchor


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every value with its full name; a section that holds a single value is kept as it is."""
    for name, value in values.items():
        if name in sections() and isinstance(value, dict):
            yield from ((f"{name}.{inner}", below) for inner, below in value.items())
        else:
            yield name, value


def _strangers(values: Mapping[str, Any]) -> Iterator[str]:
    """The names that are no settings; also that of a section with a single value, as in another program's file."""
    for name, value in _flat(values):
        if name not in declared() and not (name in sections() and value is None):
            yield name
