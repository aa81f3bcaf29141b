"""Find the faults of an outcome: exit code, output, cost. Starts nothing."""

from __future__ import annotations

import itertools
import json
import re
import unicodedata
from dataclasses import dataclass

from scripts.fuzzing.case import FRAME_MEGAPIXELS, Case
from scripts.fuzzing.watchdog import Outcome

CODES = (0, 1, 2)
MOST_IN_A_LINE = 1000
"""Longest error message in characters. A longer one is not readable."""
CRASHES = ("signal", "hang", "too much memory", "traceback", "exit code")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault."""

    what: str
    """Its kind, in up to three words."""
    detail: str
    """What distinguishes it from others of its kind."""

    @property
    def is_crash(self) -> bool:
        """Whether the program ended abnormally."""
        return self.what in CRASHES


def faults(case: Case, outcome: Outcome, blank: Outcome | None = None) -> list[Fault]:
    """All faults of an outcome. blank: the outcome of a blank page in the same process, whose cost is subtracted."""
    if outcome.signal is not None:
        return [Fault("signal", f"{outcome.signal} {last_place(text_of(outcome.stderr)[0])}")]
    if outcome.ended is not None:
        what = "hang" if outcome.ended == "time" else "too much memory"
        return [Fault(what, last_place(text_of(outcome.stderr)[0]))]
    return [*faults_of_text(case, outcome), *faults_of_cost(case, outcome, blank)]


def faults_of_text(case: Case, outcome: Outcome) -> list[Fault]:
    """Faults of the exit code and of the output."""
    found = []
    stdout, unreadable_out = text_of(outcome.stdout)
    stderr, unreadable_err = text_of(outcome.stderr)
    if "Traceback (most recent call last)" in stderr:
        found.append(Fault("traceback", last_place(stderr)))
    if outcome.code not in CODES:
        found.append(Fault("exit code", str(outcome.code)))
    if found:
        return found
    printed = (("stdout", stdout, unreadable_out), ("stderr", stderr, unreadable_err))
    return [
        *faults_of_complaints(case, outcome, stderr),
        *itertools.chain.from_iterable(map(faults_of_characters, printed)),
    ]


def faults_of_complaints(case: Case, outcome: Outcome, stderr: str) -> list[Fault]:
    """Whether a failure is reported in one readable line."""
    found, lines = [], stderr.splitlines()
    if outcome.code and not lines:
        found.append(Fault("silent failure", f"exit code {outcome.code}"))
    if len(lines) > case.limits.complaints:
        found.append(Fault("several lines", shape_of(lines[0])))
    if any(len(line) > MOST_IN_A_LINE for line in lines):
        found.append(Fault("long line", shape_of(max(lines, key=len))))
    return found


def faults_of_characters(printed: tuple[str, str, bool]) -> list[Fault]:
    """Control characters and invalid UTF-8 in a stream: (name, text, whether some of it is not UTF-8)."""
    stream, text, unreadable = printed
    found = [Fault("not UTF-8", stream)] if unreadable else []
    control = next((letter for letter in text if letter != "\n" and unicodedata.category(letter) in ("Cc", "Cs")), None)
    if control is not None:
        found.append(Fault("control character", f"{stream} U+{ord(control):04X}"))
    return found


def faults_of_cost(case: Case, outcome: Outcome, blank: Outcome | None) -> list[Fault]:
    """Whether time or memory exceeds the limits, after subtracting the cost of a blank page."""
    cpu_s, memory_mb = cost(outcome, blank)
    more = max(1.0, frame_megapixels(outcome) / FRAME_MEGAPIXELS) if case.limits.grows else 1.0
    found = []
    if cpu_s > case.limits.cpu_s * more:
        found.append(Fault("too long", f"more than {case.limits.cpu_s:g} s{' a frame' if case.limits.grows else ''}"))
    if memory_mb > case.limits.memory_mb * more:
        found.append(Fault("too large", f"more than {case.limits.memory_mb:g} MB"))
    return found


def cost(outcome: Outcome, blank: Outcome | None) -> tuple[float, float]:
    """Processor time (s) and memory (millions of bytes) of the input alone."""
    if blank is None or outcome.code is None:
        return outcome.cpu_s, outcome.memory_mb
    return max(0.0, outcome.cpu_s - blank.cpu_s), max(0.0, outcome.memory_mb)


def frame_megapixels(outcome: Outcome) -> float:
    """Megapixels of all pictures in the output of `--json`; for a video, the size of a frame times the frames read."""
    stdout = text_of(outcome.stdout)[0]
    read = re.search(r"^(\d+) frames? in ", stdout, re.MULTILINE)
    total = int(read[1]) * FRAME_MEGAPIXELS if read is not None else 0.0
    for line in stdout.splitlines():
        try:
            fields = json.loads(line)
            total += fields["width"] * fields["height"] / 1e6
        except (ValueError, KeyError, TypeError):
            continue
    return total


def text_of(printed: bytes) -> tuple[str, bool]:
    """The output as text, and whether some of it is not UTF-8."""
    try:
        return printed.decode("utf-8"), False
    except UnicodeDecodeError:
        return printed.decode("utf-8", "replace"), True


def last_place(text: str) -> str:
    """The last place in Numcam's code in a traceback, and the beginning of the error."""
    places = re.findall(r'File "[^"]*/((?:live|models|scripts|tests)/[\w/]+\.py)", line (\d+)', text)
    errors = re.findall(r"^(?:\w+\.)*(\w*(?:Error|Exception|Interrupt)\w*)\b", text, re.MULTILINE)
    place = ":".join(places[0] if "Fatal Python error" in text else places[-1]) if places else ""
    return " ".join(part for part in (errors[-1] if errors else "", place) if part)


def shape_of(line: str) -> str:
    """An error message without names and numbers, which differ between inputs."""
    return re.sub(r"\d+", "0", line)[-60:]
