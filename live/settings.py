"""Every setting, its range and its default, checked once at the edge. Knows no stage's code.

`config.yaml` holds the same names with the same defaults, and a comment for each; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import yaml

from live.errors import SettingsError

Positive = Annotated[float, msgspec.Meta(gt=0)]
NotNegative = Annotated[float, msgspec.Meta(ge=0)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Count = Annotated[int, msgspec.Meta(ge=1)]


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every section has in common: frozen, and no unknown names."""


class CameraSettings(Section, frozen=True):
    """What is asked of a camera or a stream; what was really got is read back."""

    width: Annotated[int, msgspec.Meta(ge=64, le=7680)] = 1280
    height: Annotated[int, msgspec.Meta(ge=64, le=4320)] = 720
    fps: Annotated[float, msgspec.Meta(gt=0, le=240)] = 30.0
    open_timeout_s: Annotated[float, msgspec.Meta(gt=0, le=120)] = 5.0
    stall_s: Annotated[float, msgspec.Meta(gt=0, le=120)] = 3.0
    give_up_s: Positive | None = None
    picture_s: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 2.0


class InkSettings(Section, frozen=True):
    """What counts as ink."""

    paper_window: Annotated[float, msgspec.Meta(ge=0.01, le=0.5)] = 0.06
    sharpening: Annotated[float, msgspec.Meta(ge=0, le=5)] = 0.9
    min_contrast: Annotated[float, msgspec.Meta(ge=0.01, le=0.9)] = 0.09
    stroke_share: Annotated[float, msgspec.Meta(ge=0.1, le=0.9)] = 0.38
    page_share: Annotated[float, msgspec.Meta(ge=0, le=0.9)] = 0.32
    noise_factor: Annotated[float, msgspec.Meta(ge=0, le=50)] = 6.0


class RegionSettings(Section, frozen=True):
    """What may be a digit, by its size alone."""

    min_height_px: Annotated[int, msgspec.Meta(ge=4, le=1000)] = 9
    max_height: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.8
    max_slope_deg: Annotated[float, msgspec.Meta(ge=0, le=60)] = 45.0


class SplittingSettings(Section, frozen=True):
    """When a region is taken for several digits that touch."""

    min_aspect: Annotated[float, msgspec.Meta(ge=0.2, le=10)] = 0.5
    max_cuts: Annotated[int, msgspec.Meta(ge=0, le=12)] = 6
    sure_confidence: Share = 0.9


class GroupingSettings(Section, frozen=True):
    """Which digits stand together as a number."""

    min_confidence: Share = 0.05
    min_lone_confidence: Share = 0.8
    doubt_below: Annotated[float, msgspec.Meta(ge=0, le=0.99)] = 0.7
    max_gap: Annotated[float, msgspec.Meta(ge=0.05, le=5)] = 0.62
    min_height_ratio: Share = 0.42


class ModelSettings(Section, frozen=True):
    """The networks that read the digits."""

    path: str | None = None
    runtime: Literal["auto", "onnx", "tflite", "keras"] = "auto"
    threads: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    lines: bool = True


class TrackingSettings(Section, frozen=True):
    """When a number is taken for the same as before, and when it is shown."""

    confirm_doubt: Share = 0.02
    confirm_confidence: Share = 0.5
    forget_after_s: NotNegative = 0.5
    memory_s: Positive = 0.7
    reread_s: NotNegative = 0.2
    min_iou: Share = 0.2


class RecordingSettings(Section, frozen=True):
    """The annotated video."""

    crf: Annotated[int, msgspec.Meta(ge=0, le=51)] = 23
    max_fps: Annotated[float, msgspec.Meta(gt=0, le=240)] = 60.0


class OverlaySettings(Section, frozen=True):
    """What is drawn over the frame."""

    digit_boxes: bool = True
    confidence: bool = True
    text_scale: Annotated[float, msgspec.Meta(gt=0, le=10)] = 1.0


class LimitsSettings(Section, frozen=True):
    """How much of anything that is given to Numcam it agrees to hold; docs/security.md."""

    megapixels: Annotated[float, msgspec.Meta(gt=0, le=10_000)] = 100.0


class TrainingSettings(Section, frozen=True):
    """What the scripts that train and evaluate networks learn from; the live reader needs none of it."""

    data: str | None = None


class Settings(Section, frozen=True):
    """Everything a user may want; the fields outside the sections are the options of a run."""

    source: str | Annotated[tuple[str, ...], msgspec.Meta(min_length=1)] = "auto"
    headless: bool = False
    record: str | None = None
    log: str | None = None
    log_frames: str | None = None
    on_number: str | None = None
    clipboard: bool = False
    max_seconds: Positive | None = None
    max_frames: Count | None = None
    realtime: bool | None = None
    mirror: bool = False
    camera: CameraSettings = CameraSettings()
    ink: InkSettings = InkSettings()
    regions: RegionSettings = RegionSettings()
    splitting: SplittingSettings = SplittingSettings()
    grouping: GroupingSettings = GroupingSettings()
    model: ModelSettings = ModelSettings()
    tracking: TrackingSettings = TrackingSettings()
    recording: RecordingSettings = RecordingSettings()
    overlay: OverlaySettings = OverlaySettings()
    limits: LimitsSettings = LimitsSettings()
    training: TrainingSettings = TrainingSettings()

    @property
    def sources(self) -> tuple[str, ...]:
        """What to read from, one or several."""
        return (self.source,) if isinstance(self.source, str) else self.source


