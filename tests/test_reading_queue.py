"""The queue that shares the reader among clients: in turn, bounded, and without what its clients left."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from live.web.limits import Places, Rate, Rates
from live.web.reading_queue import BusyError, ReadingQueue, Turn


@pytest.fixture
def queue() -> Iterator[ReadingQueue]:
    """A queue with one thread, so that the order of its work is known."""
    made = ReadingQueue(threads=1)
    yield made
    assert made.close()


def test_clients_take_turns_however_much_each_wants(queue: ReadingQueue) -> None:
    done: list[str] = []
    begin = threading.Event()

    async def run() -> None:
        first = asyncio.create_task(queue.run(Turn(), begin.wait))
        await asyncio.sleep(0.05)  # it has the thread
        much, little = Turn(most=10), Turn()
        wanted = [queue.run(much, partial(done.append, f"much {n}")) for n in range(4)]
        tasks = [asyncio.create_task(one) for one in (*wanted, queue.run(little, lambda: done.append("little")))]
        await asyncio.sleep(0.05)
        assert queue.waiting == 5
        begin.set()
        await asyncio.gather(first, *tasks)

    asyncio.run(run())
    assert done == ["much 0", "little", "much 1", "much 2", "much 3"]
    assert queue.waiting == 0


def test_one_client_is_never_read_by_two_threads() -> None:
    queue, turn = ReadingQueue(threads=4), Turn(most=100)
    inside, most = 0, 0

    def work() -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        threading.Event().wait(0.002)
        inside -= 1

    async def run() -> None:
        await asyncio.gather(*(queue.run(turn, work) for _ in range(40)))

    asyncio.run(run())
    assert queue.close()
    assert most == 1


def test_too_much_work_is_refused_and_what_is_given_up_is_not_done(queue: ReadingQueue) -> None:
    begin, done = threading.Event(), []

    async def run() -> None:
        first = asyncio.create_task(queue.run(Turn(), begin.wait))
        await asyncio.sleep(0.05)
        turn = Turn(most=1)
        gone = asyncio.create_task(queue.run(turn, lambda: done.append("gone")))
        await asyncio.sleep(0)
        with pytest.raises(BusyError):
            await queue.run(turn, lambda: None)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        kept = asyncio.create_task(queue.run(turn, lambda: done.append("kept")))
        begin.set()
        await asyncio.gather(first, kept)

    asyncio.run(run())
    assert done == ["kept"]


def test_an_error_is_raised_where_the_work_was_asked_for(queue: ReadingQueue) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(queue.run(Turn(), fail))
    assert asyncio.run(queue.run(Turn(), lambda: 4711)) == 4711


def test_rates_fill_again_and_places_are_given_back() -> None:
    now = 0.0
    rate = Rate(2.0, 3.0, clock=lambda: now)
    assert [rate.take() for _ in range(4)] == [True, True, True, False]
    now = 0.5
    assert [rate.take() for _ in range(2)] == [True, False]
    rates = Rates(1.0, 1.0, clock=lambda: now)
    assert [rates.take(client) for client in ("a", "b", "a")] == [True, True, False]
    places = Places(of_one=1, of_all=2)
    with (
        places.place("a") as first,
        places.place("a") as second,
        places.place("b") as third,
        places.place("c") as fourth,
    ):
        assert (first, second, third, fourth) == (True, False, True, False)
        assert places.count == 2
    assert places.count == 0
