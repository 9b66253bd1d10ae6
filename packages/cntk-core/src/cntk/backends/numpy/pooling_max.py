"""Maximum pooling, its gradients, and unpooling.

Where a maximum was is kept as ``argmax``: its position in the window, counted row-major, in the
smallest type that holds it, a byte for windows of up to 256 cells. The first of equal maxima counts.
A NaN is passed over where its window holds anything else.

Arrays are [rows, *static]; windows slide along the last axes. The options are those of
``pooling_axes``. A result goes to ``out`` where that is given.
"""

from __future__ import annotations

import math

import numpy as np

from cntk.backends.numpy.planes import along, as_planes, chunks
from cntk.backends.numpy.results import hand_over, prepare_result
from cntk.ops._convolution.sliding import SlidingAxis
from cntk.ops._pooling.geometry import pooling_axes


def max_pooling(
    x: np.ndarray, *, out: np.ndarray | None = None, with_argmax: bool = True, **options
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the maximum of each window, and the argmax (None if not asked for)."""
    axes = pooling_axes(x.shape[1:], **options)
    sizes, outputs, window = _sizes(axes)
    shape = x.shape[: x.ndim - len(axes)] + outputs
    y = prepare_result(shape, x.dtype, out)
    argmax = np.empty(shape, np.min_scalar_type(math.prod(window) - 1)) if with_argmax else None
    planes, pooled = as_planes(x, sizes), as_planes(y, outputs)
    for rows in chunks(len(planes), math.prod(sizes)):
        best = planes[rows]
        where = None if argmax is None else np.zeros((1,) * best.ndim, argmax.dtype)
        pitch = 1
        # A window is scanned axis by axis, the last one first: 3 + 3 steps for 3x3, not 9.
        for dim in range(len(axes), 0, -1):
            axis = axes[dim - 1]
            scan = _scan_windows if axis.output < axis.window else _scan_positions
            best, where = scan(best, where, dim, axis, pitch)
            pitch *= axis.window
        pooled[rows] = best
        if argmax is not None:
            as_planes(argmax, outputs)[rows] = where
    return hand_over(y, out), argmax


def max_pooling_gradient(
    dy: np.ndarray,
    argmax: np.ndarray,
    *,
    operand_shape: tuple[int, ...],
    out: np.ndarray | None = None,
    **options,
) -> np.ndarray:
    """Return the gradient to the data: each output's is added where its maximum was."""
    axes = pooling_axes(operand_shape, **options)
    dx = prepare_result((len(dy), *operand_shape), dy.dtype, out)
    dx.fill(0)
    for into, rows, cells in _cells_of_maxima(dx, argmax, axes):
        np.add.at(into, cells, as_planes(dy, argmax.shape[argmax.ndim - len(axes):])[rows])
    return hand_over(dx, out)
