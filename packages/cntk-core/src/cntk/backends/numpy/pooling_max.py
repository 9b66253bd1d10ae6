"""Maximum pooling, its gradients, and unpooling.

What an argmax is says ``cntk.ops._pooling.windows``. Of equal maxima the first counts. A NaN is
passed over where its window holds anything else.

Arrays are [rows, *static]; windows slide along the last axes. The options are those of
``pooling_axes``. A result goes to ``out`` where that is given.
"""

from __future__ import annotations

import numpy as np

from cntk.backends.numpy.planes import along, as_planes, chunks
from cntk.backends.numpy.results import hand_over, prepare_result
from cntk.ops._convolution.sliding import SlidingAxis
from cntk.ops._pooling.geometry import pooling_axes
from cntk.ops._pooling.windows import argmax_dtype, cells_of_maxima, pooled_shape


def max_pooling(
    x: np.ndarray,
    *,
    out: np.ndarray | None = None,
    argmax: np.ndarray | None = None,
    **options,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the maximum of each window, and the argmax, where given in ``out`` and ``argmax``."""
    axes = pooling_axes(x.shape[1:], **options)
    shape = pooled_shape(x.shape, axes)
    y = prepare_result(shape, x.dtype, out)
    found = prepare_result(shape, argmax_dtype(axes), argmax)
    x_planes, y_planes, argmax_planes = (as_planes(array, axes) for array in (x, y, found))
    for rows in chunks(len(x_planes), axes):
        best = x_planes[rows]
        where = np.broadcast_to(found.dtype.type(0), best.shape)
        pitch = 1
        # A window is scanned one axis after the other, the last first: 3 + 3 steps for 3x3, not 9.
        for dim in range(len(axes), 0, -1):
            axis = axes[dim - 1]
            scan = _scan_windows if axis.output < axis.window else _scan_positions
            best, where = scan(best, where, dim, axis, pitch)
            pitch *= axis.window
        y_planes[rows], argmax_planes[rows] = best, where
    return hand_over(y, out), hand_over(found, argmax)


def max_pooling_gradient(
    dy: np.ndarray,
    argmax: np.ndarray,
    *,
    operand_shape: tuple[int, ...],
    out: np.ndarray | None = None,
    **options,
) -> np.ndarray:
    """Return the gradient to the data: each output's gradient added where its maximum was."""
    axes = pooling_axes(operand_shape, **options)
    dx = prepare_result((len(dy), *operand_shape), dy.dtype, out)
    dx.fill(0)
    dx_planes, dy_planes, argmax_planes = (as_planes(array, axes) for array in (dx, dy, argmax))
    for rows in chunks(len(dx_planes), axes):
        cells = cells_of_maxima(argmax_planes[rows], axes)
        np.add.at(dx_planes[rows].reshape(-1), cells, dy_planes[rows].reshape(-1))
    return hand_over(dx, out)


def max_pooling_gather(
    x: np.ndarray, argmax: np.ndarray, *, out: np.ndarray | None = None, **options
) -> np.ndarray:
    """Return the cells of ``x`` at an argmax: the gradient of the gradient."""
    axes = pooling_axes(x.shape[1:], **options)
    y = prepare_result(argmax.shape, x.dtype, out)
    x_planes, y_planes, argmax_planes = (as_planes(array, axes) for array in (x, y, argmax))
    for rows in chunks(len(x_planes), axes):
        cells = cells_of_maxima(argmax_planes[rows], axes)
        y_planes[rows].reshape(-1)[:] = x_planes[rows].reshape(-1)[cells]
    return hand_over(y, out)


def max_unpooling(
    x: np.ndarray,
    argmax: np.ndarray,
    *,
    operand_shape: tuple[int, ...],
    out: np.ndarray | None = None,
    **options,
) -> np.ndarray:
    """Return zeros but for the values of ``x``, put where the maxima were.

    Where windows share a maximum the last value stays, as in CNTK 2.7.
    """
    axes = pooling_axes(operand_shape, **options)
    y = prepare_result((len(x), *operand_shape), x.dtype, out)
    y.fill(0)
    x_planes, y_planes, argmax_planes = (as_planes(array, axes) for array in (x, y, argmax))
    for rows in chunks(len(y_planes), axes):
        cells = cells_of_maxima(argmax_planes[rows], axes)
        y_planes[rows].reshape(-1)[cells] = x_planes[rows].reshape(-1)
    return hand_over(y, out)


def _scan_positions(
    values: np.ndarray, where: np.ndarray, dim: int, axis: SlidingAxis, pitch: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return maximum and argmax along one axis, a step for each position of the window."""
    shape = (*values.shape[:dim], axis.output, *values.shape[dim + 1 :])
    best, argmax = np.empty(shape, values.dtype), np.empty(shape, where.dtype)
    begun = axis.output  # windows from this one on have met a cell, those before it only padding
    for k in range(axis.window):
        windows, cells = axis.overlap(k)
        if windows.stop == 0:
            continue
        value, position = values[along(dim, cells)], where[along(dim, cells)] + k * pitch
        fresh = along(dim, slice(windows.start, begun))
        num_fresh = begun - windows.start
        best[fresh] = value[along(dim, slice(num_fresh))]
        argmax[fresh] = position[along(dim, slice(num_fresh))]
        held = along(dim, slice(begun, windows.stop))
        value, position = (part[along(dim, slice(num_fresh, None))] for part in (value, position))
        larger = np.fmax(best[held], value)
        # Positions grow from step to step, so that the maximum is the latest that won.
        position = position * (larger != best[held])
        np.maximum(argmax[held], position, out=argmax[held])
        best[held] = larger
        begun = windows.start
    return best, argmax


def _scan_windows(
    values: np.ndarray, where: np.ndarray, dim: int, axis: SlidingAxis, pitch: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return maximum and argmax along one axis, a step for each window."""
    shape = (*values.shape[:dim], axis.output, *values.shape[dim + 1 :])
    best, argmax = np.empty(shape, values.dtype), np.empty(shape, where.dtype)
    for i in range(axis.output):
        cells, window = axis.inside(i), along(dim, slice(i, i + 1))
        value, position = values[along(dim, cells)], where[along(dim, cells)]
        best[window] = np.fmax.reduce(value, axis=dim, keepdims=True)
        first = (value == best[window]).argmax(axis=dim, keepdims=True)
        offset = cells.start - (i * axis.stride - axis.lower)
        argmax[window] = np.take_along_axis(position, first, axis=dim) + (first + offset) * pitch
    return best, argmax
