"""Read IDX files, gzipped or not: the format of MNIST, EMNIST and QMNIST. Knows bytes and shapes, no digit.

Two zero bytes, the type, the number of dimensions; the size of each as four bytes, big-endian; then the values.
Source: LeCun, Cortes and Burges, the MNIST page's own description.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def read_idx(path: Path) -> NDArray[Any]:
    """Read the array of one file, in native byte order. Raises ValueError where the file is damaged, OSError as open does."""
    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        try:
            raw = gzip.decompress(raw)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ValueError(f"{path} is a damaged gzip file: {error}") from error
    if len(raw) < 4 or raw[:2] != b"\0\0" or raw[2] not in TYPES:
        raise ValueError(f"{path} is no IDX file")
    dimensions = raw[3]
    start = 4 + 4 * dimensions
    if len(raw) < start:
        raise ValueError(f"{path} is cut short")
    shape = tuple(int(n) for n in np.frombuffer(raw, ">u4", dimensions, 4))
    kind = np.dtype(TYPES[raw[2]])
    wanted = int(np.prod(shape, dtype=np.int64)) * kind.itemsize
    if len(raw) - start != wanted:
        raise ValueError(f"{path} should hold {wanted:,} bytes of values but holds {len(raw) - start:,}")
    values = np.frombuffer(raw, kind, offset=start).reshape(shape)
    return values.astype(kind.newbyteorder("="))