DEFAULT_FILE = Path("config.yaml")


def load_settings(config: Path | None = None, options: Mapping[str, Any] | None = None) -> Settings:
    """Defaults, then `config.yaml` of the current folder if there is one, then `config`, then `options`.

    options: names of `Settings` outside its sections; None stands for "not given".
    Raises SettingsError where a file can't be read, a name is unknown or a value out of its range, and where the current
    folder's file, which nobody has asked for, names a command to run.
    """
    layers: list[tuple[str, dict[str, Any]]] = []
    if DEFAULT_FILE.is_file():
        layers.append((str(DEFAULT_FILE), read_settings_file(DEFAULT_FILE)))
        if layers[0][1].get("on_number") is not None and not (config is not None and _is_same(config, DEFAULT_FILE)):
            # whoever starts Numcam in a folder of somebody else's pictures has not agreed to run what is named there
            raise SettingsError(
                f"on_number: {DEFAULT_FILE} names a command, which is not run unasked. Give it with --on-number, or say "
                f"--config {DEFAULT_FILE}."
            )
    if config is not None:
        layers.append((str(config), read_settings_file(config)))
    given = {name: value for name, value in (options or {}).items() if value is not None}
    layers.append(("the command line", given))
    merged: dict[str, Any] = {}
    settings = Settings()
    for origin, layer in layers:
        merged = merge(merged, layer)
        settings = check(merged, origin)
    return settings


def _is_same(path: Path, other: Path) -> bool:
    """Whether two names are one file."""
    return path.is_file() and path.samefile(other)


def read_settings_file(path: Path) -> dict[str, Any]:
    """The settings of one YAML file; an empty file is an empty dict. Raises SettingsError."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError(f"No settings file {path}. Leave --config out to run with the defaults.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {path} can't be read: {error}.") from error
    content = parse_yaml(text, f"The settings file {path}")
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise SettingsError(f"The settings file {path} must hold `name: value` lines, not a {type(content).__name__}.")
    return content


def parse_yaml(text: str, origin: str) -> Any:
    """The plain value that a YAML text holds; `origin` is named in the error. Raises SettingsError."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        where = " ".join(str(error).split())
        raise SettingsError(f"{origin} is not valid YAML: {where}.") from error


def merge(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`below` with the values of `above` laid over it, section by section."""
    merged = dict(below)
    for name, value in above.items():
        earlier = merged.get(name)
        merged[name] = merge(earlier, value) if isinstance(earlier, dict) and isinstance(value, dict) else value
    return merged


def check(values: Mapping[str, Any], origin: str) -> Settings:
    """Settings out of plain values; `origin` is named in the error. Raises SettingsError."""
    values = dict(values)
    if "source" in values:
        values["source"] = _as_addresses(values["source"])
    try:
        return msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(f"In {origin}: {explain(str(error))}") from error


def _as_addresses(source: Any) -> Any:
    """What `source` says, with cameras' numbers as text: `source: 0` and `source: [0, 1]` are cameras in YAML."""
    if isinstance(source, list | tuple):
        return [_as_addresses(address) for address in source]
    return str(source) if isinstance(source, int) and not isinstance(source, bool) else source


def explain(message: str) -> str:
    """msgspec's message with the setting's name first: `camera.width: expected int >= 64`."""
    reason, _, place = message.partition(" - at `$")
    name = place.strip("`").lstrip(".")
    if reason.startswith("Object contains unknown field"):
        unknown = reason.rsplit(" ", 1)[-1].strip("`")
        full = f"{name}.{unknown}" if name else unknown
        return f"there is no setting {full}. config.yaml lists them all."
    if reason.startswith("Invalid enum value"):
        return f"{name}: expected one of {', '.join(choices(name))}, not {reason.rsplit(' ', 1)[-1]}."
    return f"{name}: {reason[0].lower()}{reason[1:]}."


def choices(name: str) -> list[str]:
    """The values that a setting may have, which is one of a few words; `name` as in `model.runtime`."""
    kind = msgspec.inspect.type_info(Settings)
    for part in name.split("."):
        assert isinstance(kind, msgspec.inspect.StructType)
        kind = next(field.type for field in kind.fields if field.name == part)
    assert isinstance(kind, msgspec.inspect.LiteralType)
    return [str(value) for value in kind.values]
