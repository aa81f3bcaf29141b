"""The default training of each network. Knows names and numbers, no network and no data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One network's training. The options of scripts.train override each value."""

    epochs: int
    batch_size: int = 128
    """Pictures a step."""
    learning_rate: float = 1e-3
    """Highest of the run."""
    cosine: bool = False
    """Whether the rate rises during a tenth of the run and then falls to 0 along a cosine; otherwise it is constant."""
    weight_decay: float = 0.0
    """Weight decay of AdamW; 0 uses plain Adam."""
    validation: float = 0.1
    """Share of the training part that is held out, by writer where writers are known."""
    augment: bool = False
    """Whether digits are distorted, and a few degraded, in each epoch (scripts/training/distort.py)."""
    examples: int = 0
    """Number of pictures drawn once: other pens, European digits, non-digits (scripts/training/training_set.py)."""
    pages: int = 0
    """Number of drawn pages from which regions are cut (scripts/training/harvest.py)."""
    drawn_share: float = 0.45
    """Share of drawn and cut pictures in an epoch."""
    eight_bit: bool = False
    """Whether the ONNX file may have weights and activations of 8 bits, if it is as accurate."""
    patience: int = 5
    """Epochs without a better validation loss after which training stops."""

    @property
    def has_non_digits(self) -> bool:
        """Whether there are non-digits to train on; the network then has the class "not a digit"."""
        return bool(self.examples or self.pages)


RECIPES: dict[str, Recipe] = {
    "ann-128": Recipe(epochs=5, batch_size=32),
    "ann-128-20": Recipe(epochs=20, batch_size=256, learning_rate=5e-3, cosine=True, patience=20),
    "ann-3x128": Recipe(epochs=5, batch_size=32),
    "cnn-32-64": Recipe(epochs=10, batch_size=64),
    "cnn-dropout": Recipe(epochs=10, batch_size=32, validation=0.2),
    "lenet-5": Recipe(epochs=15, batch_size=64),
    "numcam": Recipe(
        epochs=40, learning_rate=2e-3, cosine=True, weight_decay=0.03, validation=0.08, augment=True,
        examples=200_000, pages=2_000, drawn_share=0.6, eight_bit=True, patience=25,
    ),
}  # fmt: skip
