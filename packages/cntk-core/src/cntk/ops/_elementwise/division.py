"""Reciprocal and division; both are 0 where they would divide by zero."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite, operator
from cntk.operators.stored import Block, Primitive
from cntk.ops._elementwise.arithmetic import element_times


@operator(family="elementwise", stored=Primitive(9, "Reciprocal"))
def reciprocal(x: Operand, name: str = "") -> Function:
    """Return ``1 / x`` of each element, and 0 for 0.

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.reciprocal([-0.5, 4, 0]).eval()
    array([-2.  ,  0.25,  0.  ], dtype=float32)
    """


@reciprocal.reference
def reciprocal_reference(x):
    result = np.reciprocal(x)
    return result if x.all() else np.where(x == 0, x, result)


@reciprocal.gradient
def reciprocal_gradient(dy, y):
    return -dy * y * y


@reciprocal.samples
def reciprocal_samples(make):
    yield Sample(1 + make(2, 3) ** 2)
    yield Sample(0 * make(2, 3), kink=True)


@composite(stored=Block("ElementDivide"))
def element_divide(left: Operand, right: Operand, name: str = "") -> Function:
    """Return ``left / right``, element by element, and 0 where ``right`` is 0.

    Args:
        left: any static shape.
        right: a static shape that broadcasts with that of ``left``.
        name: name of the result.

    >>> C.element_divide([1, 2, 3], [4, 0.5, 0]).eval()
    array([0.25, 4.  , 0.  ], dtype=float32)
    """
    return element_times(left, reciprocal(right), name=name)


@element_divide.samples
def element_divide_samples(make):
    yield Sample(make(2, 3), 1 + make(2, 3) ** 2)
    yield Sample(make(2, 3), 1 + make(3) ** 2, axes=("batch", "parameter"))
