"""Ask a network about a digit in several ways (test-time augmentation): turned, slanted, resized, moved. Knows no page.

A digit about which a network wavers is often near the border between two answers: a little turned or slanted, which a hand may do
as well, it comes to lie on one side. What the network answers on the average is right more often than its first answer.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from models.classifier import Classifier
from models.mnist_format import DIGIT_CLASSES, FIELD_PX

SURE = 0.98  # certainty of digits that need no closer look
TURN_DEG, SLANT, RESIZE, MOVE_PX = 12.0, 0.25, 0.15, 1.0  # how far: about as far as hands differ


def _matrix(turn_deg: float = 0.0, slant: float = 0.0, scale: float = 1.0, move_px: float = 0.0) -> NDArray[np.float64]:
    """(2, 3): about the field's middle, as OpenCV takes it."""
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
            # linear interpolation would blur, and blurred strokes are read less well
            way[:] = cv2.warpAffine(field, matrix, (FIELD_PX, FIELD_PX), flags=cv2.INTER_CUBIC)
    return made.clip(0, 1, out=made).reshape(-1, FIELD_PX, FIELD_PX, 1)


def predict_augmented(
    classifier: Classifier, fields: NDArray[np.float32], answers: NDArray[np.float32]
) -> NDArray[np.float32]:
    """What the network says on the average of each digit as it is and in all ways; (N, C) float32, rows sum to 1.

    fields: (N, 28, 28, 1) float32 in [0, 1]; answers: (N, C) float32, what the network said of them as they are. How likely they
    are no digit stays as it was: what is moved about looks a little less like a digit each time.
    """
    more = classifier(augmented(fields)).reshape(len(fields), len(TRANSFORMS), classifier.classes)
    digits = answers[:, :DIGIT_CLASSES] + more[..., :DIGIT_CLASSES].sum(axis=1)
    share = answers[:, :DIGIT_CLASSES].sum(axis=1, keepdims=True) / np.maximum(digits.sum(axis=1, keepdims=True), 1e-9)
    return np.concatenate([digits * share, answers[:, DIGIT_CLASSES:]], axis=1)
