"""Operands of pooling as planes: [planes, *pooled axes], a few of them at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from cntk.ops._convolution.sliding import SlidingAxis

# Cells at a time: the steps of a pooling pass over the same data again, best in a core's cache.
CHUNK_CELLS = 2**17


def as_planes(array: np.ndarray, sizes: tuple[int, ...]) -> np.ndarray:
    """Return an array, all but its last ``len(sizes)`` axes joined into one."""
    return array.reshape(math.prod(array.shape[: array.ndim - len(sizes)]), *sizes)


def chunks(num_planes: int, plane_cells: int) -> Iterator[slice]:
    """Yield slices of planes with about ``CHUNK_CELLS`` cells together."""
    step = max(1, CHUNK_CELLS // max(1, plane_cells))
    for start in range(0, num_planes, step):
        yield slice(start, min(start + step, num_planes))


def along(dim: int, part: slice) -> tuple[slice, ...]:
    """Return the index of a part of one axis."""
    return (*(slice(None) for _ in range(dim)), part)
