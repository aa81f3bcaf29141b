"""What every source of frames is to the rest of Numcam. Knows no camera, stream or file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Protocol, Self

from live.records import Frame


class FrameSource(Protocol):
    """Frames from anywhere: a context manager to be iterated over once."""

    name: str
    """What a person would call it; never with a password."""
    note: str | None
    """One line to tell the user at the start, or None."""
    trouble: str | None
    """One line while frames stay away and the source tries to come back, else None."""
    on_wait: Callable[[], None]
    """Called about twenty times a second while the next frame is awaited, so that keys are answered; it may close()."""

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

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def __iter__(self) -> Iterator[Frame]: ...

    def close(self) -> None:
        """Stop and let go of the device or file; iteration ends. May be called again, and from `on_wait`."""
        ...


class Source(ABC):
    """What the sources have in common: the block that closes them, and what they tell."""

    still: bool = False

    def __init__(self, name: str) -> None:
        self.name = name
        self.note: str | None = None
        self.trouble: str | None = None
        self.on_wait: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    @abstractmethod
    def __next__(self) -> Frame:
        """The next frame, waited for; StopIteration at the end or after close()."""

    @abstractmethod
    def close(self) -> None:
        """Stop and let go."""
