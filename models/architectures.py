"""The networks by name, a readable Keras function each. Knows no data, training or file.

Each takes the number of classes and returns an uncompiled model: (N, 28, 28, 1) float32 in [0, 1] -> (N, classes)
probabilities. Importing this module imports Keras, which costs seconds: only training and export do.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
from keras import layers


def numcam(classes: int) -> keras.Model:
    """The shipped network: six convolutions, 0.13 M parameters, 8.8 M multiply-adds a digit.

    The first convolution has a stride of 2 and a 5x5 window: at full size the next ones would cost four times as much, and
    a digit's strokes are two to three px wide. Batch normalisation after each, as Ioffe and Szegedy, 2015; global average
    pooling in place of a wide dense layer, as Lin et al., "Network in network", 2013.
    """
    pixels = keras.Input((28, 28, 1), name="pixels")
    x = pixels
    for filters, window, stride in ((32, 5, 2), (32, 3, 1), (32, 3, 1), (64, 3, 2), (64, 3, 1), (96, 3, 1)):
        x = layers.Conv2D(filters, window, strides=stride, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    logits = layers.Dense(classes, name="logits")(x)
    return keras.Model(pixels, layers.Softmax(name="probabilities")(logits), name="numcam")


NETWORKS: dict[str, Callable[[int], keras.Model]] = {"numcam": numcam}
