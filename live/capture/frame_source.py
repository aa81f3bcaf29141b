"""What every source of frames is to the rest of Numcam. Knows no camera, stream or file."""

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
    """One line that a source has to tell on the way."""

    text: str
    is_failure: bool
    """Whether something that was asked for wasn't read, which the exit code is to tell."""


class FrameSource(Protocol):
    """Frames from anywhere: a context manager, asked again and again for the next frame."""

    name: str
    """What a person would call it; never with a password."""
    note: str | None
    """One line to tell the user at the start, or None."""

    @property
    def width(self) -> int:
        """Width of the frames as they really come, px."""
        ...

    @property
    def height(self) -> int:
        """Height, px."""
        ...

    @property
    def fps(self) -> float | None:
        """Frames a second, as far as it is known; None for pictures, and for streams until it has been measured."""
        ...

    @property
    def still(self) -> bool:
        """Whether the frames are independent pictures, each to be read for itself."""
        ...

    @property
    def ended(self) -> bool:
        """Whether no frame will come any more."""
        ...

    @property
    def live(self) -> bool:
        """Whether frames come as they happen: `captured_at` is then `time.perf_counter()`."""
        ...

    @property
    def captured(self) -> int:
        """How many frames have come so far, given or left out."""
        ...

    @property
    def left_out(self) -> int:
        """How many frames so far were damaged, or built on damaged ones, and so not given."""
        ...

    @property
    def lost_s(self) -> float | None:
        """Seconds since the last frame, while the source tries to come back; None while all is well."""
        ...

    def poll(self, wait_s: float = WAKE_EVERY_S) -> Frame | None:
        """The next frame, waited for up to `wait_s` seconds; None where none is due yet, or none will come.

        Raises SourceError where the source is gone for good.
        """
        ...

    def take_remarks(self) -> list[Remark]:
        """What there is to tell since this was last asked."""
        ...

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def __iter__(self) -> Iterator[Frame]: ...

    def close(self) -> None:
        """Stop, and release the device or file. May be called again."""
        ...


class Source(ABC):
    """What the sources have in common: the block that closes them, what they tell, and frames one after the other."""

    still: bool = False
    live: bool = False

    def __init__(self, name: str) -> None:
        self.name = name
        self.note: str | None = None
        self._remarks: list[Remark] = []

    @property
    def lost_s(self) -> float | None:
        """Files are never lost."""
        return None

    def remark(self, remark: Remark) -> None:
        """Have a line told, once."""
        self._remarks.append(remark)

    def take_remarks(self) -> list[Remark]:
        """What there is to tell since this was last asked."""
        remarks, self._remarks = self._remarks, []
        return remarks

    @property
    def left_out(self) -> int:
        """Pictures and cameras give whole frames alone."""
        return 0

    @property
    @abstractmethod
    def captured(self) -> int:
        """How many frames have come so far."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[Frame]:
        """All frames, each waited for: where there is nothing else to do meanwhile."""
        while not self.ended:
            frame = self.poll()
            if frame is not None:
                yield frame

    @property
    @abstractmethod
    def ended(self) -> bool:
        """Whether no frame will come any more."""

    @abstractmethod
    def poll(self, wait_s: float = WAKE_EVERY_S) -> Frame | None:
        """The next frame, waited for up to `wait_s` seconds."""

    @abstractmethod
    def close(self) -> None:
        """Stop and release."""
