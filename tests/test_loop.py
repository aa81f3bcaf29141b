"""The loop, with a source and a window made by hand and a reader that reads what it is told: every way a run may end."""

from __future__ import annotations

import json
import math
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Any, ClassVar, Self

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from live.capture.frame_source import Source
from live.capture.sources import DEMO_NAME
from live.core.errors import OutputError, SourceError
from live.core.keys import Key
from live.core.records import Frame, Number
from live.core.results import TrackedNumber
from live.core.settings import Settings
from live.outputs import run_outputs as outputs
from live.outputs.clipboard import Clipboard
from live.outputs.events import Event
from live.run import loop as app
from live.run import run_streams
from live.run.interrupts import Interrupts
from live.run.loop import RunSummary, event_line, run
from tests.fake_readers import FakePageReader
from tests.results import number_at, paper

FPS = 30


class Clip(Source):
    """So many frames, each with its index in its first pixel; `before` is called before each."""

    def __init__(self, frames: int = 10, *, still: bool = False, name: str = "by hand") -> None:
        super().__init__(name)
        self.still = still
        self.width, self.height, self.fps = 320, 240, float(FPS)
        self.frames = frames
        self.closed = 0
        self.before: Callable[[int], None] = lambda _: None
        self._index = 0

    @property
    def captured(self) -> int:
        """All that were given."""
        return self._index

    @property
    def ended(self) -> bool:
        """Whether all were given."""
        return bool(self.closed) or self._index >= self.frames

    def poll(self, _wait_s: float = 0.0) -> Frame | None:
        """The next frame, at once."""
        index = self._index
        if self.ended:
            return None
        self.before(index)
        self._index += 1
        image = paper((self.width, self.height))
        image[0, 0] = index % 256
        return Frame(image, index, index / FPS, f"page{index}.png" if self.still else self.name)

    def close(self) -> None:
        """Note that it was closed."""
        self.closed += 1


class ToldReader(FakePageReader):
    """Reads on each frame what the test wants it to."""

    reads: Callable[[int], Sequence[Number]] = staticmethod(lambda _: (number_at("4711", (50, 80)),))

    def numbers_on(self, image: NDArray[np.uint8]) -> Sequence[Number]:
        """What is written on the frame, by its index."""
        return type(self).reads(int(image[0, 0, 0]))


class KeyedWindow:
    """A window whose keys come from a script: after so many pictures, that key."""

    script: ClassVar[dict[int, Key]] = {}
    shown: ClassVar[list[NDArray[np.uint8]]] = []
    open = 0

    def __init__(self, _title: str) -> None:
        self.closed = False
        self._script = dict(type(self).script)

    def __enter__(self) -> Self:
        KeyedWindow.open += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        KeyedWindow.open -= 1

    def show(self, picture: NDArray[np.uint8]) -> None:
        """Remember the picture."""
        KeyedWindow.shown.append(picture)

    def fit_again(self) -> None:
        """Nothing to fit."""

    def poll_key(self, _wait_ms: int = 1) -> Key | None:
        """The key that is due."""
        return self._script.pop(len(KeyedWindow.shown), None)


class NoDisplay:
    """A machine without a screen."""

    def reason(self) -> str | None:
        """Why not."""
        return "DISPLAY is not set"


class Display:
    """A machine with a screen."""

    def reason(self) -> str | None:
        """No reason."""
        return None


