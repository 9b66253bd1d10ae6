"""Convolution and its gradients in plain NumPy: one small product per position of the window.

Slow, and the judge of the kernels. Arrays are [rows, channels, *spatial], kernels are [filters,
channels / groups, *window].
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from cntk.dtypes import widened
from cntk.ops._convolution.geometry import ConvolutionGeometry


def correlate(geometry: ConvolutionGeometry, x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return the cross-correlation of each row of ``x`` with the kernel ``w``."""
    data, kernel = _grouped_data(geometry, x), _grouped_kernel(geometry, w)
    y = np.zeros((len(x), geometry.groups, geometry.filters, *geometry.outputs), data.dtype)
    for k, outputs, cells in _positions(geometry):
        y[outputs] += np.einsum("rgc...,gfc->rgf...", data[cells], kernel[k])
    return y.reshape(len(x), *geometry.output_shape).astype(x.dtype, copy=False)


def scatter(geometry: ConvolutionGeometry, dy: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return the gradient to the data, as ``geometry.input_view``."""
    gradient, kernel = _grouped_output(geometry, dy), _grouped_kernel(geometry, w)
    dx = np.zeros((len(dy), geometry.groups, geometry.channels, *geometry.sizes), gradient.dtype)
    for k, outputs, cells in _positions(geometry):
        dx[cells] += np.einsum("rgf...,gfc->rgc...", gradient[outputs], kernel[k])
    return dx.reshape(len(dy), *geometry.input_view).astype(dy.dtype, copy=False)


def accumulate(geometry: ConvolutionGeometry, dy: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return the gradient to the kernel [filters, channels, *window], summed over rows."""
    gradient, data = _grouped_output(geometry, dy), _grouped_data(geometry, x)
    shape = (geometry.groups, geometry.filters, geometry.channels, *geometry.window)
    dw = np.zeros(shape, data.dtype)
    for k, outputs, cells in _positions(geometry):
        by_filter = np.moveaxis(gradient[outputs], 0, 2)
        by_channel = np.moveaxis(data[cells], 0, 2)
        dw[k] = np.matmul(
            by_filter.reshape(*by_filter.shape[:2], -1),
            by_channel.reshape(*by_channel.shape[:2], -1).swapaxes(1, 2),
        )
    return dw.reshape(-1, *shape[2:]).astype(x.dtype, copy=False)


def _positions(geometry: ConvolutionGeometry) -> Iterator[tuple[tuple, tuple, tuple]]:
    """Yield, for each position of the window, indices into kernel, outputs and data."""
    every = (slice(None),) * 3
    for k in itertools.product(*map(range, geometry.window)):
        meets = [axis.overlap(position) for axis, position in zip(geometry.axes, k)]
        yield (
            (*every, *k),
            (*every, *(outputs for outputs, _ in meets)),
            (*every, *(cells for _, cells in meets)),
        )


def _grouped_data(geometry: ConvolutionGeometry, x: np.ndarray) -> np.ndarray:
    return widened(x).reshape(len(x), geometry.groups, geometry.channels, *geometry.sizes)


def _grouped_output(geometry: ConvolutionGeometry, y: np.ndarray) -> np.ndarray:
    return widened(y).reshape(len(y), geometry.groups, geometry.filters, *geometry.outputs)


def _grouped_kernel(geometry: ConvolutionGeometry, w: np.ndarray) -> np.ndarray:
    return widened(w).reshape(
        geometry.groups, geometry.filters, geometry.channels, *geometry.window
    )
