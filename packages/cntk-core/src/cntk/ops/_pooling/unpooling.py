"""Unpooling: values put back where the maxima of another operand were."""

from __future__ import annotations

import numpy as np

from cntk.errors import AxisError, ShapeError, UnsupportedError, describe
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.ops._convolution.arguments import flags, numbers
from cntk.ops._pooling.geometry import pooling_axes, pooling_shape
from cntk.ops._pooling.max_pooling import OPTIONS, max_pooling
from cntk.ops._pooling.pooling import window_shape
from cntk.ops._pooling.windows import cells_of_maxima, maxima
from cntk.shape import shape_text

MAX_UNPOOLING = 0


@composite()
def unpooling(
    operand: Operand,
    pooling_input: Operand,
    unpooling_type: int,
    unpooling_window_shape,
    strides=(1,),
    auto_padding=[False],  # noqa: B006  (CNTK's default; it is only read)
    name: str = "",
) -> Function:
    """Return zeros of the shape of ``pooling_input``, with ``operand`` put where its maxima are.

    Where windows share a maximum the value of the last window stays. The gradient is CNTK's: the
    largest that arrives in a window, wherever in it the value was put.

    Args:
        operand: static shape of ``C.pooling(pooling_input, ...)`` with the same window and lists.
        pooling_input: any static shape; takes no gradient.
        unpooling_type: ``C.MAX_UNPOOLING``.
        unpooling_window_shape: cells of the window along each of the last axes.
        strides: cells from one window to the next, one int or a list.
        auto_padding: flags, as for :func:`pooling`.
        name: name of the result.

    Raises:
        ValueError: the shapes do not fit each other.

    Reference: M. D. Zeiler and R. Fergus, 2014, arXiv:1311.2901.

    >>> x, like = C.input_variable(2), C.input_variable(4)
    >>> z = C.unpooling(x, like, C.MAX_UNPOOLING, 2, strides=2)
    >>> z.eval({x: np.array([[7, 8]], 'f'), like: np.array([[1, 9, 3, 2]], 'f')})
    array([[0., 7., 8., 0.]], dtype=float32)
    """
    if unpooling_type != MAX_UNPOOLING:
        raise UnsupportedError(
            f"unpooling_type={unpooling_type!r}: Currently only max unpooling is supported"
        )
    return max_unpooling(
        operand,
        pooling_input,
        window_shape(unpooling_window_shape),
        strides=numbers("strides", strides),
        auto_padding=flags("auto_padding", auto_padding),
        name=name,
    )


@unpooling.samples
def unpooling_samples(make):
    axes, kind = ("batch", "batch"), {"unpooling_type": MAX_UNPOOLING}
    window = {"unpooling_window_shape": (2, 2), "strides": 2}
    yield Sample(make(2, 2, 3), make(2, 4, 6), axes=axes, **kind, **window)
    yield Sample(make(2, 3), make(3, 6), axes=axes, **kind, **window, auto_padding=[True])


@operator(
    family="per_sample",
    stored=Primitive(
        58,
        "Unpooling",
        fixed={"poolingType": (0, "Z")},
        attributes={
            "unpooling_window_shape": Attribute("unpoolingWindowShape", "N"),
            "strides": Attribute("strides", "N"),
            "auto_padding": Attribute("autoPadding", "B*", reverse=True),
            "lower_pad": Attribute("lowerPad", "N"),
            "upper_pad": Attribute("upperPad", "N"),
        },
    ),
    no_gradient=("pooling_input",),
    gradient_of="surrogate",  # golden case layers pooling/7
)
def max_unpooling(
    operand: Operand,
    pooling_input: Operand,
    unpooling_window_shape: tuple,
    strides: tuple = (1,),
    auto_padding: tuple = (False,),
    lower_pad: tuple = (0,),
    upper_pad: tuple = (0,),
    name: str = "",
):
    """Return ``operand`` put where the maxima of ``pooling_input`` are; see ``C.unpooling``."""


@max_unpooling.shape
def max_unpooling_shape(operand, pooling_input, **attributes):
    pooled = pooling_shape(pooling_input.shape, *options_of(attributes))
    fits = len(pooled) == len(operand.shape) and all(
        here == there or here < 0 or there < 0 for here, there in zip(pooled, operand.shape)
    )
    if not fits:
        raise ShapeError(
            describe(
                f"Unpooling: The shape '{shape_text(operand.shape)}' of the unpooling operand is "
                f"different than the shape '{shape_text(pooled)}' from pooling the input argument "
                f"of shape '{shape_text(pooling_input.shape)}' using the provided options."
            )
        )
    return pooling_input.shape


def options_of(attributes: dict) -> tuple:
    """Return what the geometry of the pooling depends on."""
    names = ("unpooling_window_shape", "strides", "auto_padding", "lower_pad", "upper_pad")
    return (*(attributes[name] for name in names), False)


@max_unpooling.axes
def max_unpooling_axes(operand, pooling_input):
    if operand.dynamic_axes != pooling_input.dynamic_axes:
        raise AxisError("Unpooling: both operands need the same dynamic axes")
    return operand.dynamic_axes


@max_unpooling.reference
def max_unpooling_reference(operand, pooling_input, **attributes):
    axes = pooling_axes(pooling_input.shape[1:], *options_of(attributes))
    _, argmax = maxima(pooling_input, axes)
    y = np.zeros(pooling_input.size, operand.dtype)
    y[cells_of_maxima(argmax, axes)] = operand.reshape(-1)  # of equal cells the last one counts
    return y.reshape(pooling_input.shape)


@max_unpooling.gradient
def max_unpooling_gradient(dy, **attributes):
    return max_pooling(dy, **dict(zip(OPTIONS, options_of(attributes)))), None
