"""One live connection with a socket of the test's own: only the newest frame is read, and a fault ends it."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any, cast

import pytest

pytest.importorskip("fastapi", reason="the extra `web` is not installed")
from fastapi import WebSocket

from live.core.errors import SourceError
from live.web.limits import Rate
from live.web.live_connection import LiveConnection, Read
from live.web.reading_queue import ReadingQueue


class Socket:
    """In the place of a WebSocket: what it receives is put into a queue, what is sent is kept."""

    def __init__(self) -> None:
        self.received: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.sent: list[dict[str, Any]] = []
        self.closed: tuple[int, str] | None = None

    async def receive(self) -> dict[str, Any]:
        return await self.received.get()

    async def send_text(self, text: str) -> None:
        self.sent.append(json.loads(text))

    async def close(self, code: int, reason: str) -> None:
        self.closed = code, reason


async def after(read: Read, frames: list[bytes], socket: Socket, answers: int) -> Exception | None:
    """Send all frames at once, wait for so many answers, and go away."""
    queue = ReadingQueue(threads=1)
    connection = LiveConnection(cast(WebSocket, socket), queue, read, Rate(1000, 1000), 10)
    task = asyncio.create_task(connection.serve())
    for frame in frames:
        socket.received.put_nowait({"type": "websocket.receive", "bytes": frame})
    for _ in range(500):
        await asyncio.sleep(0.01)
        if len(socket.sent) >= answers or task.done():
            break
    socket.received.put_nowait({"type": "websocket.disconnect"})
    fault = await task
    assert queue.close()
    return fault


def test_only_the_newest_frame_is_read() -> None:
    socket = Socket()
    read: list[int] = []
    slow = threading.Event()

    def read_slowly(_content: bytes, index: int, _at: float) -> dict[str, Any]:
        read.append(index)
        slow.wait(0.05)
        return {"frame": index}

    assert asyncio.run(after(read_slowly, [b"x"] * 50, socket, 2)) is None
    assert read[-1] == 49
    assert len(read) <= 3
    assert [answer["frame"] for answer in socket.sent] == read
    assert sum(answer["dropped"] for answer in socket.sent) == 50 - len(read)


def test_a_frame_that_is_too_large_or_no_picture_is_told() -> None:
    socket = Socket()

    def refuse(_content: bytes, index: int, _at: float) -> dict[str, Any]:
        raise SourceError(f"{index} is no picture.")

    assert asyncio.run(after(refuse, [b"small"], socket, 1)) is None
    assert socket.sent[0]["error"] == "0 is no picture."
    other = Socket()  # a queue belongs to one event loop
    assert asyncio.run(after(refuse, [b"longer than ten bytes"], other, 1)) is None
    assert "larger than" in other.sent[0]["error"]


def test_a_fault_ends_the_connection_and_is_told() -> None:
    socket = Socket()

    def fail(*_: object) -> dict[str, Any]:
        raise ZeroDivisionError

    assert isinstance(asyncio.run(after(fail, [b"x"], socket, 1)), ZeroDivisionError)
    assert socket.closed == (1011, "Something went wrong inside Numcam.")
