"""Defines the interface of all frame sources; knows no camera, stream or file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from live.core.records import Frame

WAKE_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class Remark:
    """One line that a source reports while it runs."""

    text: str
    is_failure: bool
    """Whether requested input could not be read; the exit code then reports it."""


class FrameSource(Protocol):
    """A source of frames: a context manager that is polled for the next frame."""

    name: str
    """The name for messages, without a password."""
    note: str | None
    """One line to show the user at the start, or None."""

    @property
    def width(self) -> int:
        """Width of the frames as delivered, px."""
        ...

    @property
    def height(self) -> int:
        """Height of the frames as delivered, px."""
        ...

    @property
    def fps(self) -> float | None:
        """Frames per second, if known; None for pictures, and for streams until it has been measured."""
        ...

    @property
    def still(self) -> bool:
        """Whether the frames are independent pictures, each read separately."""
        ...

    @property
    def ended(self) -> bool:
        """Whether the source has no more frames."""
        ...

    @property
    def live(self) -> bool:
        """Whether frames arrive in real time; `captured_at` is then `time.perf_counter()`."""
        ...

    @property
    def captured(self) -> int:
        """The number of frames so far, returned or skipped."""
        ...

    @property
    def left_out(self) -> int:
        """The number of frames skipped so far because they, or a reference frame of theirs, were damaged."""
        ...

    @property
    def lost_s(self) -> float | None:
        """Seconds since the last frame while the source reconnects; None while it is connected."""
        ...

    def poll(self, wait_s: float = WAKE_EVERY_S) -> Frame | None:
        """Wait up to `wait_s` seconds for the next frame; None if none is due yet, or the source has ended.

        Raises SourceError if the source is permanently lost.
        """
        ...

    def take_remarks(self) -> list[Remark]:
        """The remarks since the last call."""
        ...

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def __iter__(self) -> Iterator[Frame]: ...

    def close(self) -> None:
        """Stop, and release the device or file. May be called more than once."""
        ...


class Source(ABC):
    """Base class of the sources: context manager, remarks and iteration."""

    still: bool = False
    live: bool = False

    def __init__(self, name: str) -> None:
        self.name = name
        self.note: str | None = None
        self._remarks: list[Remark] = []

    @property
    def lost_s(self) -> float | None:
        """None: only live sources can be lost."""
        return None

    def remark(self, remark: Remark) -> None:
        """Add a remark, which is reported once."""
        self._remarks.append(remark)

    def take_remarks(self) -> list[Remark]:
        """The remarks since the last call."""
        remarks, self._remarks = self._remarks, []
        return remarks

    @property
    def left_out(self) -> int:
        """The number of damaged frames skipped: 0 unless a subclass counts them."""
        return 0

    @property
    @abstractmethod
    def captured(self) -> int:
        """The number of frames so far."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[Frame]:
        """All frames; blocks until each one is available."""
        while not self.ended:
            frame = self.poll()
            if frame is not None:
                yield frame

    @property
    @abstractmethod
    def ended(self) -> bool:
        """Whether the source has no more frames."""

    @abstractmethod
    def poll(self, wait_s: float = WAKE_EVERY_S) -> Frame | None:
        """Wait up to `wait_s` seconds for the next frame."""

    @abstractmethod
    def close(self) -> None:
        """Stop and release."""
