"""The line network in Keras, which reads a whole number at once. Knows no data, training or file. Imports Keras."""

from __future__ import annotations

import keras
from keras import layers

from models.line_classifier import SIGNS
from models.line_format import FIELD_TALL_PX


def numcam_line() -> keras.Model:
    """Eight convolutions over pictures of any width: (N, 32, W, 1) float32 in [0, 1] -> (N, W / 2, 12) logits.

    Strides reduce the height step by step to one row, and the width only once: two narrow digits need three columns to differ
    from one. Two convolutions along the line then add context. 0.23 M parameters; no recurrence, since the digits of a number
    are independent. Source: convolutions in place of
    recurrence as Borisyuk, Gordo and Sivakumar, "Rosetta", 2018; trained by connectionist temporal classification.
    """
    pixels = keras.Input((FIELD_TALL_PX, None, 1), name="pixels")
    x = _block(pixels, 24, 5, 2)  # 16 rows
    x = _block(x, 32, 3, (2, 1))  # 8
    x = _block(x, 32, 3)
    x = _block(x, 48, 3, (2, 1))  # 4
    x = _block(x, 64, 3)
    x = layers.ZeroPadding2D((0, 1))(x)
    x = _block(x, 96, (4, 3), padding="valid")  # 1
    x = layers.Dropout(0.2)(x)
    x = _block(x, 96, (1, 5))
    x = _block(x, 96, (1, 5))
    x = layers.Dropout(0.2)(x)
    x = layers.Conv2D(SIGNS, 1, name="signs")(x)
    return keras.Model(pixels, layers.Reshape((-1, SIGNS), name="logits")(x), name="numcam-line")


def _block(
    x: keras.KerasTensor,
    filters: int,
    window: int | tuple[int, int],
    stride: int | tuple[int, int] = 1,
    padding: str = "same",
) -> keras.KerasTensor:
    """A convolution, batch normalisation and ReLU."""
    x = layers.Conv2D(filters, window, strides=stride, padding=padding, use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))
