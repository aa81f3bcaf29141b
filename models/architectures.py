"""The networks by name, one Keras function each. Knows no data, training or file.

Each takes the number of classes and returns an uncompiled model: (N, 28, 28, 1) float32 in [0, 1] -> (N, classes)
probabilities. The layer before the softmax is named "logits". Importing this module imports Keras, which takes seconds; only
training, export and the Keras runtime do so. scripts/training/recipes.py says how each is trained.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
from keras import layers


def ann_128(classes: int) -> keras.Model:
    """One hidden layer of 128: every pixel is connected to every unit, without any notion of neighbours.

    Source: the beginner's network of Keras's and TensorFlow's own introductions; ReLU as Nair and Hinton, "Rectified linear
    units improve restricted Boltzmann machines", 2010.
    """
    pixels = keras.Input((28, 28, 1), name="pixels")
    x = layers.Flatten()(pixels)
    x = layers.Dense(128, activation="relu")(x)
    return _classifier(pixels, x, classes, "ann-128")


def ann_3x128(classes: int) -> keras.Model:
    """Three hidden layers of 128: deeper, but still without any notion of neighbours.

    Source: the multilayer perceptron of Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors",
    1986, with ReLU.
    """
    pixels = keras.Input((28, 28, 1), name="pixels")
    x = layers.Flatten()(pixels)
    for _ in range(3):
        x = layers.Dense(128, activation="relu")(x)
    return _classifier(pixels, x, classes, "ann-3x128")


def cnn_32_64(classes: int) -> keras.Model:
    """Two convolutions, each followed by a pooling: strokes first, then parts of digits, wherever they are.

    Source: LeCun et al., "Gradient-based learning applied to document recognition", 1998, in the form most courses teach.
    """
    pixels = keras.Input((28, 28, 1), name="pixels")
    x = pixels
    for filters in (32, 64):
        x = layers.Conv2D(filters, 3, activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(64, activation="relu")(x)
    return _classifier(pixels, x, classes, "cnn-32-64")


def cnn_dropout(classes: int) -> keras.Model:
    """One convolution and a wide layer with 50 % dropout.

    Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014.
    """
    pixels = keras.Input((28, 28, 1), name="pixels")
    x = layers.Conv2D(32, 3, activation="relu")(pixels)
    x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(128, activation="relu")(x)
    x = layers.Dropout(0.5)(x)
    return _classifier(pixels, x, classes, "cnn-dropout")


def lenet_5(classes: int) -> keras.Model:
    """LeNet-5 with today's activations: ReLU for the scaled tanh, softmax for the radial basis functions at the end.

    Also of today: max pooling without weights where the original had trained subsampling, and every map of the second
    convolution sees all six maps before it (in 1998, a table of connections saved time). The field is 28 px, padded by two on
    each side, as there. Source: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition",
    Proceedings of the IEEE, 1998.
    """
    pixels = keras.Input((28, 28, 1), name="pixels")
    x = layers.Conv2D(6, 5, padding="same", activation="relu")(pixels)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(16, 5, activation="relu")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(120, activation="relu")(x)
    x = layers.Dense(84, activation="relu")(x)
    return _classifier(pixels, x, classes, "lenet-5")


def numcam(classes: int) -> keras.Model:
    """The shipped network: seven convolutions, 0.28 M parameters, 7.7 M multiply-adds a digit.

    The first convolution has a stride of 2 and a 5x5 window: at full size the next ones would cost four times as much, and
    a digit's strokes are two to three px wide. Those without padding cut away MNIST's empty margin instead of computing it.
    Batch normalisation after each, as Ioffe and Szegedy, 2015. The last maps are flattened, not averaged: a stroke's position
    distinguishes a 6 from a 9.
    """
    pixels = keras.Input((28, 28, 1), name="pixels")
    x = pixels
    for filters, window, stride, padding in (
        (32, 5, 2, "same"),  # 14x14
        (32, 3, 1, "valid"),  # 12x12
        (48, 3, 1, "valid"),  # 10x10
        (64, 3, 2, "same"),  # 5x5
        (96, 3, 1, "same"),
        (96, 3, 1, "same"),
        (96, 3, 1, "valid"),  # 3x3
    ):
        x = layers.Conv2D(filters, window, strides=stride, padding=padding, use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.3)(x)
    return _classifier(pixels, x, classes, "numcam")


def _classifier(pixels: keras.KerasTensor, features: keras.KerasTensor, classes: int, name: str) -> keras.Model:
    """Probabilities on top of a network's last features."""
    logits = layers.Dense(classes, name="logits")(features)
    return keras.Model(pixels, layers.Softmax(name="probabilities")(logits), name=name)


NETWORKS: dict[str, Callable[[int], keras.Model]] = {
    "ann-128": ann_128,
    "ann-128-20": ann_128,  # the same, trained longer
    "ann-3x128": ann_3x128,
    "cnn-32-64": cnn_32_64,
    "cnn-dropout": cnn_dropout,
    "lenet-5": lenet_5,
    "numcam": numcam,
}
