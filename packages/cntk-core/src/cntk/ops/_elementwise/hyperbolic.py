"""Hyperbolic functions and their inverses; ``tanh`` is among the activations."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive
from cntk.ops._elementwise.inverse_root import inverse_root
from cntk.ops._elementwise.quotient import quotient


@operator(family="elementwise", stored=Primitive(77, "Sinh"))
def sinh(x: Operand, name: str = "") -> Function:
    """Return the hyperbolic sine of each element.

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.sinh([0, 0.5, 1]).eval().round(4)
    array([0.    , 0.5211, 1.1752], dtype=float32)
    """


@sinh.reference
def sinh_reference(x):
    return np.sinh(x)


@sinh.gradient
def sinh_gradient(dy, x):
    return dy * cosh(x)


@sinh.samples
def sinh_samples(make):
    yield Sample(make(2, 3))


@operator(family="elementwise", stored=Primitive(78, "Cosh"))
def cosh(x: Operand, name: str = "") -> Function:
    """Return the hyperbolic cosine of each element.

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.cosh([0, 0.5, 1]).eval().round(4)
    array([1.    , 1.1276, 1.5431], dtype=float32)
    """


@cosh.reference
def cosh_reference(x):
    return np.cosh(x)


@cosh.gradient
def cosh_gradient(dy, x):
    return dy * sinh(x)


@cosh.samples
def cosh_samples(make):
    yield Sample(make(2, 3))


@operator(family="elementwise", stored=Primitive(86, "Asinh"))
def asinh(x: Operand, name: str = "") -> Function:
    """Return the inverse hyperbolic sine of each element.

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.asinh([0, 0.5, 1]).eval().round(4)
    array([0.    , 0.4812, 0.8814], dtype=float32)
    """


@asinh.reference
def asinh_reference(x):
    return np.arcsinh(x)


@asinh.gradient
def asinh_gradient(dy, x):
    return dy * inverse_root(1 + x * x)


@asinh.samples
def asinh_samples(make):
    yield Sample(make(2, 3))


@operator(family="elementwise", stored=Primitive(85, "Atanh"))
def atanh(x: Operand, name: str = "") -> Function:
    """Return the inverse hyperbolic tangent of each element, nan outside of [-1, 1].

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.atanh([-0.5, 0, 0.9]).eval().round(4)
    array([-0.5493,  0.    ,  1.4722], dtype=float32)
    """


@atanh.reference
def atanh_reference(x):
    return np.arctanh(x)


@atanh.gradient
def atanh_gradient(dy, x):
    return quotient(dy, 1 - x * x)


@atanh.samples
def atanh_samples(make):
    yield Sample(0.9 * np.tanh(make(2, 3)))
