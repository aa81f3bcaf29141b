"""Declare every setting: its range, unit and default, and who may set it. Knows no file, no message and no stage's code.

`config.yaml` lists the same names and defaults, with a comment for each; a test compares the two.
`settings_files.py` finds and reads such files, `settings_check.py` reports errors in them.

Each setting is declared by one of three functions, which also define whether a config.yaml in the current folder may
set it (docs/security.md). A setting without a declaration counts as `asked`; a test requires one.
    harmless   yes: it changes only what is read or shown
    nearby     yes, if the value names a camera, the built-in clip or something inside that folder
    asked      no: it writes, runs, loads or connects, or raises a limit. Only the command line, --config FILE and the
               user's own file may set it
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from live.core.values import DecimalSetting

LONGEST_PATH = 4096
"""The longest path or address, in characters: PATH_MAX of Linux, the largest of the supported systems."""
LONGEST_COMMAND = 32_767
"""The longest command, in characters: the limit of Windows."""
MOST_SOURCES = 64
"""The most sources side by side: an 8 by 8 grid has cells of 480 by 270 px at 3840x2160; smaller cells show no digits."""
MOST_FORMATS = 64
"""The most expected formats: each is searched for every doubtful number."""
A_YEAR_S = 31_536_000
"""The longest duration, 365 days in seconds: it exceeds any planned run and fits every clock and timer of the system."""

_declaration: Any = msgspec.Meta  # msgspec's type hints don't allow gt and ge together


def harmless(
    unit: str = "", *, gt: float | None = None, ge: float | None = None, le: float | None = None
) -> msgspec.Meta:
    """A setting that any file may set. unit: for messages. Limits: gt is exclusive, ge and le are inclusive."""
    return _declaration(gt=gt, ge=ge, le=le, extra={"who": "harmless", "unit": unit})


def nearby(takes: str, longest: int) -> msgspec.Meta:
    """A setting that the folder's file may set to something inside that folder. takes: for messages. longest: length."""
    return msgspec.Meta(min_length=1, max_length=longest, extra={"who": "nearby", "takes": takes})


def asked(unit: str = "", *, gt: float | None = None, ge: float | None = None, le: float | None = None) -> msgspec.Meta:
    """A number or a word that only the user may set. Unit and limits as in `harmless`."""
    return _declaration(gt=gt, ge=ge, le=le, extra={"who": "asked", "unit": unit})


def asked_name(takes: str, *endings: str, longest: int = LONGEST_PATH) -> msgspec.Meta:
    """A text that only the user may set. takes: for messages. endings: the allowed suffixes, if any. longest: length."""
    return msgspec.Meta(min_length=1, max_length=longest, extra={"who": "asked", "takes": takes, "endings": endings})


