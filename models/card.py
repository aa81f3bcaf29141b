"""The card of a model file: its input, classes, data, accuracy and calibration. Knows no runtime.

The card is stored beside the weights under the same name: `digits.onnx`, `digits.json`.
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
    """Name of the architecture in `models.architectures.NETWORKS`."""
    format_version: int = FORMAT_VERSION
    input: str = "(N, 28, 28, 1) float32 in [0, 1], ink is 1, laid out by models.mnist_format"
    classes: tuple[str, ...]
    parameters: int
    bits: int = 32
    """Bits per weight in the ONNX file: 32, or 8 where accuracy is the same."""
    trained_on: tuple[str, ...]
    command: str
    """The command that trained it."""
    accuracy: dict[str, float]
    """Share of right answers, 0 to 1, by the name of the test set."""
    temperature: float
    """Divisor of the logits, fitted on the validation set; the model file includes it."""
    calibration_error: dict[str, float]
    """Expected calibration error, 0 to 1, by the name of the test set."""

    def as_lines(self) -> list[str]:
        """The card in a few readable lines."""
        figures = ", ".join(f"{name} {percent(share, 2, counted=True)}" for name, share in self.accuracy.items())
        return [
            f"{self.name}: network {self.network}, {self.parameters:,} parameters of {self.bits} bits, "
            f"{len(self.classes)} classes",
            f"trained on {'; '.join(self.trained_on)}",
            f"right answers: {figures}",
        ]


def card_path(model: Path) -> Path:
    """Path of a model file's card; an 8-bit file shares the card of the float one: `digits.int8.tflite`, `digits.json`."""
    return model.with_name(f"{model.stem.removesuffix('.int8')}.json")


def load_card(model: Path) -> ModelCard:
    """Load the card beside a model file. Raises ModelError where it is missing or can't be read."""
    path = card_path(model)
    try:
        return msgspec.json.decode(path.read_bytes(), type=ModelCard)
    except OSError as error:
        raise ModelError(f"The model {model} has no card: {path} can't be read ({error.strerror}).") from error
    except msgspec.MsgspecError as error:
        raise ModelError(f"{path} is no model card: {error}.") from error


def save_card(card: ModelCard, model: Path, write: Callable[[Path, bytes], object] = Path.write_bytes) -> Path:
    """Write the card beside a model file; returns its path. write: writes bytes to a path, for example atomically."""
    path = card_path(model)
    write(path, msgspec.json.format(msgspec.json.encode(card), indent=2) + b"\n")
    return path
