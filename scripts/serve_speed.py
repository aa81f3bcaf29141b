"""Measure how many answers a second the web server gives, and after what delay. Judges nothing.

    python -m scripts.serve_speed --seconds 10

Starts `python -m live serve`, and clients in a process of their own: one, then four at once. Each sends a moving page of 20
digits, 640x480 as JPEG, through the WebSocket, two frames under way, as the page in the browser does. Before and after, the
same frames are read without a server, in one thread: on a busy machine the ratio tells more than the figures. Needs the extra
`web`.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import numpy as np

from live.core.errors import ServeError
from live.core.settings import Settings
from live.core.terminal import tell
from live.web.serving import Serving
from scripts.benchmark import page_of
from scripts.command_line import run_script, script_parser

SIZE = (640, 480)
DIGITS = 20
FRAMES = 30
REACH_PX = 10.0
"""The page moves by up to this many px to either side, so that every frame is read."""
UNDER_WAY = 2
CLIENTS = (1, 4)


@dataclass(frozen=True, slots=True)
class Answers:
    """What one client got."""

    a_second: float
    delay_ms: float
    """The median, from sending a frame to its answer."""


@contextmanager
def server() -> Iterator[str]:
    """A server on a free port: the address of its WebSocket. Raises ServeError."""
    command = [sys.executable, "-m", "live", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                found = re.search(r"http://(\S+)", line)
                if found is not None:
                    yield f"ws://{found[1]}api/live"
                    return
            raise ServeError("The server didn't start. Type: python -m live serve")
        finally:
            process.terminate()


def frames() -> list[bytes]:
    """A page that moves, as JPEGs."""
    page = page_of(*SIZE, DIGITS, seed=1)
    found = []
    for number in range(FRAMES):
        shift = np.array([[1, 0, REACH_PX * np.sin(2 * np.pi * number / FRAMES)], [0, 1, 0]])
        moved = cv2.warpAffine(page, shift, SIZE, borderMode=cv2.BORDER_REPLICATE)
        found.append(cv2.imencode(".jpg", moved, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes())
    return found


async def ask(address: str, pictures: list[bytes], seconds: float) -> Answers:
    """One client, for so many seconds."""
    from websockets.asyncio.client import connect

    delays: list[float] = []
    sent: dict[int, float] = {}
    async with connect(address, compression=None) as connection:
        end, index = time.perf_counter() + seconds, 0
        while time.perf_counter() < end:
            while len(sent) < UNDER_WAY:
                await connection.send(pictures[index % len(pictures)])
                sent[index] = time.perf_counter()
                index += 1
            answer = json.loads(await connection.recv())
            delays.append(1000 * (time.perf_counter() - sent[answer["frame"]]))
            sent = {frame: at for frame, at in sent.items() if frame > answer["frame"]}
    return Answers(len(delays) / seconds, statistics.median(delays))


def clients(address: str, count: int, seconds: float) -> list[Answers]:
    """Several clients at once."""
    pictures = frames()

    async def all_of_them() -> list[Answers]:
        return list(await asyncio.gather(*(ask(address, pictures, seconds) for _ in range(count))))

    return asyncio.run(all_of_them())


def alone(seconds: float) -> float:
    """Frames decoded, read and tracked without a server in one thread, a second."""
    serving = Serving.of(Settings())
    reading, pictures = serving.new_live_reading(), frames()
    reading.read(pictures[0], 0, 0.0)
    begin, index = time.perf_counter(), 0
    while time.perf_counter() - begin < seconds:
        index += 1
        reading.read(pictures[index % len(pictures)], index, index / 30)
    serving.close()
    return index / (time.perf_counter() - begin)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    parser = script_parser("scripts.serve_speed", __doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="duration of each measurement (%(default)s)")
    seconds = parser.parse_args(arguments).seconds
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        floors = [pool.apply(alone, (seconds,))]
    lines = []
    with server() as address, context.Pool(1) as pool:
        pool.apply(clients, (address, 1, 1.0))  # warms up
        for count in CLIENTS:
            found = pool.apply(clients, (address, count, seconds))
            lines.append((count, sum(one.a_second for one in found), min(found, key=lambda one: one.a_second)))
    with context.Pool(1) as pool:
        floors.append(pool.apply(alone, (seconds,)))
    floor = sum(floors) / 2
    tell(f"Without a server: {floors[0]:.1f} and {floors[1]:.1f} frames a second")
    for count, together, slowest in lines:
        tell(
            f"{count} {'client' if count == 1 else 'clients'}: {together:.1f} answers a second together ({together / floor:.2f} "
            f"times that), the slowest {slowest.a_second:.1f}, its median delay {slowest.delay_ms:.0f} ms"
        )
    return 0


if __name__ == "__main__":
    run_script(main)
