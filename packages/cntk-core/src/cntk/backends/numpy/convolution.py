"""Convolution and its two gradients as matrix products, for any rank, padding and dilation.

The three are a closed set: the gradient of each is written with the other two. Arrays are
[rows, channels, *spatial]; kernels are [filters, channels / groups, *window]. The options are those
of ``convolution_geometry``. A result goes to ``out`` where that is given.
"""

from __future__ import annotations

import math

import numpy as np

from cntk.backends.numpy.patches import blocks, joins_samples
from cntk.backends.numpy.results import hand_over, prepare_result
from cntk.dtypes import computing_dtype
from cntk.errors import ShapeError
from cntk.ops._convolution.geometry import ConvolutionGeometry, convolution_geometry
from cntk.shape import shape_text


def convolution(
    x: np.ndarray, w: np.ndarray, *, out: np.ndarray | None = None, **options
) -> np.ndarray:
    """Return the cross-correlation of each row of ``x`` with the kernel ``w``."""
    geometry = convolution_geometry(x.shape[1:], w.shape, **options)
    y = prepare_result((len(x), *geometry.output_shape), x.dtype, out)
    _correlate(geometry, x, _kernel_matrix(geometry, w), y)
    return hand_over(y, out)


def convolution_data_gradient(
    dy: np.ndarray,
    w: np.ndarray,
    *,
    operand_shape: tuple[int, ...],
    out: np.ndarray | None = None,
    **options,
) -> np.ndarray:
    """Return the gradient to the data, of static shape ``operand_shape``, given the output's."""
    geometry = convolution_geometry(operand_shape, w.shape, **options)
    _check_gradient(dy, geometry)
    dx = prepare_result((len(dy), *operand_shape), dy.dtype, out)
    if _is_a_convolution(geometry):
        back = geometry.reversed()
        _correlate(back, dy, _kernel_matrix(back, _turned(geometry, w)), dx)
    else:
        _scatter(geometry, dy, _kernel_matrix(geometry, w), dx)
    return hand_over(dx, out)


def convolution_map_gradient(
    dy: np.ndarray,
    x: np.ndarray,
    *,
    map_shape: tuple[int, ...],
    out: np.ndarray | None = None,
    **options,
) -> np.ndarray:
    """Return the gradient to the kernel, of shape ``map_shape``, summed over rows."""
    geometry = convolution_geometry(x.shape[1:], map_shape, **options)
    _check_gradient(dy, geometry)
    dw = prepare_result(map_shape, x.dtype, out)
    dtype = computing_dtype(x.dtype)
    x, dy = x.reshape(len(x), *geometry.input_view), _by_group(geometry, dy)
    # Summed as [groups, cells, filters]: OpenBLAS needs up to twice as long for the transpose.
    total = np.zeros((geometry.groups, geometry.fan_in, geometry.filters), dtype)
    product = np.empty_like(total)
    for rows, block in blocks(geometry, len(x), dtype):
        block.gather(x[rows])
        gradient = dy[rows, ..., block.region.columns].astype(dtype, copy=False)
        if block.joined:
            total += np.matmul(block.matrix, _join(gradient).swapaxes(-1, -2), out=product)
        else:
            for matrix, sample in zip(block.matrix, gradient):
                total += np.matmul(matrix, sample.swapaxes(-1, -2), out=product)
    dw.reshape(geometry.groups, geometry.filters, geometry.fan_in)[...] = total.swapaxes(1, 2)
    return hand_over(dw, out)


def _correlate(
    geometry: ConvolutionGeometry, x: np.ndarray, weights: np.ndarray, y: np.ndarray
) -> None:
    """Write the convolution of ``x`` into the contiguous array ``y``."""
    dtype = weights.dtype
    y = _by_group(geometry, y)
    if (
        geometry.is_pointwise
        and not joins_samples(geometry)
        and x.dtype == dtype
        and x.flags.c_contiguous
    ):
        patches = x.reshape(len(x), geometry.groups, geometry.fan_in, geometry.positions)
        np.matmul(weights, patches, out=y)
        return
    x = x.reshape(len(x), *geometry.input_view)
    for rows, block in blocks(geometry, len(x), dtype):
        block.gather(x[rows])
        target = y[rows, ..., block.region.columns]
        if block.joined:
            product = np.matmul(weights, block.matrix)
            target[...] = np.moveaxis(product.reshape(np.moveaxis(target, 0, 2).shape), 2, 0)
        else:
            np.matmul(weights, block.matrix, out=target, casting="same_kind")


def _scatter(
    geometry: ConvolutionGeometry, dy: np.ndarray, weights: np.ndarray, dx: np.ndarray
) -> None:
    """Write the gradient to the data into the contiguous array ``dx``."""
    dtype = weights.dtype
    dy = _by_group(geometry, dy)
    total = dx if dx.dtype == dtype else np.empty(dx.shape, dtype)
    total.fill(0)
    view = total.reshape(len(dy), *geometry.input_view)
    for rows, block in blocks(geometry, len(dy), dtype):
        gradient = dy[rows, ..., block.region.columns].astype(dtype, copy=False)
        if block.joined:
            gradient = _join(gradient)
        np.matmul(weights.swapaxes(-1, -2), gradient, out=block.matrix)
        block.scatter(view[rows])
    if total is not dx:
        dx[...] = total


def _is_a_convolution(geometry: ConvolutionGeometry) -> bool:
    """Whether the gradient to the data is computed as a convolution of the output's gradient.

    Any of stride 1 can be. That gathers patches of the output's channels instead of scattering
    patches of the data's, which took 0.6 of the time with as many of one as of the other.
    """
    if any(axis.stride > 1 for axis in geometry.axes):
        return False
    return geometry.is_pointwise or geometry.filters <= 1.5 * geometry.channels


def _kernel_matrix(geometry: ConvolutionGeometry, w: np.ndarray) -> np.ndarray:
    """Return the kernel as [groups, filters, cells of a window]."""
    matrix = w.reshape(geometry.groups, geometry.filters, geometry.fan_in)
    return matrix.astype(computing_dtype(w.dtype), copy=False)


def _turned(geometry: ConvolutionGeometry, w: np.ndarray) -> np.ndarray:
    """Return the kernel [groups, channels, filters, *window] with its window reversed."""
    by_channel = w.reshape(geometry.groups, geometry.filters, geometry.channels, *geometry.window)
    return np.flip(by_channel, tuple(range(3, by_channel.ndim))).swapaxes(1, 2)


def _by_group(geometry: ConvolutionGeometry, y: np.ndarray) -> np.ndarray:
    """Return an output or its gradient as [rows, groups, filters, windows]."""
    return y.reshape(len(y), geometry.groups, geometry.filters, geometry.positions)


def _join(gradient: np.ndarray) -> np.ndarray:
    """Return [samples, groups, filters, windows] as [groups, filters, samples * windows]."""
    num_samples, groups, filters, windows = gradient.shape
    return np.moveaxis(gradient, 0, 2).reshape(groups, filters, num_samples * windows)


def _check_gradient(dy: np.ndarray, geometry: ConvolutionGeometry) -> None:
    if math.prod(dy.shape[1:]) != math.prod(geometry.output_shape):
        raise ShapeError(
            f"the gradient has static shape {shape_text(dy.shape[1:])}, "
            f"the convolution's output {shape_text(geometry.output_shape)}"
        )
