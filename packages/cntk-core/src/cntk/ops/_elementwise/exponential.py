"""Exponential and logarithm."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive


@operator(family="elementwise", stored=Primitive(4, "Exp"))
def exp(x: Operand, name: str = "") -> Function:
    """Return ``e`` to the power of each element.

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.exp([0, 1]).eval().round(4)
    array([1.    , 2.7183], dtype=float32)
    """


@exp.reference
def exp_reference(x):
    return np.exp(x)


@exp.gradient
def exp_gradient(dy, y):
    return dy * y


@exp.samples
def exp_samples(make):
    yield Sample(make(2, 3))


LOWEST_ARGUMENT = 1e-37
LOWEST_LOGARITHM = float(np.float32(-85.1))


@operator(family="elementwise", stored=Primitive(5, "Log"))
def log(x: Operand, name: str = "") -> Function:
    """Return the natural logarithm of each element, at least -85.1.

    It is finite everywhere: below 1e-37, for zero and for negative numbers, the result is -85.1
    and the slope that of the logarithm at this value.

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.log([1, 10, 0]).eval().round(4)
    array([  0.    ,   2.3026, -85.1   ], dtype=float32)
    """


@log.reference
def log_reference(x):
    lowest, floor = _lowest(x.dtype)
    return np.where(x < lowest, x.dtype.type(floor), np.log(x))


@log.gradient
def log_gradient(dy, x):
    return dy * log_slope(x)


@log.samples
def log_samples(make):
    yield Sample(0.5 + make(2, 3) ** 2)
    yield Sample(-1 - make(2, 3) ** 2, kink=True)


def _lowest(dtype: np.dtype) -> tuple[float, float]:
    """Return the smallest argument with a logarithm of its own, and the logarithm below it."""
    if dtype == np.float16:  # 1e-37 is not a float16
        smallest = float(np.finfo(dtype).smallest_subnormal)
        return smallest, float(np.log(smallest))
    return LOWEST_ARGUMENT, LOWEST_LOGARITHM


@operator(family="elementwise")
def log_slope(x: Operand):
    """Return ``1 / x``, and below the lowest argument of ``log`` the slope there."""


@log_slope.reference
def log_slope_reference(x):
    lowest, floor = _lowest(x.dtype)
    return np.reciprocal(np.where(x < lowest, x.dtype.type(np.exp(floor)), x))


@log_slope.gradient
def log_slope_gradient(dy, y):
    return -dy * y * y


@log_slope.samples
def log_slope_samples(make):
    yield Sample(0.5 + make(2, 3) ** 2)
