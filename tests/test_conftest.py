"""The rule that a logged error fails a test, itself tested in a small run of pytest."""

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
