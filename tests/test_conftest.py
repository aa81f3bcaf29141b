"""What conftest.py does for all tests, itself tested in small runs of pytest."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.program import ROOT

TESTS = """
import subprocess, sys, threading
import pytest

CRASH = [sys.executable, "-c", "raise ValueError('the cable is gone')"]
IGNORED = [sys.executable, "-c", "class A:\\n    def __del__(self): raise ValueError('late')\\nA()"]

def test_starts_a_program_that_crashes():
    assert subprocess.run(CRASH).returncode == 1

def test_starts_one_in_which_an_error_is_ignored():
    assert subprocess.run(IGNORED).returncode == 0

def test_says_a_line():
    print("The camera is gone. Plug it in again.", file=sys.stderr)

def test_reads_what_it_has_caused():
    assert "Traceback" in subprocess.run(CRASH, capture_output=True, text=True).stderr

@pytest.mark.prints_a_traceback
def test_is_about_a_crash():
    subprocess.run(CRASH)
"""


@pytest.mark.prints_a_traceback  # that of the small run reaches this one too
def test_a_traceback_fails_a_test_unless_it_is_marked(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeconftest(Path(__file__).with_name("conftest.py").read_text(encoding="utf-8"))
    pytester.makeini("[pytest]\nmarkers = prints_a_traceback: may print one")
    pytester.makepyfile(TESTS)
    outcome = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    outcome.assert_outcomes(passed=3, failed=2)
    outcome.stdout.fnmatch_lines(["*the cable is gone*"])


def test_tests_are_marked_by_what_they_use(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(Path(__file__).with_name("conftest.py").read_text(encoding="utf-8"))
    pytester.makeini(
        "[pytest]\nmarkers =\n    prints_a_traceback: may print one\n    window: a display\n    posix: POSIX"
    )
    pytester.makepyfile(
        """
        import os
        import signal
        from pathlib import Path

        import pytest

        @pytest.fixture
        def xvfb():
            return ":1"

        @pytest.fixture
        def window(xvfb):
            return xvfb

        def test_looks_at_a_window(window):
            assert window

        def test_kills():
            assert os.getpid(), signal.SIGKILL

        def test_writes_to_a_full_disk():
            assert Path("/dev/full")

        def test_runs_anywhere():
            assert os.getpid()
        """
    )
    outcome = pytester.runpytest_inprocess(
        "-p", "no:cacheprovider", "--collect-only", "-q", "-m", "not window and not posix"
    )
    outcome.stdout.fnmatch_lines(["*::test_runs_anywhere", "1/4 tests collected (3 deselected)*"])
    for marker, count in (("window", 1), ("posix", 2)):
        outcome = pytester.runpytest_inprocess("-p", "no:cacheprovider", "--collect-only", "-q", "-m", marker)
        outcome.stdout.fnmatch_lines([f"{count}/4 tests collected*"])
