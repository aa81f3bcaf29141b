"""What conftest.py does for all tests, itself tested in small runs of pytest."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.mark.logs_errors  # those of the small run reach this one too
def test_a_logged_error_fails_a_test_unless_it_is_marked(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(Path(__file__).with_name("conftest.py").read_text(encoding="utf-8"))
    pytester.makeini("[pytest]\nmarkers = logs_errors: may log one")
    pytester.makepyfile(
        """
        import logging
        import pytest

        def test_logs_an_error():
            logging.getLogger("camera").error("the cable is gone")

        def test_logs_a_warning():
            logging.getLogger("camera").warning("the cable is loose")

        @pytest.mark.logs_errors
        def test_is_about_an_error():
            logging.getLogger("camera").error("the cable is gone")
        """
    )
    outcome = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    outcome.assert_outcomes(passed=3, errors=1)
    outcome.stdout.fnmatch_lines(["*the cable is gone*"])


def test_tests_are_marked_by_what_they_use(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(Path(__file__).with_name("conftest.py").read_text(encoding="utf-8"))
    pytester.makeini("[pytest]\nmarkers =\n    logs_errors: may log one\n    window: a display\n    posix: POSIX")
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
