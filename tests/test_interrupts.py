"""Signals that end a program: raised or held, once or insisted on. What a whole run does with them: test_main.py, test_app.py."""

from __future__ import annotations

import signal
import sys
import time

import pytest

from live.run.interrupts import CLOSING_S, Interrupts

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="raise_signal ends a Windows program")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that Interrupts sees, to be set on."""
    now = [time.monotonic()]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_a_second_signal_does_not_disturb_the_closing_of_files() -> None:
    closed = []
    with pytest.raises(KeyboardInterrupt), Interrupts():
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGTERM)
            closed.append("every file")
    assert closed == ["every file"]


@pytest.mark.parametrize("held", [False, True])
def test_who_insists_is_heard(clock: list[float], held: bool) -> None:
    heard = []
    with Interrupts() as interrupts:
        if held:
            interrupts.hold()
        assert not interrupts.asked
        for later_s in (0.0, CLOSING_S / 2, CLOSING_S):
            clock[0] += later_s
            try:
                signal.raise_signal(signal.SIGINT)
            except KeyboardInterrupt:
                heard.append(later_s)
            assert interrupts.asked
    assert heard == ([CLOSING_S] if held else [0.0, CLOSING_S])


def test_signals_mean_afterwards_what_they_meant_before() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    with Interrupts():
        assert signal.getsignal(signal.SIGTERM) != before[0]
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


def test_a_run_that_is_to_outlive_its_terminal_does() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interrupts() as interrupts:
            signal.raise_signal(signal.SIGHUP)
            assert not interrupts.asked
    finally:
        signal.signal(signal.SIGHUP, before)
