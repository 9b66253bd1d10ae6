"""Maximum pooling, its gradients, and unpooling.

Where a maximum was is kept as ``argmax``: its position in the window, counted row-major, in the
smallest type that holds it, a byte for windows of up to 256 cells. Of equal maxima the first
counts. A NaN is passed over where its window holds anything else.

Arrays are [rows, *static]; windows slide along the last axes. The options are those of
``pooling_axes``. A result goes to ``out`` where that is given.
"""

from __future__ import annotations

import math

import numpy as np

from cntk.backends.numpy.planes import along, as_planes, chunks, outputs_of
from cntk.backends.numpy.results import hand_over, prepare_result
from cntk.ops._convolution.sliding import SlidingAxis
from cntk.ops._pooling.geometry import pooling_axes


def max_pooling(
    x: np.ndarray, *, out: np.ndarray | None = None, **options
) -> tuple[np.ndarray, np.ndarray]:
    """Return the maximum of each window, and the argmax."""
    axes = pooling_axes(x.shape[1:], **options)
    shape = (*x.shape[: x.ndim - len(axes)], *outputs_of(axes))
    y = prepare_result(shape, x.dtype, out)
    num_positions = math.prod(axis.window for axis in axes)
    argmax = np.empty(shape, np.min_scalar_type(num_positions - 1))
    x_planes, y_planes, argmax_planes = (as_planes(array, axes) for array in (x, y, argmax))
    for rows in chunks(len(x_planes), axes):
        best = x_planes[rows]
        where = np.broadcast_to(argmax.dtype.type(0), best.shape)
        pitch = 1
        # A window is scanned one axis after the other, the last first: 3 + 3 steps for 3x3, not 9.
        for dim in range(len(axes), 0, -1):
            axis = axes[dim - 1]
            scan = _scan_windows if axis.output < axis.window else _scan_positions
            best, where = scan(best, where, dim, axis, pitch)
            pitch *= axis.window
        y_planes[rows], argmax_planes[rows] = best, where
    return hand_over(y, out), argmax


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
        cells = _cells_of_maxima(argmax_planes[rows], axes)
        np.add.at(dx_planes[rows].reshape(-1), cells, dy_planes[rows].reshape(-1))
    return hand_over(dx, out)


def max_pooling_gather(
    x: np.ndarray, argmax: np.ndarray, *, out: np.ndarray | None = None, **options
) -> np.ndarray:
    """Return the cells of ``x`` at an argmax: the gradient of both the gradient and unpooling."""
    axes = pooling_axes(x.shape[1:], **options)
    y = prepare_result(argmax.shape, x.dtype, out)
    x_planes, y_planes, argmax_planes = (as_planes(array, axes) for array in (x, y, argmax))
    for rows in chunks(len(x_planes), axes):
        cells = _cells_of_maxima(argmax_planes[rows], axes)
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
        cells = _cells_of_maxima(argmax_planes[rows], axes)
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


def _cells_of_maxima(argmax: np.ndarray, axes: tuple[SlidingAxis, ...]) -> np.ndarray:
    """Return where the maxima are, as indices into the flat array of the planes."""
    cell_of_position = cell_of_window = np.zeros((), np.intp)
    for axis in axes:
        position, window = np.arange(axis.window), np.arange(axis.output)
        cell_of_position = np.add.outer(cell_of_position * axis.size, position)
        cell_of_window = np.add.outer(cell_of_window * axis.size, window * axis.stride - axis.lower)
    cells = cell_of_position.reshape(-1)[argmax]
    cells += cell_of_window
    pitch = math.prod(axis.size for axis in axes)
    cells += (np.arange(len(argmax)) * pitch).reshape(-1, *(1 for _ in axes))
    return cells.reshape(-1)
