"""Jobs beside the loop: a few at once, the newest kept, and a limit at the end."""

from __future__ import annotations

import threading
import time

from live.outputs.job_queue import JobQueue
from tests.xvfb_display import wait_for


def test_all_is_done_in_its_order_before_the_end() -> None:
    done: list[int] = []
    errands = JobQueue(done.append, at_once=1, most_waiting=100)
    assert sum(errands.submit(job) for job in range(20)) == 0
    assert errands.close(30) == (0, 0)
    assert done == list(range(20))


def test_the_newest_are_kept_and_what_is_dropped_is_counted() -> None:
    done: list[int] = []
    go = threading.Event()

    def slow(job: int) -> None:
        go.wait(30)
        done.append(job)

    errands = JobQueue(slow, at_once=1, most_waiting=2)
    errands.submit(0)
    wait_for(lambda: errands._busy == 1)
    assert [errands.submit(job) for job in (1, 2, 3, 4)] == [0, 0, 1, 1]
    go.set()
    assert errands.close(30) == (0, 0)
    errands.join(30)
    assert done == [0, 3, 4]


def test_so_many_at_once_and_no_more() -> None:
    together = threading.Barrier(3)
    most = 0
    busy = 0
    lock = threading.Lock()

    def meet(_: int) -> None:
        nonlocal most, busy
        with lock:
            busy += 1
            most = max(most, busy)
        together.wait(30)
        with lock:
            busy -= 1

    errands = JobQueue(meet, at_once=3, most_waiting=100)
    for job in range(9):
        errands.submit(job)
    assert errands.close(60) == (0, 0)
    assert most == 3


def test_the_end_waits_no_longer_than_it_may_and_tells_what_is_left() -> None:
    go = threading.Event()

    def slow(_: int) -> None:
        go.wait(30)

    errands = JobQueue(slow, at_once=1, most_waiting=10)
    for job in range(4):
        errands.submit(job)
    wait_for(lambda: errands._busy == 1)
    began = time.monotonic()
    assert errands.close(0.2) == (1, 3)
    assert time.monotonic() - began < 5
    go.set()
    errands.join(30)
    assert errands.close(0) == (0, 0), "what had not begun never will"


def test_nothing_to_do_needs_no_thread() -> None:
    before = threading.active_count()
    assert JobQueue(print, at_once=4, most_waiting=4).close(1) == (0, 0)
    assert threading.active_count() == before
