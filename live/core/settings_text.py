"""Parse the YAML of a settings file, or of one value, to plain values. Knows no setting by name.

Settings need a small part of YAML; other parts are harmful or surprising: aliases that expand exponentially, deep
nesting, tags that create objects, unintended dates and octal numbers. They are rejected with their line number.
"""

from __future__ import annotations

import codecs
import os
import re
import stat
from collections.abc import Hashable
from pathlib import Path
from typing import Any, ClassVar

import yaml

from live.core.errors import SettingsError
from live.core.masking import masked
from live.core.plain_text import printable

DEEPEST = 4
"""The deepest nesting: a section, a setting and a list of sources need three levels."""
MOST_VALUES = 2_000
"""The most names and values in one text, ten times those of the file that lists every setting."""
LARGEST = 65_536
"""The longest text, in characters, several times the file that lists every setting, comments included."""
MOST_BYTES = 4 * LARGEST
"""The largest settings file, in bytes: `LARGEST` characters need no more."""
MOST_DIGITS = 15
"""The most digits of an integer: int and float both represent that many exactly."""
LONGEST_SHOWN = 40
"""The longest quotation of the text in a message, in characters."""
TOO_DEEP = "values in values in values; no setting is as deep as that"
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
"""The pattern of lone surrogates, which a quoted escape can produce and no encoding accepts."""
SIGNS = ": # [ { * & ! % @"
AS_WRITTEN = "A setting is written name: value, those of a section below it, indented by two spaces"


class _RefusedError(yaml.MarkedYAMLError):
    """Valid YAML that a settings file may not contain; `problem` is the message for the user."""