Share = Annotated[float, harmless(ge=0, le=1)]
Switch = Annotated[bool, harmless()]


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The base of all sections: frozen, without unknown names."""


class CameraSettings(Section, frozen=True):
    """The requested mode of a camera or stream; the actual mode is read back."""

    width: Annotated[int, harmless("px", ge=64, le=7680)] = 1280
    height: Annotated[int, harmless("px", ge=64, le=4320)] = 720
    fps: Annotated[float, harmless("frames a second", gt=0, le=240)] = 30.0
    open_timeout_s: Annotated[float, harmless("seconds", gt=0, le=120)] = 5.0
    stall_s: Annotated[float, harmless("seconds", gt=0, le=120)] = 3.0
    give_up_s: Annotated[float, harmless("seconds", gt=0, le=A_YEAR_S)] | None = None
    picture_s: Annotated[float, harmless("seconds", gt=0, le=3600)] = 2.0
    snapshot_every_s: Annotated[float, harmless("seconds", ge=0.1, le=86_400)] = 1.0


class InkSettings(Section, frozen=True):
    """What counts as ink."""

    paper_window: Annotated[float, harmless(ge=0.01, le=0.5)] = 0.06
    sharpening: Annotated[float, harmless(ge=0, le=5)] = 0.9
    min_contrast: Annotated[float, harmless(ge=0.01, le=0.9)] = 0.09
    stroke_share: Annotated[float, harmless(ge=0.1, le=0.9)] = 0.38
    page_share: Annotated[float, harmless(ge=0, le=0.9)] = 0.32
    noise_factor: Annotated[float, harmless(ge=0, le=50)] = 6.0


class RegionSettings(Section, frozen=True):
    """What may be a digit, by its size alone."""

    min_height_px: Annotated[int, harmless("px", ge=4, le=1000)] = 9
    max_height: Annotated[float, harmless(gt=0, le=1)] = 0.8
    max_slope_deg: Annotated[float, harmless("degrees", ge=0, le=60)] = 45.0


class SplittingSettings(Section, frozen=True):
    """When a region is split into several touching digits."""

    min_aspect: Annotated[float, harmless(ge=0.2, le=10)] = 0.5
    max_cuts: Annotated[int, harmless(ge=0, le=12)] = 6
    sure_confidence: Share = 0.9


class GroupingSettings(Section, frozen=True):
    """Which digits form a number."""

    min_confidence: Share = 0.02
    min_number_probability: Share = 0.55
    doubt_below: Annotated[float, harmless(ge=0, le=0.99)] = 0.7
    max_gap: Annotated[float, harmless("digit heights", ge=0.05, le=5)] = 0.62
    min_height_ratio: Share = 0.42


class ModelSettings(Section, frozen=True):
    """The networks that read the digits."""

    path: Annotated[str, asked_name("a model file ending in .onnx, .tflite, .keras or .h5")] | None = None
    runtime: Annotated[Literal["auto", "onnx", "tflite", "keras"], asked()] = "auto"
    threads: Annotated[int, asked(ge=0, le=64)] = 0
    lines: Annotated[bool, asked()] = True


class TrackingSettings(Section, frozen=True):
    """When a number is matched to an earlier one, and when it is shown."""

    confirm_doubt: Share = 0.02
    confirm_confidence: Share = 0.5
    forget_after_s: Annotated[float, harmless("seconds", ge=0, le=3600)] = 0.5
    memory_s: Annotated[float, harmless("seconds", gt=0, le=3600)] = 0.7
    reread_s: Annotated[float, harmless("seconds", ge=0, le=3600)] = 0.2
    min_iou: Share = 0.2


class RecordingSettings(Section, frozen=True):
    """The annotated video."""

    crf: Annotated[int, harmless(ge=0, le=51)] = 23
    max_fps: Annotated[float, harmless("frames a second", gt=0, le=240)] = 60.0


class OverlaySettings(Section, frozen=True):
    """What is drawn over the frame."""

    digit_boxes: Switch = True
    confidence: Switch = True
    text_scale: Annotated[float, harmless(gt=0, le=10)] = 1.0


class OutputSettings(Section, frozen=True):
    """How the numbers are given out."""

    decimal: Annotated[DecimalSetting, harmless()] = "auto"


class LimitsSettings(Section, frozen=True):
    """The size limits of untrusted input; docs/security.md."""

    megapixels: Annotated[float, asked("million px", gt=0, le=10_000)] = 100.0
    total_megapixels: Annotated[float, asked("million px", gt=0, le=100_000)] = 5000.0
    pages: Annotated[int, asked("pages", ge=1, le=100_000)] = 500
    picture_megabytes: Annotated[float, asked("MB", gt=0, le=10_000)] = 500.0
    model_load_s: Annotated[float, asked("seconds", gt=0, le=3600)] = 60.0


class TrainingSettings(Section, frozen=True):
    """The data of the training and evaluation scripts; the live reader doesn't use it."""

    data: Annotated[str, asked_name("mnist.npz or a folder of IDX files")] | None = None


EXPECT = 'a format of numbers, such as "6", 0..100, date or \\d{2}/\\d{2}'
SOURCE = "auto, demo, a camera's number, a video, a picture, a folder or an address"


class Settings(Section, frozen=True):
    """All settings; the fields outside the sections are the options of a run."""

    source: (
        Annotated[str, nearby(SOURCE, longest=LONGEST_PATH)]
        | Annotated[tuple[Annotated[str, msgspec.Meta(min_length=1)], ...], nearby(SOURCE, longest=MOST_SOURCES)]
    ) = "auto"
    headless: Switch = False
    record: Annotated[str, asked_name("a file ending in .mp4, .mov or .mkv, or a folder/")] | None = None
    log: Annotated[str, asked_name("a file", ".jsonl", ".csv")] | None = None
    log_frames: Annotated[str, asked_name("a file", ".jsonl")] | None = None
    on_number: Annotated[str, asked_name("a command", longest=LONGEST_COMMAND)] | None = None
    clipboard: Annotated[bool, asked()] = False
    expect: (
        Annotated[str, asked_name(EXPECT)]
        | Annotated[tuple[Annotated[str, msgspec.Meta(min_length=1)], ...], asked_name(EXPECT, longest=MOST_FORMATS)]
        | None
    ) = None
    only_expected: Switch = False
    max_seconds: Annotated[float, harmless("seconds", gt=0, le=A_YEAR_S)] | None = None
    max_frames: Annotated[int, harmless(ge=1, le=1_000_000_000)] | None = None
    realtime: Switch | None = None
    mirror: Switch = False
    camera: CameraSettings = CameraSettings()
    ink: InkSettings = InkSettings()
    regions: RegionSettings = RegionSettings()
    splitting: SplittingSettings = SplittingSettings()
    grouping: GroupingSettings = GroupingSettings()
    model: ModelSettings = ModelSettings()
    tracking: TrackingSettings = TrackingSettings()
    recording: RecordingSettings = RecordingSettings()
    overlay: OverlaySettings = OverlaySettings()
    output: OutputSettings = OutputSettings()
    limits: LimitsSettings = LimitsSettings()
    training: TrainingSettings = TrainingSettings()

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources as a tuple, one or several."""
        return (self.source,) if isinstance(self.source, str) else self.source

    @property
    def formats(self) -> tuple[str, ...]:
        """The expected formats; none where any number is."""
        if self.expect is None:
            return ()
        return (self.expect,) if isinstance(self.expect, str) else self.expect
