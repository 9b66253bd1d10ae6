"""Hyperbolic tangent."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive


@operator(family="elementwise", stored=Primitive(2, "Tanh"))
def tanh(x: Operand, name: str = "") -> Function:
    """Return the hyperbolic tangent of each element.

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.tanh([-1, 0, 2]).eval().round(3)
    array([-0.762,  0.   ,  0.964], dtype=float32)
    """


@tanh.reference
def tanh_reference(x):
    return np.tanh(x)


@tanh.gradient
def tanh_gradient(dy, y):
    return dy * (1 - y * y)


@tanh.samples
def tanh_samples(make):
    yield Sample(make(2, 3))
