"""Trigonometric functions and their inverses."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive
from cntk.ops._elementwise.inverse_root import inverse_root
from cntk.ops._elementwise.quotient import quotient


@operator(family="elementwise", stored=Primitive(54, "Sin"))
def sin(x: Operand, name: str = "") -> Function:
    """Return the sine of each element.

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.sin([0, 0.5, 1]).eval().round(4)
    array([0.    , 0.4794, 0.8415], dtype=float32)
    """


@sin.reference
def sin_reference(x):
    return np.sin(x)


@sin.gradient
def sin_gradient(dy, x):
    return dy * cos(x)


@sin.samples
def sin_samples(make):
    yield Sample(make(2, 3))


@operator(family="elementwise", stored=Primitive(55, "Cos"))
def cos(x: Operand, name: str = "") -> Function:
    """Return the cosine of each element.

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.cos([0, 0.5, 1]).eval().round(4)
    array([1.    , 0.8776, 0.5403], dtype=float32)
    """


@cos.reference
def cos_reference(x):
    return np.cos(x)


@cos.gradient
def cos_gradient(dy, x):
    return -dy * sin(x)


@cos.samples
def cos_samples(make):
    yield Sample(make(2, 3))


@operator(family="elementwise", gradient_of="surrogate", stored=Primitive(95, "Tan"))
def tan(x: Operand, name: str = "") -> Function:
    """Return the tangent of each element.

    The gradient is that of CNTK 2.7, ``1 / cos(tan(x)) ** 2``; the derivative would be
    ``1 / cos(x) ** 2``. Where that matters, write ``C.sin(x) / C.cos(x)``.

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.tan([0, 0.5, 1]).eval().round(4)
    array([0.    , 0.5463, 1.5574], dtype=float32)
    """


@tan.reference
def tan_reference(x):
    return np.tan(x)


@tan.gradient
def tan_gradient(dy, y):
    slope = cos(y)
    return quotient(dy, slope * slope)


@tan.samples
def tan_samples(make):
    yield Sample(0.9 * np.tanh(make(2, 3)))


@operator(family="elementwise", stored=Primitive(81, "Asin"))
def asin(x: Operand, name: str = "") -> Function:
    """Return the arc sine of each element: the angle, nan outside of [-1, 1].

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.asin([-1, 0, 0.5]).eval().round(4)
    array([-1.5708,  0.    ,  0.5236], dtype=float32)
    """


@asin.reference
def asin_reference(x):
    return np.arcsin(x)


@asin.gradient
def asin_gradient(dy, x):
    return dy * inverse_root(1 - x * x)


@asin.samples
def asin_samples(make):
    yield Sample(0.9 * np.tanh(make(2, 3)))


@operator(family="elementwise", stored=Primitive(82, "Acos"))
def acos(x: Operand, name: str = "") -> Function:
    """Return the arc cosine of each element: the angle, nan outside of [-1, 1].

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.acos([-1, 0, 0.5]).eval().round(4)
    array([3.1416, 1.5708, 1.0472], dtype=float32)
    """


@acos.reference
def acos_reference(x):
    return np.arccos(x)


@acos.gradient
def acos_gradient(dy, x):
    return -dy * inverse_root(1 - x * x)


@acos.samples
def acos_samples(make):
    yield Sample(0.9 * np.tanh(make(2, 3)))


@operator(family="elementwise", stored=Primitive(96, "Atan"))
def atan(x: Operand, name: str = "") -> Function:
    """Return the arc tangent of each element: the angle.

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.atan([-1, 0, 0.5]).eval().round(4)
    array([-0.7854,  0.    ,  0.4636], dtype=float32)
    """


@atan.reference
def atan_reference(x):
    return np.arctan(x)


@atan.gradient
def atan_gradient(dy, x):
    return quotient(dy, 1 + x * x)


@atan.samples
def atan_samples(make):
    yield Sample(make(2, 3))
