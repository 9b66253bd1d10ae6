"""Absolute value."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive


@operator(family="elementwise", stored=Primitive(8, "Abs"))
def abs(x: Operand, name: str = "") -> Function:
    """Return the absolute value of each element; the gradient at 0 is 0.

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.abs([-1, 1, -2]).eval()
    array([1., 1., 2.], dtype=float32)
    """


@abs.reference
def abs_reference(x):
    return np.abs(x)


@abs.gradient
def abs_gradient(dy, x):
    return dy * sign(x)


@abs.samples
def abs_samples(make):
    yield Sample(make(2, 3))
    yield Sample(0 * make(2, 3), kink=True)


@operator(family="elementwise")
def sign(x: Operand):
    """Return -1, 0 or 1 as each element is negative, zero or positive; it has no gradient."""


@sign.reference
def sign_reference(x):
    return np.sign(x)


@sign.samples
def sign_samples(make):
    yield Sample(make(2, 3))
