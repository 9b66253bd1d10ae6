"""Normalization of each cell by its neighbours in other channels."""

from __future__ import annotations

import numpy as np

from cntk.counts import count_of
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.operators.stored import Attribute, Block
from cntk.ops._convolution.convolve import convolve
from cntk.ops._elementwise.arithmetic import element_times, plus
from cntk.ops._elementwise.exponential import exp, log
from cntk.ops._elementwise.power import square
from cntk.ops._linear.times import times
from cntk.ops._shape.reshape import replace_axes
from cntk.shape import is_unknown


@composite(
    stored=Block(
        "LocalResponseNormalization",
        attributes={
            "depth_radius": Attribute("depthRadius", "Z"),
            "bias": Attribute("bias", "D"),
            "alpha": Attribute("alpha", "D"),
            "beta": Attribute("beta", "D"),
        },
    )
)
def local_response_normalization(
    operand: Operand, depth_radius: int, bias: float, alpha: float, beta: float, name: str = ""
) -> Function:
    """Return ``operand / (bias + alpha * mean of squares) ** beta``, the mean over near channels.

    The mean is over the channels from ``depth_radius`` before to ``depth_radius`` after; those that
    do not exist count as zeros.

    Args:
        operand: static shape ``(C, ...)``.
        depth_radius: channels to each side, 0 or more.
        bias: added to the weighted mean.
        alpha: weight of the mean. Krizhevsky et al. weight the sum instead: give ``2 * radius + 1``
            times their value.
        beta: exponent.
        name: name of the result.

    Raises:
        TypeError: ``depth_radius`` is not an integer.
        ValueError: the operand has no static axis.

    Reference: Krizhevsky, Sutskever, Hinton, "ImageNet classification with deep convolutional
    neural networks", NIPS 2012, section 3.3.

    >>> x = C.input_variable((4, 1, 1))
    >>> data = np.array([1, 2, 3, 4], np.float32).reshape(1, 4, 1, 1)
    >>> C.local_response_normalization(x, 1, 1, 0.5, 0.75).eval({x: data}).ravel().round(4)
    array([0.6347, 0.8107, 0.7993, 1.1672], dtype=float32)
    """
    rank = 3 if is_unknown(operand.shape) else len(operand.shape)
    if 0 < operand.shape[0] < 2 * depth_radius + 1:  # a kernel must not exceed the data
        band = _band(operand.shape[0], depth_radius, alpha)
        squares = square(operand)
        means = times(band, squares, rank - 1) if rank > 1 else times(squares, band)
    else:
        squares = replace_axes(square(operand), (1, -1), 0, 1)
        means = replace_axes(convolve(_window(depth_radius, alpha, rank), squares), (-1,), 0, 2)
    return operand / exp(element_times(beta, log(plus(bias, means))))


def _band(channels: int, radius: int, alpha: float) -> list:
    """Return the weight of each channel for each: static shape ``(channels, channels)``."""
    distance = np.abs(np.subtract.outer(np.arange(channels), np.arange(channels)))
    return (alpha / (2 * radius + 1) * (distance <= radius)).tolist()


def _window(radius: int, alpha: float, rank: int) -> list:
    """Return a kernel along the channels: static shape ``(1, 2 * radius + 1, 1, ...)``."""
    length = 2 * radius + 1
    return np.full((1, length, *(1,) * (rank - 1)), alpha / length).tolist()


@local_response_normalization.prepare
def local_response_normalization_prepare(operand, depth_radius, bias, alpha, beta):
    return [operand], {
        "depth_radius": count_of(depth_radius, "depth_radius"),
        "bias": float(bias),
        "alpha": float(alpha),
        "beta": float(beta),
    }


@local_response_normalization.samples
def local_response_normalization_samples(make):
    yield Sample(make(3, 2, 2), depth_radius=1, bias=1.0, alpha=0.5, beta=0.75)
    yield Sample(make(5, 2), depth_radius=0, bias=2.0, alpha=1.0, beta=0.5)