class Stage:
    """A run with everything by hand, and what it said."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.notes: list[str] = []
        self.told: list[str] = []
        self.opened: list[Clip] = []
        self._clip: Callable[[], Clip] = Clip
        monkeypatch.setattr(run_streams, "open_source", self._open)
        monkeypatch.setattr(run_streams, "open_reader", ToldReader)
        monkeypatch.setattr(app, "open_classifier", lambda *_: SimpleNamespace(classes=11))
        monkeypatch.setattr(app, "Window", KeyedWindow)
        monkeypatch.setattr(app, "DisplayCheck", NoDisplay)
        monkeypatch.setattr(KeyedWindow, "script", {})
        monkeypatch.setattr(KeyedWindow, "shown", [])
        self._monkeypatch = monkeypatch

    def _open(self, *_: Any, **__: Any) -> Clip:
        self.opened.append(self._clip())
        return self.opened[-1]

    def reads(self, numbers: Callable[[int], Sequence[Number]]) -> None:
        """What is written on the frame of each index."""
        self._monkeypatch.setattr(ToldReader, "reads", staticmethod(numbers))

    def keys(self, script: dict[int, Key]) -> None:
        """There is a screen, and keys are pressed once so many pictures were shown."""
        self._monkeypatch.setattr(app, "DisplayCheck", Display)
        self._monkeypatch.setattr(KeyedWindow, "script", script)

    def run(self, clip: Callable[[], Clip] = Clip, interrupts: Interrupts | None = None, **options: Any) -> RunSummary:
        """One run; the clip is opened as often as the run asks for it."""
        self._clip = clip
        return run(Settings(**options), say=self.notes.append, tell=self.told.append, interrupts=interrupts)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Stage]:
    """A stage in a folder of its own; whatever happens on it, everything is closed in the end."""
    monkeypatch.chdir(tmp_path)
    stage = Stage(monkeypatch)
    yield stage
    assert KeyedWindow.open == 0
    assert all(clip.closed for clip in stage.opened)


def frames_in(path: str) -> int:
    """Frames that a player finds in a recording."""
    with av.open(path) as container:
        return len(list(container.decode(video=0)))


def test_what_was_read_is_told_once_and_summed_up(stage: Stage) -> None:
    summary = stage.run(lambda: Clip(10), headless=True)
    assert stage.told[0] == "0:00.0  read 4711      95 %"
    assert len(stage.told) == 2
    assert stage.told[-1].startswith("10 frames in ")
    assert stage.told[-1].endswith("1 number read.")
    assert (summary.frames, summary.numbers, summary.interrupted, summary.files) == (10, 1, False, [])
    assert stage.notes == []


def test_a_change_is_told_as_one(stage: Stage) -> None:
    stage.reads(lambda index: (number_at("4711" if index < 30 else "4811", (50, 80)),))
    stage.run(lambda: Clip(75), headless=True)
    assert [line.split()[1:3] for line in stage.told[:-1]] == [["read", "4711"], ["now", "4811"]]


def test_all_the_files_of_a_run(stage: Stage) -> None:
    summary = stage.run(lambda: Clip(12), headless=True, record="r.mp4", log="l.jsonl", log_frames="f.jsonl")
    assert sorted(path.name for path in summary.files) == ["f.jsonl", "l.jsonl", "r.mp4"]
    assert all(path.name in stage.told[-1] for path in summary.files)
    assert frames_in("r.mp4") == 12
    assert [json.loads(line)["frame"] for line in Path("f.jsonl").read_text().splitlines()] == list(range(12))
    assert json.loads(Path("l.jsonl").read_text())["text"] == "4711"


def test_without_a_display_it_says_so_and_goes_on(stage: Stage) -> None:
    assert stage.run(lambda: Clip(5)).frames == 5
    assert stage.notes == ["No window here: DISPLAY is not set. Going on without one (--headless asks for that)."]


def test_the_sources_note_is_told(stage: Stage) -> None:
    def noted() -> Clip:
        clip = Clip(2)
        clip.note = "No camera found: playing the built-in clip."
        return clip

    stage.run(noted, headless=True)
    assert stage.notes == ["No camera found: playing the built-in clip."]


def test_each_picture_is_read_for_itself_and_at_once(stage: Stage) -> None:
    texts: tuple[list[str], ...] = (["12", "7"], [], ["12"])
    stage.reads(lambda index: [number_at(text, (40, 40 + 60 * k)) for k, text in enumerate(texts[index])])
    summary = stage.run(lambda: Clip(3, still=True), headless=True, log="l.jsonl")
    assert [line.split()[:3] for line in stage.told[:-1]] == [
        ["page0.png", "read", "12"],
        ["page0.png", "read", "7"],
        ["page2.png", "read", "12"],
    ]
    assert summary.numbers == 3
    events = [json.loads(line) for line in Path("l.jsonl").read_text().splitlines()]
    assert [(event["event"], event["source"]) for event in events] == [
        ("appeared", "page0.png"),
        ("appeared", "page0.png"),
        ("appeared", "page2.png"),
    ]


def test_limits_end_a_run(stage: Stage) -> None:
    assert stage.run(lambda: Clip(10**9), headless=True, max_frames=7).frames == 7
    began = time.monotonic()
    summary = stage.run(lambda: Clip(10**9), headless=True, max_seconds=0.3)
    assert summary.frames > 0
    assert time.monotonic() - began < 30


def test_a_limit_of_time_holds_while_no_frame_comes(stage: Stage) -> None:
    class Silent(Clip):
        def poll(self, wait_s: float = 0.0) -> Frame | None:
            time.sleep(wait_s)
            return None

    assert stage.run(Silent, headless=True, max_seconds=0.1).frames == 0
    assert stage.told == [], "no frame, nothing to sum up"


def breaking(error: BaseException) -> Callable[[], Clip]:
    """A clip that breaks at its sixth frame."""

    def clip() -> Clip:
        def before(index: int) -> None:
            if index == 5:
                raise error

        made = Clip(20)
        made.before = before
        return made

    return clip


@pytest.mark.parametrize("error", [SourceError("camera 0 is gone"), RuntimeError("a bug")])
def test_an_error_in_the_middle_leaves_files_that_play_and_a_summary(stage: Stage, error: Exception) -> None:
    with pytest.raises(type(error), match=str(error)):
        stage.run(breaking(error), headless=True, record="r.mp4", log="l.csv")
    assert stage.told[-1].startswith("5 frames in ")
    assert "r.mp4" in stage.told[-1]
    assert frames_in("r.mp4") == 5


@pytest.mark.skipif(sys.platform == "win32", reason="raise_signal ends a Windows program")
@pytest.mark.parametrize("headless", [True, False])
def test_a_signal_in_the_middle_of_a_frame_ends_the_run_without_it_and_all_files_in_step(
    stage: Stage, headless: bool
) -> None:
    def interrupted() -> Clip:
        clip = Clip(10**9)
        clip.before = lambda index: signal.raise_signal(signal.SIGTERM) if index == 5 else None
        return clip

    with Interrupts() as interrupts:
        summary = stage.run(interrupted, interrupts, headless=headless, record="r.mp4", log_frames="f.jsonl")
    assert (summary.interrupted, summary.frames, frames_in("r.mp4")) == (True, 5, 5)
    assert len(Path("f.jsonl").read_text().splitlines()) == 5


def test_an_interrupted_run_is_summed_up_as_any_other(stage: Stage) -> None:
    summary = stage.run(breaking(KeyboardInterrupt()), headless=True, record="r.mp4")
    assert summary.interrupted
    assert stage.told[-1].startswith("5 frames in ")
    assert frames_in("r.mp4") == 5


def test_an_output_that_can_not_be_written_leaves_nothing_half_done(stage: Stage, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no folder"):
        stage.run(headless=True, log="l.csv", log_frames="f.jsonl", record="none/r.mp4")
    assert list(tmp_path.iterdir()) == []
    assert stage.told == []


def test_a_log_that_fails_is_told_once_and_reading_goes_on(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()

    def removed() -> Clip:
        clip = Clip(12)
        clip.before = lambda index: (tmp_path / "logs").rmdir() if index == 0 else None
        return clip

    summary = stage.run(removed, headless=True, log="logs/l.csv", log_frames="f.jsonl", record="r.mp4")
    assert stage.notes == ["There is no folder logs to write l.csv into: make it first. Reading goes on without it."]
    assert (summary.frames, summary.numbers, summary.failed) == (12, 1, True)
    assert frames_in("r.mp4") == 12
    assert len(Path("f.jsonl").read_text().splitlines()) == 12, "the other log goes on"


def test_a_command_is_run_for_each_number_and_each_change(stage: Stage, tmp_path: Path) -> None:
    stage.reads(lambda index: (number_at("4711" if index < 30 else "4811", (50, 80)),))
    script = "import os; e = os.environ; open(e['NUMCAM_NUMBER'], 'w').write(e['NUMCAM_EVENT'] + e['NUMCAM_TRACK'])"
    command = shlex.join([sys.executable, "-I", "-S", "-c", script])
    assert not stage.run(lambda: Clip(75), headless=True, on_number=command).failed
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"4711": "appeared1", "4811": "changed1"}
    assert stage.notes == []


def test_the_newest_number_goes_to_the_clipboard(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[tuple[str, ...]] = []
    monkeypatch.setattr(outputs, "Clipboard", lambda say: Clipboard(say, lambda *texts: copied.append(texts)))
    stage.run(lambda: Clip(10), headless=True, clipboard=True)
    assert copied[-1] == ("4711",)
    assert stage.notes == []


def test_a_source_without_frames_leaves_nothing(stage: Stage, tmp_path: Path) -> None:
    stage.run(lambda: Clip(0), headless=True, log="l.csv", record="r.mp4")
    assert list(tmp_path.iterdir()) == []


def test_q_ends_a_window(stage: Stage) -> None:
    stage.keys({4: Key.QUIT})
    assert stage.run(lambda: Clip(10**9)).frames == 4
    assert len(stage.told) == 1, "what was read is on the screen, the summary alone is told"


def test_no_frame_is_asked_for_in_a_pause(stage: Stage) -> None:
    asked_at: list[int] = []

    def noted() -> Clip:
        clip = Clip(10)
        clip.before = lambda _: asked_at.append(len(KeyedWindow.shown))
        return clip

    # the key's own picture is the fifth, the help's the sixth
    stage.keys({4: Key.PAUSE, 5: Key.HELP, 6: Key.PAUSE})
    assert stage.run(noted).frames == 10
    assert asked_at[3:5] == [3, 7], "four frames, and then none until the pause was over"


def test_pictures_are_all_read_whatever_pauses_there_are(stage: Stage) -> None:
    stage.keys({1: Key.PAUSE, 2: Key.PAUSE, 5: Key.QUIT})
    assert stage.run(lambda: Clip(3, still=True)).frames == 3


def test_the_last_picture_stays_until_q(stage: Stage) -> None:
    stage.keys({1: Key.HELP, 2: Key.HELP, 3: Key.QUIT})
    assert stage.run(lambda: Clip(1, still=True)).frames == 1
    assert len(KeyedWindow.shown) == 3


def test_the_last_picture_stays_for_max_seconds_at_most(stage: Stage) -> None:
    stage.keys({})
    assert stage.run(lambda: Clip(1, still=True), max_seconds=0.2).frames == 1


def test_two_recordings_in_one_run_are_two_files(stage: Stage) -> None:
    record = Key.RECORD
    # each key draws the window anew, which counts as a picture too
    stage.keys({2: record, 6: record, 9: record, 14: record, 16: Key.SNAPSHOT, 20: Key.QUIT})
    summary = stage.run(lambda: Clip(10**9))
    videos = [path for path in summary.files if path.suffix == ".mp4"]
    assert len(set(videos)) == 2
    assert all(frames_in(str(path)) >= 2 for path in videos)
    (snapshot,) = (path for path in summary.files if path.suffix == ".json")
    fields = json.loads(snapshot.read_text())
    assert (fields["source"], fields["width"], fields["height"]) == ("by hand", 320, 240)
    assert [number["text"] for number in fields["numbers"]] == ["4711"]
    assert snapshot.with_suffix(".png").stat().st_size > 0


def test_the_built_in_clip_goes_round_in_a_window(stage: Stage) -> None:
    stage.keys({25: Key.QUIT})
    summary = stage.run(lambda: Clip(10, name=DEMO_NAME), log_frames="f.jsonl", record="r.mp4")
    assert summary.frames == 25
    assert len(stage.opened) == 3
    frames = [json.loads(line) for line in Path("f.jsonl").read_text().splitlines()]
    assert [frame["frame"] for frame in frames] == list(range(25))
    times = [frame["time"] for frame in frames]
    assert times == sorted(set(times))
    ids = {number["track_id"] for frame in frames for number in frame["numbers"]}
    assert len(ids) == 3, "each round is a new look at the page"
    assert frames_in("r.mp4") == 25


def test_the_built_in_clip_is_played_once_without_a_window(stage: Stage) -> None:
    assert stage.run(lambda: Clip(10, name=DEMO_NAME)).frames == 10


def test_a_window_that_is_closed_while_a_round_begins_ends_the_run(stage: Stage) -> None:
    stage.keys({10: Key.QUIT})
    stage.run(lambda: Clip(10, name=DEMO_NAME))
    assert len(stage.opened) == 1


def test_two_sources_are_told_apart_in_everything_that_is_written(stage: Stage) -> None:
    names = iter(["left.mp4", "right.mp4"])
    summary = stage.run(
        lambda: Clip(10, name=next(names)),
        source=("left.mp4", "right.mp4"), headless=True, record="r.mp4", log="l.jsonl", log_frames="f.jsonl",
    )  # fmt: skip
    assert len(stage.opened) == 2
    assert (summary.frames, summary.numbers, summary.captured) == (20, 2, 20)
    assert [line.split() for line in stage.told[:-1]] == [
        ["0:00.0", "left.mp4", "read", "4711", "95", "%"],
        ["0:00.0", "right.mp4", "read", "4711", "95", "%"],
    ]
    rows = [json.loads(line) for line in Path("l.jsonl").read_text().splitlines()]
    assert [(row["source"], row["event"]) for row in rows] == [("left.mp4", "appeared"), ("right.mp4", "appeared")]
    assert rows[0]["track_id"] != rows[1]["track_id"]
    frames = [json.loads(line) for line in Path("f.jsonl").read_text().splitlines()]
    for name in ("left.mp4", "right.mp4"):
        assert [frame["frame"] for frame in frames if frame["source"] == name] == list(range(10))
    with av.open("r.mp4") as container:
        pictures = [(frame.width, frame.height) for frame in container.decode(video=0)]
    assert pictures == [(644, 240)] * 10


def test_one_of_two_sources_is_given_up_and_the_other_goes_on(stage: Stage) -> None:
    clips = iter([breaking(SourceError("camera 0 is gone. Check it."))(), Clip(10, name="clip.mp4")])
    summary = stage.run(lambda: next(clips), source=("0", "clip.mp4"), headless=True)
    assert summary.frames == 15
    assert summary.failed, "told by the exit code"
    assert stage.notes == ["camera 0 is gone. Check it."]


def test_the_last_of_two_sources_that_is_given_up_ends_the_run(stage: Stage) -> None:
    clips = iter([Clip(2), breaking(SourceError("camera 1 is gone. Check it."))()])
    with pytest.raises(SourceError, match="camera 1 is gone"):
        stage.run(lambda: next(clips), source=("clip.mp4", "1"), headless=True, record="r.mp4")
    assert frames_in("r.mp4") >= 5


def test_a_snapshot_of_two_sources_has_both(stage: Stage) -> None:
    stage.keys({4: Key.SNAPSHOT, 6: Key.QUIT})
    summary = stage.run(lambda: Clip(10**9), source=("a.mp4", "b.mp4"))
    (snapshot,) = (path for path in summary.files if path.suffix == ".json")
    fields = json.loads(snapshot.read_text())
    assert [[number["text"] for number in one["numbers"]] for one in fields["sources"]] == [["4711"], ["4711"]]


@pytest.mark.parametrize(
    ("seconds", "clock"), [(0.0, "0:00.0"), (1.26, "0:01.2"), (59.97, "0:59.9"), (60.0, "1:00.0"), (3725.5, "62:05.5")]
)
def test_times_are_told_as_people_tell_them(seconds: float, clock: str) -> None:
    tracked = TrackedNumber(1, number_at("007", (10, 10)), 3, 0.0, seconds, confirmed=True)
    line = event_line(Event("appeared", seconds, "camera 0", tracked), still=False)
    assert line.split() == [clock, "read", "007", "95", "%"]


def test_a_digit_that_is_not_sure_is_told_as_a_question_mark() -> None:
    tracked = TrackedNumber(1, number_at("12?4", (10, 10), confidence=0.6), 3, 0.0, 1.0, confirmed=True)
    line = event_line(Event("changed", 1.0, "camera 0", tracked), still=False)
    assert line.split() == ["0:01.0", "now", "12?4", "60", "%"]


def test_a_summary_of_nothing_divides_by_nothing() -> None:
    assert (
        RunSummary()
        .line()
        .startswith("0 frames in 0.0 s (0.0 a second): 0 captured, 0 read anew, 0 dropped; 0 numbers read.")
    )
    assert not math.isnan(RunSummary().seconds)
