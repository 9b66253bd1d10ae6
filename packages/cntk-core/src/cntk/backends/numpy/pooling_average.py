"""Average pooling and its gradient, each the gradient of the other.

Arrays are [rows, *static]; windows slide along the last axes. The options are those of
``pooling_axes``, and ``include_pad``: whether padding counts in the divisor. A result goes to
``out`` where that is given.
"""

from __future__ import annotations

import math

import numpy as np

from cntk.backends.numpy.planes import along, as_planes, chunks
from cntk.backends.numpy.results import hand_over, prepare_result
from cntk.dtypes import computing_dtype
from cntk.ops._convolution.sliding import SlidingAxis
from cntk.ops._pooling.geometry import pooling_axes
from cntk.ops._pooling.windows import pooled_shape


def average_pooling(
    x: np.ndarray, *, include_pad: bool = False, out: np.ndarray | None = None, **options
) -> np.ndarray:
    """Return the mean of each window."""
    axes = pooling_axes(x.shape[1:], **options)
    y = prepare_result(pooled_shape(x.shape, axes), x.dtype, out)
    dtype = computing_dtype(x.dtype)
    divisor = _divisor(axes, include_pad, dtype)
    x_planes, y_planes = as_planes(x, axes), as_planes(y, axes)
    for rows in chunks(len(x_planes), axes):
        total = x_planes[rows].astype(dtype, copy=False)
        for dim, axis in enumerate(axes, 1):
            total = _sum_windows(total, dim, axis)
        np.divide(total, divisor, out=y_planes[rows], casting="same_kind")
    return hand_over(y, out)


def average_pooling_gradient(
    dy: np.ndarray,
    *,
    operand_shape: tuple[int, ...],
    include_pad: bool = False,
    out: np.ndarray | None = None,
    **options,
) -> np.ndarray:
    """Return the gradient to the data: each output's gradient shared by the cells of its window."""
    axes = pooling_axes(operand_shape, **options)
    dx = prepare_result((len(dy), *operand_shape), dy.dtype, out)
    dtype = computing_dtype(dy.dtype)
    divisor = _divisor(axes, include_pad, dtype)
    dx_planes, dy_planes = as_planes(dx, axes), as_planes(dy, axes)
    for rows in chunks(len(dx_planes), axes):
        share = dy_planes[rows] / divisor
        for dim in range(len(axes), 0, -1):
            share = _spread_windows(share, dim, axes[dim - 1])
        dx_planes[rows] = share
    return hand_over(dx, out)


def _sum_windows(values: np.ndarray, dim: int, axis: SlidingAxis) -> np.ndarray:
    """Return the sums of windows along one axis."""
    total = np.zeros((*values.shape[:dim], axis.output, *values.shape[dim + 1 :]), values.dtype)
    if axis.output < axis.window:
        for i in range(axis.output):
            window = along(dim, slice(i, i + 1))
            values[along(dim, axis.inside(i))].sum(axis=dim, keepdims=True, out=total[window])
    else:
        for k in range(axis.window):
            windows, cells = axis.overlap(k)
            total[along(dim, windows)] += values[along(dim, cells)]
    return total


def _spread_windows(values: np.ndarray, dim: int, axis: SlidingAxis) -> np.ndarray:
    """Return, for each cell along one axis, the sum over the windows that hold it."""
    total = np.zeros((*values.shape[:dim], axis.size, *values.shape[dim + 1 :]), values.dtype)
    if axis.output < axis.window:
        for i in range(axis.output):
            total[along(dim, axis.inside(i))] += values[along(dim, slice(i, i + 1))]
    else:
        for k in range(axis.window):
            windows, cells = axis.overlap(k)
            total[along(dim, cells)] += values[along(dim, windows)]
    return total


def _divisor(axes: tuple[SlidingAxis, ...], include_pad: bool, dtype: np.dtype) -> np.ndarray:
    """Return the number of cells that each window averages; a scalar where all have as many."""
    if include_pad:
        return np.array(math.prod(axis.window for axis in axes), dtype)
    counts = np.ones((), dtype)
    for axis in axes:
        inside = map(axis.inside, range(axis.output))
        counts = np.multiply.outer(counts, [cells.stop - cells.start for cells in inside])
    counts = counts.astype(dtype, copy=False)
    return counts if np.ptp(counts) else counts.reshape(-1)[:1].reshape(())
