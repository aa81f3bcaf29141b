"""The verifier's layers, in Keras. Knows no data, training or file. Importing it imports Keras."""

from __future__ import annotations

import keras
from keras import layers

from models.verifier_format import FEATURES, TALL_PX, WIDE_PX

CHANNELS = (12, 24, 40, 56)
KINDS = 3


def verifier_network() -> keras.Model:
    """Convolutions over the window, joined by what the digit network says: 61,000 parameters.

    Inputs: (N, 48, 144, 2) float32 windows in [0, 1] and (N, 7) float32 features. Output: (N, 3) probabilities.
    """
    windows = keras.Input((TALL_PX, WIDE_PX, 2), name="windows")
    features = keras.Input((FEATURES,), name="features")
    first, second, third, fourth = CHANNELS
    x = _block(windows, first, 5)
    x = _block(x, second, 3)
    x = layers.Add()([x, _block(x, second, 3, stride=1)])
    x = _block(x, third, 3)
    x = layers.Add()([x, _block(x, third, 3, stride=1)])
    x = _block(x, fourth, 3)
    x = layers.Flatten()(layers.AveragePooling2D((3, 3))(x))
    x = layers.Dropout(0.2)(x)
    x = layers.Concatenate()([x, layers.BatchNormalization()(features)])
    x = layers.Dropout(0.2)(layers.ReLU()(layers.Dense(48)(x)))
    logits = layers.Dense(KINDS, name="kinds")(x)
    return keras.Model([windows, features], layers.Softmax(name="probabilities")(logits), name="numcam-verifier")


def _block(x: keras.KerasTensor, filters: int, window: int, stride: int = 2) -> keras.KerasTensor:
    """A convolution, batch normalisation and ReLU."""
    x = layers.Conv2D(filters, window, strides=stride, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.98)(x))
