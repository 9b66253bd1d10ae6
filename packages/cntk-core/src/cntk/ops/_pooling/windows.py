"""Windows one by one, and what an argmax of maximum pooling is.

An argmax is the position of the first maximum in its window, counted row-major, in the smallest
type that holds it: a byte for windows of up to 256 cells. Arrays are [rows, *static]; windows slide
along the last axes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np

from cntk.ops._convolution.sliding import SlidingAxis


def windows(axes: tuple[SlidingAxis, ...]) -> Iterator[tuple[tuple, tuple, tuple]]:
    """Yield, for each window, indices of its output and its cells, and where these begin in it."""
    for output in itertools.product(*(range(axis.output) for axis in axes)):
        cells = tuple(axis.inside(i) for axis, i in zip(axes, output))
        corner = (i * axis.stride - axis.lower for axis, i in zip(axes, output))
        begins = tuple(part.start - first for part, first in zip(cells, corner))
        yield (..., *output), (..., *cells), begins


def pooled_shape(shape: tuple[int, ...], axes: tuple[SlidingAxis, ...]) -> tuple[int, ...]:
    """Return the shape of a pooled array."""
    return (*shape[: len(shape) - len(axes)], *(axis.output for axis in axes))


def maxima(x: np.ndarray, axes: tuple[SlidingAxis, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return the maximum of each window, nan passed over, and the argmax."""
    shape = pooled_shape(x.shape, axes)
    y, argmax = np.empty(shape, x.dtype), np.empty(shape, argmax_dtype(axes))
    window = tuple(axis.window for axis in axes)
    for output, cells, begins in windows(axes):
        part = x[cells]
        inner = part.shape[part.ndim - len(axes) :]
        flat = part.reshape(*part.shape[: part.ndim - len(axes)], math.prod(inner))
        y[output] = np.fmax.reduce(flat, axis=-1)
        first = (flat == y[output][..., None]).argmax(axis=-1)
        place = np.unravel_index(first, inner or (1,))
        inside = [i + begin for i, begin in zip(place, begins or (0,))]
        argmax[output] = np.ravel_multi_index(inside, window or (1,))
    return y, argmax


def argmax_dtype(axes: tuple[SlidingAxis, ...]) -> np.dtype:
    """Return the smallest type that holds any position in a window."""
    return np.min_scalar_type(math.prod(axis.window for axis in axes) - 1)


def cells_of_maxima(argmax: np.ndarray, axes: tuple[SlidingAxis, ...]) -> np.ndarray:
    """Return where the maxima are, as indices into the flat pooled array, in flat order."""
    cell_of_position = cell_of_window = np.zeros((), np.intp)
    for axis in axes:
        corners = np.arange(axis.output) * axis.stride - axis.lower
        cell_of_position = np.add.outer(cell_of_position * axis.size, np.arange(axis.window))
        cell_of_window = np.add.outer(cell_of_window * axis.size, corners)
    num_windows, num_cells = cell_of_window.size, math.prod(axis.size for axis in axes)
    cells = cell_of_position.reshape(-1)[argmax.reshape(argmax.size // num_windows, num_windows)]
    cells += cell_of_window.reshape(-1)
    cells += np.arange(len(cells))[:, None] * num_cells
    return cells.reshape(-1)
