"""Maximum pooling, its gradient, and the gradient of that: a set closed under differentiation."""

from __future__ import annotations

import numpy as np

from cntk.operators.declare import Like, Operand, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.ops._pooling.geometry import pooling_axes, pooling_shape
from cntk.ops._pooling.windows import cells_of_maxima, maxima
from cntk.shape import is_static, is_unknown

# What the geometry depends on, in the order in which its functions take it.
OPTIONS = (
    "pooling_window_shape", "strides", "auto_padding", "lower_pad", "upper_pad", "ceil_out_dim",
)  # fmt: skip
STORED_ATTRIBUTES: dict[str, Attribute | tuple[Attribute, Attribute]] = {
    "pooling_window_shape": Attribute("poolingWindowShape", "N"),
    "strides": Attribute("strides", "N"),
    "auto_padding": Attribute("autoPadding", "B*", reverse=True),
    "lower_pad": Attribute("lowerPad", "N"),
    "upper_pad": Attribute("upperPad", "N"),
    "ceil_out_dim": Attribute("ceilOutDim", "B", False),
    "include_pad": Attribute("includePad", "B", False),
}


@operator(
    family="per_sample",
    stored=Primitive(17, "Pooling", fixed={"poolingType": (0, "Z")}, attributes=STORED_ATTRIBUTES),
    saves={"argmax": Like("y", np.dtype(np.uint8))},
)
def max_pooling(
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
    """Return the maximum of each window; see ``C.pooling``."""


@max_pooling.complete
def max_pooling_complete(operand, pooling_window_shape):
    return {"pooling_window_shape": whole_window(operand, pooling_window_shape)}


def whole_window(operand, window: tuple[int, ...]) -> tuple[int, ...]:
    """Return the window: all axes of the operand but the first, where it is not known."""
    spatial = operand.shape[1:]
    return spatial if is_unknown(window) and is_static(spatial) else window


@max_pooling.shape
def max_pooling_shape(operand, **attributes):
    return pooling_shape(operand.shape, *options_of(attributes))


def options_of(attributes: dict) -> tuple:
    """Return what the geometry depends on."""
    return tuple(attributes[name] for name in OPTIONS)


@max_pooling.reference
def max_pooling_reference(operand, **attributes):
    return maxima(operand, pooling_axes(operand.shape[1:], *options_of(attributes)))


@max_pooling.gradient
def max_pooling_gradient_rule(dy, operand, argmax, **attributes):
    return max_pooling_gradient(dy, argmax, operand, options_of(attributes))


@operator(family="per_sample", no_gradient=("argmax", "operand"))
def max_pooling_gradient(by_output: Operand, argmax: Operand, operand: Operand, options: tuple):
    """Return ``by_output`` added up where the maxima were; ``operand`` only lends its shape."""


@max_pooling_gradient.dtype
def max_pooling_gradient_dtype(by_output):
    return by_output._dtype


@max_pooling_gradient.shape
def max_pooling_gradient_shape(operand):
    return operand.shape


@max_pooling_gradient.reference
def max_pooling_gradient_reference(by_output, argmax, operand, options):
    cells = cells_of_maxima(argmax, pooling_axes(operand.shape[1:], *options))
    dx = np.zeros(operand.size, by_output.dtype)
    np.add.at(dx, cells, by_output.reshape(-1))
    return dx.reshape(operand.shape)


@max_pooling_gradient.gradient
def max_pooling_gradient_gradient(dy, argmax, options):
    return max_pooling_gather(dy, argmax, options), None, None


@operator(family="per_sample", no_gradient=("argmax",))
def max_pooling_gather(x: Operand, argmax: Operand, options: tuple):
    """Return the cells of ``x`` where the maxima were."""


@max_pooling_gather.dtype
def max_pooling_gather_dtype(x):
    return x._dtype


@max_pooling_gather.shape
def max_pooling_gather_shape(argmax):
    return argmax.shape


@max_pooling_gather.reference
def max_pooling_gather_reference(x, argmax, options):
    cells = cells_of_maxima(argmax, pooling_axes(x.shape[1:], *options))
    return x.reshape(-1)[cells].reshape(argmax.shape)


@max_pooling_gather.gradient
def max_pooling_gather_gradient(dy, x, argmax, options):
    return max_pooling_gradient(dy, argmax, x, options), None
