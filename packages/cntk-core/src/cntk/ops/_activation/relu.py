"""Rectified linear unit."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive
from cntk.ops._elementwise.comparison import greater


@operator(family="elementwise", stored=Primitive(3, "ReLU"))
def relu(x: Operand, name: str = "") -> Function:
    """Return each element, and 0 for negative ones; the gradient at 0 is 0.

    Args:
        x: any static shape.
        name: name of the result.

    Reference:
        V. Nair, G. Hinton: Rectified Linear Units Improve Restricted Boltzmann Machines, ICML 2010.

    >>> C.relu([-1, 0, 2]).eval()
    array([0., 0., 2.], dtype=float32)
    """


@relu.reference
def relu_reference(x):
    return np.maximum(x, 0)


@relu.gradient
def relu_gradient(dy, y):
    return dy * greater(y, 0)


@relu.samples
def relu_samples(make):
    yield Sample(make(2, 3))
    yield Sample(0 * make(2, 3), kink=True)
