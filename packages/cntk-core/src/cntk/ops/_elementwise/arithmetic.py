"""Sum, difference and product of elements, with NumPy-like broadcasting."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive


@operator(family="elementwise", associative=True, stored=Primitive(19, "Plus"))
def plus(left: Operand, right: Operand, name: str = "") -> Function:
    """Return the sum of two tensors, element by element.

    Args:
        left: any static shape.
        right: a static shape that broadcasts with that of ``left``; more operands may follow.
        name: name of the result.

    >>> C.plus([1, 2, 3], [4, 5, 6]).eval()
    array([5., 7., 9.], dtype=float32)
    """


@plus.reference
def plus_reference(left, right):
    return np.add(left, right)


@plus.gradient
def plus_gradient(dy):
    return dy, dy


@plus.samples
def plus_samples(make):
    yield Sample(make(2, 3), make(2, 3))
    yield Sample(make(2, 3), make(3), axes=("batch", "parameter"))


@operator(family="elementwise", stored=Primitive(20, "Minus"))
def minus(left: Operand, right: Operand, name: str = "") -> Function:
    """Return the difference of two tensors, element by element.

    Args:
        left: any static shape.
        right: a static shape that broadcasts with that of ``left``.
        name: name of the result.

    >>> C.minus([1, 2, 3], [4, 5, 6]).eval()
    array([-3., -3., -3.], dtype=float32)
    """


@minus.reference
def minus_reference(left, right):
    return np.subtract(left, right)


@minus.gradient
def minus_gradient(dy):
    return dy, -dy


@minus.samples
def minus_samples(make):
    yield Sample(make(2, 3), make(2, 3))
    yield Sample(make(2, 3), make(2, 1), axes=("batch", "parameter"))


@operator(family="elementwise", associative=True, stored=Primitive(21, "ElementTimes"))
def element_times(left: Operand, right: Operand, name: str = "") -> Function:
    """Return the product of two tensors, element by element.

    Args:
        left: any static shape.
        right: a static shape that broadcasts with that of ``left``; more operands may follow.
        name: name of the result.

    >>> C.element_times([1, 2, 3], [4, 5, 6]).eval()
    array([ 4., 10., 18.], dtype=float32)
    """


@element_times.reference
def element_times_reference(left, right):
    return np.multiply(left, right)


@element_times.gradient
def element_times_gradient(dy, left, right, wanted):
    return (
        dy * right if "left" in wanted else None,
        dy * left if "right" in wanted else None,
    )


@element_times.samples
def element_times_samples(make):
    yield Sample(make(2, 3), make(2, 3))
    yield Sample(make(2, 3), make(3), axes=("batch", "parameter"))
    yield Sample(make(3), make(2, 1), axes=("batch", "batch"))


@operator(family="elementwise", stored=Primitive(0, "Negate"))
def negate(x: Operand, name: str = "") -> Function:
    """Return ``-x`` of each element.

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.negate([-1, 1, -2]).eval()
    array([ 1., -1.,  2.], dtype=float32)
    """


@negate.reference
def negate_reference(x):
    return np.negative(x)


@negate.gradient
def negate_gradient(dy):
    return -dy


@negate.samples
def negate_samples(make):
    yield Sample(make(2, 3))
