"""Arrays that windows slide over as planes: [planes, *pooled axes], a few planes at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from cntk.ops._convolution.sliding import SlidingAxis

# Pooling passes over the same cells again and again: so many stay in a core's cache.
CHUNK_CELLS = 2**17


def as_planes(array: np.ndarray, axes: tuple[SlidingAxis, ...]) -> np.ndarray:
    """Return an array with all axes but the pooled ones joined into one."""
    num_leading = array.ndim - len(axes)
    return array.reshape(math.prod(array.shape[:num_leading]), *array.shape[num_leading:])


def chunks(num_planes: int, axes: tuple[SlidingAxis, ...]) -> Iterator[slice]:
    """Yield slices of planes, with about ``CHUNK_CELLS`` cells each."""
    step = max(1, CHUNK_CELLS // math.prod(axis.size for axis in axes))
    for start in range(0, num_planes, step):
        yield slice(start, min(start + step, num_planes))


def along(dim: int, part: slice) -> tuple[slice, ...]:
    """Return the index of a part of axis ``dim``."""
    return (*(slice(None) for _ in range(dim)), part)
