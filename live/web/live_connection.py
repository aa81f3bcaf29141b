"""One live connection: frames come in, numbers go out, and only the newest frame is read. Knows no picture and no reader."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from fastapi import WebSocket, WebSocketDisconnect

from live.core.errors import NumcamError
from live.web.limits import Rate
from live.web.reading_queue import BusyError, ReadingQueue, Turn

Read = Callable[[bytes, int, float], dict[str, Any]]
"""Reads a frame: its bytes, how many messages came before it, and when it was received, seconds."""
GOING_AWAY, UNSUPPORTED, POLICY, FAULT = 1001, 1003, 1008, 1011
"""Codes of RFC 6455, 7.4.1."""
GONE = (WebSocketDisconnect, RuntimeError)
"""What sending raises once the other side is gone, or the connection is closed."""
OLDEST_S = 1800.0
"""A connection that sends nothing for half an hour is closed: its place may be wanted."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """The newest frame, which waits to be read."""

    content: bytes
    index: int
    received_at: float


@dataclass(slots=True, eq=False)
class LiveConnection:
    """Receives while the last frame is read: what comes meanwhile replaces what waits, so memory is bounded."""

    socket: WebSocket
    queue: ReadingQueue
    read: Read
    rate: Rate
    most_bytes: int
    on_answer: Callable[[float, bool, int], None] = lambda *_: None
    """Called with the delay in seconds, whether the frame was read, and how many were dropped since the last answer."""
    _newest: deque[_Waiting] = field(default_factory=lambda: deque(maxlen=1))
    """A new frame replaces the one that waits. Two threads use it, and each of its operations is atomic."""
    _came: asyncio.Event = field(default_factory=asyncio.Event)
    _received: int = 0
    _dropped: int = 0

    async def serve(self) -> Exception | None:
        """Receive and answer until either side ends. Returns a fault of Numcam's own, which ends the connection too."""
        tasks = [asyncio.create_task(self._answer_all()), asyncio.create_task(self._receive_all())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        faults = [end for end in ends if isinstance(end, Exception) and not isinstance(end, GONE)]
        if not faults:
            return None
        with suppress(*GONE):
            await self.socket.close(FAULT, "Something went wrong inside Numcam.")
        return faults[0]

    async def _receive_all(self) -> None:
        """Keep the newest frame; ends with the connection. Raises WebSocketDisconnect."""
        while True:
            try:
                async with asyncio.timeout(OLDEST_S):
                    message = await self.socket.receive()
            except TimeoutError:
                await self.socket.close(GOING_AWAY, "No frame came for half an hour.")
                return
            if message["type"] == "websocket.disconnect":
                return
            content = message.get("bytes")
            if content is None:
                await self.socket.close(UNSUPPORTED, "Send each frame as a binary message: a JPEG, WebP or PNG.")
                return
            if not self.rate.take():
                await self.socket.close(POLICY, "Too many frames. Send the next one when the last is answered.")
                return
            self._dropped += len(self._newest)
            self._newest.append(_Waiting(content, self._received, time.monotonic()))
            self._received += 1
            self._came.set()

    async def _answer_all(self) -> None:
        """Read the newest frame whenever there is one, and send its numbers."""
        turn = Turn()
        while True:
            await self._came.wait()
            self._came.clear()
            if not self._newest:  # it came while the one before waited for its turn, and was read in its place
                continue
            try:
                answer, received_at = await self.queue.run(turn, self._read_newest)
            except BusyError:  # the server ends
                return
            delay_s = time.monotonic() - received_at
            dropped, self._dropped = self._dropped, 0
            answer |= {"dropped": dropped, "delay_ms": round(1000 * delay_s, 1)}
            await self.socket.send_text(json.dumps(answer, separators=(",", ":")))
            self.on_answer(delay_s, "error" not in answer, dropped)

    def _read_newest(self) -> tuple[dict[str, Any], float]:
        """Read the frame that is the newest now, in a thread of the queue: its answer, and when it was received."""
        taken = self._newest.popleft()
        if len(taken.content) > self.most_bytes:
            return _failed(
                taken, f"The frame is larger than {self.most_bytes / 1e6:g} MB. Send smaller ones."
            ), taken.received_at
        try:
            return self.read(taken.content, taken.index, taken.received_at), taken.received_at
        except NumcamError as error:
            return _failed(taken, str(error)), taken.received_at


def _failed(frame: _Waiting, line: str) -> dict[str, Any]:
    """The answer to a frame that can't be read."""
    return {"frame": frame.index, "error": line}
