"""Cuts numbers out of a page, level and small, for the report. Knows no number's text."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

HEIGHT_PX, LONGEST_PX = 56, 420
"""Height and greatest width of a cut-out, px: what a person reads at a glance; about 2 kB as a JPEG."""
MARGIN = 0.35
"""What is shown around a number, in its heights: ink that was taken for none is seen too."""
QUALITY = 80
Quad = NDArray[np.float32]


def crops_of(image: NDArray[np.uint8], quads: Sequence[Quad], wanted: Sequence[bool]) -> tuple[tuple[int, bytes], ...]:
    """A JPEG of each wanted number, with its place in `quads` from 1. image: (H, W, 3) uint8 BGR."""
    return tuple(
        (k + 1, crop(image, quad)) for k, (quad, is_wanted) in enumerate(zip(quads, wanted, strict=True)) if is_wanted
    )


def crop(image: NDArray[np.uint8], quad: Quad) -> bytes:
    """One number, laid level by the corners of its quad, (4, 2) px clockwise from its top left, as a JPEG."""
    right, down = quad[1] - quad[0], quad[3] - quad[0]
    width, height = (max(1.0, float(np.hypot(*side))) for side in (right, down))
    aside, above = right / width * height * MARGIN, down * MARGIN
    corners = np.stack([quad[0] - aside - above, quad[1] + aside - above, quad[3] - aside + above]).astype(np.float32)
    scale = min(HEIGHT_PX / (height * (1 + 2 * MARGIN)), LONGEST_PX / (width + 2 * MARGIN * height))
    size = max(1, round((width + 2 * MARGIN * height) * scale)), max(1, round(height * (1 + 2 * MARGIN) * scale))
    target = np.array([[0, 0], [size[0], 0], [0, size[1]]], np.float32)
    matrix = cv2.getAffineTransform(corners, target)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.warpAffine(image, matrix, size, flags=how, borderMode=cv2.BORDER_CONSTANT, borderValue=(255, 255, 255))
    return bytes(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes())