class _Loader(yaml.SafeLoader):
    """A YAML loader without aliases, tags, merge keys, dates and octal numbers, and with limited depth."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}  # type: ignore[misc]

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0
        self._values = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose the next value and its children."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise _refused(event, "an alias (*), which settings don't need. Write the value itself there")
        if getattr(event, "tag", None) not in (None, "!"):
            raise _refused(
                event, "a tag (!), which settings don't take. Write the value alone; text may stand in quotes"
            )
        if isinstance(event, yaml.ScalarEvent) and LONE_SURROGATE.search(event.value):
            raise _refused(
                event, "half of a character (\\uD800 to \\uDFFF), which no text holds. Write the whole character"
            )
        self._depth += 1
        self._values += 1
        if self._depth > DEEPEST:
            raise _refused(event, TOO_DEEP)
        if self._values > MOST_VALUES:
            raise _refused(event, f"more than {MOST_VALUES:,} names and values, far more than there are settings")
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def fetch_flow_collection_start(self, kind: type[yaml.Token]) -> None:
        """Check the depth at an opening bracket: PyYAML looks up to a thousand of them ahead, in quadratic time."""
        if self.flow_level > DEEPEST:
            raise _RefusedError(problem=TOO_DEEP, problem_mark=self.get_mark())
        super().fetch_flow_collection_start(kind)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: ARG002 - PyYAML gives it
        """Construct a mapping; each name must be text and unique."""
        lines: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _refused(key, "a list where a name should stand. A setting is written name: value")
            if key.value in lines:
                raise _refused(
                    key, f"{_short(key.value)} a second time; the first is in line {lines[key.value]}. Keep one of them"
                )
            lines[key.value] = key.start_mark.line + 1
        return {key.value: self.construct_object(value, deep=True) for key, value in node.value}


def _refused(where: Any, problem: str) -> _RefusedError:
    """The error for a rejected part of the text. where: an event or a node of PyYAML."""
    return _RefusedError(problem=problem, problem_mark=where.start_mark)


def _short(text: str) -> str:
    """A part of the text as quoted in a message."""
    text = masked(text)
    return printable(text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}...")


def _whole(_loader: _Loader, node: yaml.ScalarNode) -> int:
    """Construct an integer: decimal, hexadecimal (0x) or octal in YAML 1.2 syntax (0o)."""
    text = node.value.replace("_", "")
    if len(text) > MOST_DIGITS + 3:
        raise _refused(node, f"a number of {len(text):,} digits, which no setting takes. Text belongs in quotes")
    return int(text, 0) if text.lstrip("+-")[:2].lower() in ("0x", "0o") else int(text)


def _octal(_loader: _Loader, node: yaml.ScalarNode) -> int:
    """Reject a number with a leading 0, which is octal in YAML 1.1 and decimal in YAML 1.2."""
    short = _short(node.value)
    bare = _short(node.value.lstrip("+-0_")) or "0"
    raise _refused(node, f'{short}, which could be read in two ways. Write {bare}, or "{short}" where it is text')


def _real(_loader: _Loader, node: yaml.ScalarNode) -> float:
    """Construct a float: with a fraction or an exponent, or .inf or .nan."""
    text = node.value.replace("_", "").lower()
    return float(text.replace(".inf", "inf").replace(".nan", "nan"))


# the types of YAML 1.2, with the common yes, no, on and off of YAML 1.1; no dates, no base 60
_Loader.add_implicit_resolver("!null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool",
    re.compile(r"^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$"),
    list("yYnNtTfFoO"),
)
_Loader.add_implicit_resolver("!octal", re.compile(r"^[-+]?0[0-9_]+$"), list("-+0"))
_Loader.add_implicit_resolver(
    "!whole", re.compile(r"^(?:[-+]?(?:0|[1-9][0-9_]*)|0x[0-9a-fA-F_]+|0o[0-7_]+)$"), list("-+0123456789")
)
_Loader.add_implicit_resolver(
    "!real",
    re.compile(
        r"^[-+]?(?:(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?|\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
    ),
    list("-+0123456789."),
)
_Loader.add_constructor("!null", lambda _loader, _node: None)
_Loader.add_constructor("!octal", _octal)
_Loader.add_constructor("!whole", _whole)
_Loader.add_constructor("!real", _real)


def parse_yaml(text: str, origin: str) -> Any:
    """Parse a YAML text to a plain value: None, bool, int, float, str, or lists and mappings of them, with text as names.

    Raises SettingsError with one line that names `origin`, in well under a second for any text.
    """
    if len(text) > LARGEST:
        raise SettingsError(
            f"{origin} has {len(text):,} letters; settings fit in {LARGEST:,}. Is it another program's file?"
        )
    try:
        loader = _Loader(text)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise SettingsError(
            f"{origin}, line {line}: it holds a sign that no text has ({printable(chr(error.character))}). Take it out, or save "
            "the file as text in UTF-8."
        ) from error
    except yaml.MarkedYAMLError as error:
        raise SettingsError(f"{_where(error, origin)}: {_what(error)}.") from error
    except (yaml.YAMLError, ValueError, ArithmeticError, RecursionError) as error:
        raise SettingsError(f"{origin} can't be understood. {AS_WRITTEN}.") from error


def _where(error: yaml.MarkedYAMLError, origin: str) -> str:
    """The origin of the text and the line number of the error."""
    mark = error.problem_mark or error.context_mark
    return origin if mark is None or origin.startswith("--set") else f"{origin}, line {mark.line + 1}"


def _what(error: yaml.MarkedYAMLError) -> str:
    """The description of the error for the user."""
    if isinstance(error, _RefusedError):
        return f"it holds {error.problem}"
    problem = error.problem or ""
    if r"'\t'" in problem:
        return "it holds a tab. Indent with spaces"
    if "another document" in problem:
        return "a second document begins there (---). Keep one"
    if "<stream end>" in problem or "end of stream" in problem:
        return "it ends in the middle: a bracket or a quote that was opened is not closed"
    return f"this can't be understood. {AS_WRITTEN}; text with signs such as {SIGNS} stands in quotes"


def read_settings_file(path: Path) -> dict[str, Any]:
    """Read the settings of one YAML file; an empty file gives an empty dict. Raises SettingsError."""
    content = parse_yaml(read_text(path), f"The settings file {printable(path)}")
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise SettingsError(
            f"The settings file {printable(path)} must hold lines of the form name: value, such as headless: true."
        )
    return content


def read_text(path: Path) -> str:
    """Read the text of a settings file without blocking on pipes. Raises SettingsError if it is no text or too large."""
    shown = f"The settings file {printable(path)}"
    try:
        # a pipe or a device could block, or never end
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:  # noqa: PTH123 - takes a descriptor
            kind = os.fstat(descriptor).st_mode
            if stat.S_ISDIR(kind):
                raise IsADirectoryError
            if not stat.S_ISREG(kind):
                raise SettingsError(f"{shown} is a device or a pipe. Name an ordinary file.")
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise SettingsError(
            f"There is no settings file {printable(path)}. Leave --config out to run without one."
        ) from None
    except IsADirectoryError:
        example = printable(path / "config.yaml")
        raise SettingsError(f"{printable(path)} is a folder. Name a file in it, such as {example}.") from None
    except (OSError, ValueError) as error:  # ValueError: the name contains NUL
        reason = error.strerror if isinstance(error, OSError) else None
        raise SettingsError(f"{shown} can't be read: {reason or 'no file can have that name'}.") from error
    if len(data) > MOST_BYTES:
        raise SettingsError(f"{shown} is larger than {MOST_BYTES // 1024} kB. Is it another program's file?")
    return _decoded(data, shown)


def _decoded(data: bytes, shown: str) -> str:
    """Decode UTF-8, or UTF-16 if the data starts with its byte order mark, as some Windows programs write it."""
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SettingsError(f"{shown} is no text in UTF-8. Save it as such, or name another one.") from error
