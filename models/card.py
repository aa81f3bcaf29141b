"""What a model file is: its input, classes, data, accuracy and calibration. Knows no runtime.

The card lies beside the weights under the same name: `digits.onnx`, `digits.json`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from models.errors import ModelError
from models.percent import percent

FORMAT_VERSION = 1


class ModelCard(msgspec.Struct, frozen=True, kw_only=True):
    """The card of one model file."""

    name: str
    network: str
    """Name in `models.architectures.NETWORKS`."""
    format_version: int = FORMAT_VERSION
    input: str = "(N, 28, 28, 1) float32 in [0, 1], ink is 1, laid out by models.mnist_format"
    classes: tuple[str, ...]
    parameters: int
    bits: int = 32
    """Of a weight in the ONNX file: 32, or 8 where that reads as well."""
    trained_on: tuple[str, ...]
    command: str
    """What made it."""
    accuracy: dict[str, float]
    """Share of right answers (0 to 1) by set; the sets' names say what they are."""
    temperature: float
    """What the logits were divided by, fitted on validation; the file has it built in."""
    calibration_error: dict[str, float]
    """Expected calibration error by set, 0 to 1."""

    def as_lines(self) -> list[str]:
        """A few lines for people."""
        figures = ", ".join(f"{name} {percent(share, 2, counted=True)}" for name, share in self.accuracy.items())
        return [
            f"{self.name}: network {self.network}, {self.parameters:,} parameters of {self.bits} bits, "
            f"{len(self.classes)} classes",
            f"trained on {'; '.join(self.trained_on)}",
            f"right answers: {figures}",
        ]


def card_path(model: Path) -> Path:
    """Where the card of a model file lies; the 8-bit file shares that of the float one: `digits.int8.tflite`, `digits.json`."""
    return model.with_name(f"{model.stem.removesuffix('.int8')}.json")


def load_card(model: Path) -> ModelCard:
    """The card beside a model file. Raises ModelError where there is none or it can't be read."""
    path = card_path(model)
    try:
        return msgspec.json.decode(path.read_bytes(), type=ModelCard)
    except OSError as error:
        raise ModelError(f"The model {model} has no card: {path} can't be read ({error.strerror}).") from error
    except msgspec.MsgspecError as error:
        raise ModelError(f"{path} is no model card: {error}.") from error


def save_card(card: ModelCard, model: Path, write: Callable[[Path, bytes], object] = Path.write_bytes) -> Path:
    """Write the card beside a model file; returns its path. write: puts bytes into a file, whole or not at all for one."""
    path = card_path(model)
    write(path, msgspec.json.format(msgspec.json.encode(card), indent=2) + b"\n")
    return path
