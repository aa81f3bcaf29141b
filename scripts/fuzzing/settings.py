"""Make settings for the fuzz command: YAML from a grammar with Numcam's setting names, then damaged. Checks none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from live.core.settings import Settings
from scripts.fuzzing.case import Case, Limits
from scripts.fuzzing.damage import damaged
from scripts.fuzzing.pictures import by_opencv, page

WORDS = (
    "true", "no", "null", "~", "0", "1", "-1", "0720", "0x1F", "1_000", "1e3", ".inf", "-.inf", ".nan", "1e999", "2026-13-99",
    "2026-01-31", "12:30:45", "''", '""', "a", "on", "'q'", "[]", "{}", "[1, 2]", "{a: 1}", "!!python/object:os.system ls",
    "!!binary aGk=", "!!set {a}", "!!timestamp x", "!x y", "|\n  text", ">-\n  text", '"\\0"', '"\\x1b[2J"', '"\\uD800"',
    "*a", "&a x",
    "&a [*a]", "&a {b: *a}", "9" * 5000, "-" + "9" * 400, "0." + "1" * 600, "n" * 300, '"' + "\\u202e" * 9 + '"', "%", "@",
    "`", "<<",
    "? a", "- a", "a: b: c", "[" * 2000, "{a: " * 400, "'", '"', "\x00", "\x1b[31m", "\ufeff", "\u2028", "=", "!!float x",
    "!!int ''",
    "0o17", "1:2:3:4", "190:20:30", ".5", "5.", "+3", "1e-400", "[1, [2, [3]]]", "auto", "demo", "none.mp4", "http://a:b@c/?d=e",
)  # fmt: skip
NAMES = (
    "widht", "Camera", "camera.width", "", "'n'", "1", "1.5", "true", "null", "[a]", "{a: b}", "? a", "<<", "n" * 260,
    "\u0645", "\x1b[1m",
    "'\x07'", "2026-01-31", "&a", "*a", "!!str", "- x", "#",
)  # fmt: skip
BOMB = "\n".join(["a: &a [x, x, x, x, x, x, x, x, x]", *(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)])  # fmt: skip
MERGES = "\n".join(
    ["a: &a {x: 1}", *(f"k{n}: &k{n} {{<<: [*{'a' if n == 0 else f'k{n - 1}'}, *a]}}" for n in range(300))]
)


def settings_names() -> dict[str, tuple[str, ...]]:
    """The names in each section; top-level names have an empty section. Settings that load or write files are left out."""
    names: dict[str, tuple[str, ...]] = {"": ()}
    for field in msgspec.structs.fields(Settings):
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            names[field.name] = tuple(inner.name for inner in msgspec.structs.fields(field.type))
        else:
            names[""] = (*names[""], field.name)
    return names


def value(rng: np.random.Generator) -> str:
    """A value as YAML: a problematic word, or a number of any size."""
    if rng.random() < 0.5:
        return WORDS[int(rng.integers(len(WORDS)))]
    return repr(round(float(rng.choice((-1, 1))) * 10 ** float(rng.uniform(-3, 4)), int(rng.integers(0, 4))))


def name_in(names: Sequence[str], rng: np.random.Generator) -> str:
    """A name, an existing one seven times out of eight."""
    if not names or rng.random() < 0.12:
        return NAMES[int(rng.integers(len(NAMES)))]
    return names[int(rng.integers(len(names)))]


def yaml_text(rng: np.random.Generator) -> str:
    """A settings file from the grammar."""
    names = settings_names()
    sections, lines = list(names), []
    for _ in range(int(rng.integers(1, 5))):
        section = sections[int(rng.integers(len(sections)))]
        if not section:
            lines.append(f"{name_in(names[''], rng)}: {value(rng)}")
            continue
        if rng.random() < 0.1:
            lines.append(f"{section}: {value(rng)}")
            continue
        lines.append(f"{section}:")
        lines += [f"  {name_in(names[section], rng)}: {value(rng)}" for _ in range(int(rng.integers(0, 4)))]
    return "\n".join(lines) + "\n"


def odd_text(rng: np.random.Generator) -> str:
    """A settings file with one special structure, such as deep nesting."""
    depth = int(rng.integers(50, 3000))
    traps = (
        BOMB, MERGES, "a: " + "[" * depth + "]" * depth, "".join(f"{' ' * n}a:\n" for n in range(min(depth, 900))),
        "{" * depth, "- " * depth + "a", "? " * depth, "!!str " * depth, "a: &a [*a]", "---\na: 1\n---\nb: 2\n",
        "%YAML 9.9\n---\na: 1",
        "x: " + "9" * (10 * depth), "x: " + "a" * (500 * depth), "\n".join(f"k{n}: {n}" for n in range(depth)), "#" * depth, "\t",
        "'" + "\\" * depth, "camera: {width: 640, width: 800}", "\n" * depth, "a: !!merge {}", "&a : *a", ": :", "[]: []",
        "", "null",
    )  # fmt: skip
    return traps[int(rng.integers(len(traps)))]


def settings_case(name: str, rng: np.random.Generator, more: Sequence[tuple[str, bytes]] = ()) -> Case:
    """A settings file (named, or in the folder) or one `--set` option, with a page to read."""
    files: dict[str, bytes] = {"page.jpg": by_opencv(".jpg", page())}
    limits = Limits(cpu_s=1.0, complaints=1)
    if rng.random() < 0.2:
        names = settings_names()
        section = list(names)[int(rng.integers(len(names)))]
        setting = f"{section}.{name_in(names[section], rng)}".lstrip(".")
        assignment = f"{setting}={value(rng)}".replace("\x00", "")  # NUL is impossible in a command line
        return Case("settings", name, "--set", files, ("read", "--json", "page.jpg", "--set", assignment), limits)
    way = rng.random()
    if more and way < 0.1:
        about, data = more[int(rng.integers(len(more)))]
    elif way < 0.3:
        about, data = "a trap", odd_text(rng).encode("utf-8", "surrogatepass")
    else:
        about, data = "by the grammar", yaml_text(rng).encode("utf-8", "surrogatepass")
    if rng.random() < 0.25:
        about, data = f"{about}, damaged", damaged(data, rng)
    if rng.random() < 0.03:
        about, data = f"{about}, UTF-16", data.decode("utf-8", "replace").encode("utf-16")
    if rng.random() < 0.3:  # Numcam also reports that the file was used
        return Case("settings", name, f"{about}, in the folder", files | {"config.yaml": data}, ("read", "--json", "page.jpg"),
                    Limits(cpu_s=1.0, complaints=2))  # fmt: skip
    command: tuple[Any, ...] = ("read", "--json", "page.jpg", "--config", "given.yaml")
    return Case("settings", name, about, files | {"given.yaml": data}, command, limits)
