"""Powers and roots."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite, operator
from cntk.operators.stored import Primitive
from cntk.ops._elementwise.arithmetic import element_times
from cntk.ops._elementwise.comparison import less_equal
from cntk.ops._elementwise.exponential import log
from cntk.ops._elementwise.quotient import quotient
from cntk.ops._elementwise.selection import element_select


@operator(family="elementwise", stored=Primitive(69, "Pow"))
def pow(base: Operand, exponent: Operand, name: str = "") -> Function:
    """Return ``base`` to the power of ``exponent``, element by element.

    Zero to a negative power is 0; a negative base with a fractional exponent gives nan.

    Args:
        base: any static shape.
        exponent: a static shape that broadcasts with that of ``base``.
        name: name of the result.

    >>> C.pow([1, 2, 0, 9], [3, -2, -1, 0.5]).eval()
    array([1.  , 0.25, 0.  , 3.  ], dtype=float32)
    """


@pow.reference
def pow_reference(base, exponent):
    if exponent.ndim == 0 and exponent == 2:
        return np.square(base)
    raised = np.power(base, exponent)
    if base.all() or not (exponent < 0).any():
        return raised
    return np.where((base == 0) & (exponent < 0), raised.dtype.type(0), raised)


@pow.gradient
def pow_gradient(dy, y, base, exponent, wanted):
    for_base = for_exponent = None
    if "base" in wanted:
        for_base = dy * exponent * pow(base, exponent - 1)
    if "exponent" in wanted:
        for_exponent = dy * element_select(less_equal(base, 0), 0, y * log(base))
    return for_base, for_exponent


@pow.samples
def pow_samples(make):
    yield Sample(0.5 + make(2, 3) ** 2, make(2, 3))
    yield Sample(0.5 + make(2, 3) ** 2, make(3), axes=("batch", "parameter"))
    yield Sample(0 * make(2, 3), make(2, 3), kink=True)


@composite()
def square(x: Operand, name: str = "") -> Function:
    """Return the square of each element.

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.square([1, -3]).eval()
    array([1., 9.], dtype=float32)
    """
    return element_times(x, x, name=name)


@square.samples
def square_samples(make):
    yield Sample(make(2, 3))


@operator(family="elementwise", stored=Primitive(6, "Sqrt"))
def sqrt(x: Operand, name: str = "") -> Function:
    """Return the square root of each element, 0 for negative ones.

    The gradient is infinite where the result is 0.

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.sqrt([4, 2, -1]).eval().round(4)
    array([2.    , 1.4142, 0.    ], dtype=float32)
    """


@sqrt.reference
def sqrt_reference(x):
    return np.sqrt(np.maximum(x, 0))


@sqrt.gradient
def sqrt_gradient(dy, y):
    return quotient(dy, 2 * y)


@sqrt.samples
def sqrt_samples(make):
    yield Sample(0.5 + make(2, 3) ** 2)
    yield Sample(-1 - make(2, 3) ** 2, kink=True)
