"""Average pooling and its gradient, each the gradient of the other."""

from __future__ import annotations

import math

import numpy as np

from cntk.operators.declare import Operand, operator
from cntk.operators.stored import Primitive
from cntk.ops._pooling.geometry import pooling_axes, pooling_shape
from cntk.ops._pooling.max_pooling import OPTIONS, STORED_ATTRIBUTES, options_of, whole_window
from cntk.ops._pooling.windows import pooled_shape, windows


@operator(
    family="per_sample",
    stored=Primitive(17, "Pooling", fixed={"poolingType": (1, "Z")}, attributes=STORED_ATTRIBUTES),
)
def average_pooling(
    operand: Operand,
    pooling_window_shape: tuple,
    strides: tuple = (1,),
    auto_padding: tuple = (False,),
    lower_pad: tuple = (0,),
    upper_pad: tuple = (0,),
    ceil_out_dim: bool = False,
    include_pad: bool = False,
    name: str = "",
):
    """Return the average of each window; see ``C.pooling``."""


@average_pooling.complete
def average_pooling_complete(operand, pooling_window_shape):
    return {"pooling_window_shape": whole_window(operand, pooling_window_shape)}


@average_pooling.shape
def average_pooling_shape(operand, **attributes):
    return pooling_shape(operand.shape, *options_of(attributes))


@average_pooling.reference
def average_pooling_reference(operand, include_pad, **attributes):
    axes = pooling_axes(operand.shape[1:], *options_of(attributes))
    y = np.empty(pooled_shape(operand.shape, axes), operand.dtype)
    over = tuple(range(-len(axes), 0))
    wide = np.result_type(operand.dtype, np.float32)  # float16 is too small for sums
    for output, cells, _ in windows(axes):
        part = operand[cells]
        y[output] = part.sum(axis=over, dtype=wide) / _divisor(part, axes, include_pad)
    return y


def _divisor(part: np.ndarray, axes: tuple, include_pad: bool) -> int:
    """Return the number of cells of a window: all, or those inside the data."""
    return (
        math.prod(axis.window for axis in axes)
        if include_pad
        else math.prod(part.shape[part.ndim - len(axes) :])
    )


@average_pooling.gradient
def average_pooling_gradient_rule(dy, operand, include_pad, **attributes):
    return average_pooling_gradient(dy, operand, options_of(attributes), include_pad)


@operator(family="per_sample", no_gradient=("operand",))
def average_pooling_gradient(
    by_output: Operand, operand: Operand, options: tuple, include_pad: bool
):
    """Return ``by_output`` shared by the cells of each window; ``operand`` only lends its shape."""


@average_pooling_gradient.shape
def average_pooling_gradient_shape(operand):
    return operand.shape


@average_pooling_gradient.reference
def average_pooling_gradient_reference(by_output, operand, options, include_pad):
    axes = pooling_axes(operand.shape[1:], *options)
    dx = np.zeros(operand.shape, np.result_type(by_output.dtype, np.float32))
    for output, cells, _ in windows(axes):
        part = dx[cells]
        share = by_output[output] / by_output.dtype.type(_divisor(part, axes, include_pad))
        part += share.reshape(*share.shape, *(1 for _ in axes))
    return dx.astype(by_output.dtype, copy=False)


@average_pooling_gradient.gradient
def average_pooling_gradient_gradient(dy, options, include_pad):
    return average_pooling(dy, **dict(zip(OPTIONS, options)), include_pad=include_pad), None
