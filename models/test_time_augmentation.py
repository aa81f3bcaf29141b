"""Test-time augmentation: average the answers for a digit over rotations, shears, scales and shifts. Knows no page.

A digit that a network is unsure of is often near the border between two answers. Small transforms, of the size in which hands
differ, move it to one side. The mean answer is right more often than the first one.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from models.classifier import Classifier
from models.mnist_format import DIGIT_CLASSES, FIELD_PX

SURE = 0.98
"""Digits with at least this certainty are not augmented."""
TURN_DEG, SLANT, RESIZE, MOVE_PX = 12.0, 0.25, 0.15, 1.0
"""Sizes of the transforms, about the differences between hands: degrees, shear, share of the size, px of the field."""


def _matrix(turn_deg: float = 0.0, slant: float = 0.0, scale: float = 1.0, move_px: float = 0.0) -> NDArray[np.float64]:
    """(2, 3) affine matrix about the field's centre, in OpenCV's form."""
    middle = np.full(2, (FIELD_PX - 1) / 2)
    cos, sin = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    linear = scale * np.array([[cos, -sin], [sin, cos]]) @ np.array([[1.0, slant], [0.0, 1.0]])
    return np.column_stack([linear, middle - linear @ middle + move_px])


TRANSFORMS = [
    _matrix(turn_deg=TURN_DEG), _matrix(turn_deg=-TURN_DEG), _matrix(slant=SLANT), _matrix(slant=-SLANT),
    _matrix(scale=1 + RESIZE), _matrix(scale=1 - RESIZE), _matrix(move_px=MOVE_PX), _matrix(move_px=-MOVE_PX),
]  # fmt: skip


def augmented(fields: NDArray[np.float32]) -> NDArray[np.float32]:
    """Every transform of each digit: (N, 28, 28, 1) float32 in [0, 1] -> (N * len(TRANSFORMS), 28, 28, 1), digit by digit."""
    made = np.empty((len(fields), len(TRANSFORMS), FIELD_PX, FIELD_PX), np.float32)
    for field, ways in zip(fields[..., 0], made, strict=True):
        for matrix, way in zip(TRANSFORMS, ways, strict=True):
            # linear interpolation would blur strokes, which lowers accuracy
            way[:] = cv2.warpAffine(field, matrix, (FIELD_PX, FIELD_PX), flags=cv2.INTER_CUBIC)
    return made.clip(0, 1, out=made).reshape(-1, FIELD_PX, FIELD_PX, 1)


def predict_augmented(
    classifier: Classifier, fields: NDArray[np.float32], answers: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The mean answer for each digit and all its transforms: (N, C) float32, rows sum to 1.

    fields: (N, 28, 28, 1) float32 in [0, 1]. answers: (N, C) float32, the answers for the unchanged digits. The probability of
    "not a digit" stays as it was, since every transform makes a digit look a little less like one.
    """
    more = classifier(augmented(fields)).reshape(len(fields), len(TRANSFORMS), classifier.classes)
    digits = answers[:, :DIGIT_CLASSES] + more[..., :DIGIT_CLASSES].sum(axis=1)
    share = answers[:, :DIGIT_CLASSES].sum(axis=1, keepdims=True) / np.maximum(digits.sum(axis=1, keepdims=True), 1e-9)
    return np.concatenate([digits * share, answers[:, DIGIT_CLASSES:]], axis=1)
