"""Comparisons: 1 where they hold, 0 elsewhere; they have no gradient."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive


@operator(family="elementwise", stored=Primitive(22, "Equal"))
def equal(left: Operand, right: Operand, name: str = "") -> Function:
    """Return 1 where ``left`` and ``right`` are equal, and 0 elsewhere.

    Args:
        left: any static shape.
        right: a static shape that broadcasts with that of ``left``.
        name: name of the result.

    >>> C.equal([41, 42, 43], [42, 42, 42]).eval()
    array([0., 1., 0.], dtype=float32)
    """


@equal.reference
def equal_reference(left, right):
    return np.equal(left, right).astype(left.dtype)


@equal.samples
def equal_samples(make):
    yield Sample(make(2, 3), make(2, 3))
    yield Sample(make(2, 3), make(3), axes=("batch", "parameter"))


@operator(family="elementwise", stored=Primitive(23, "NotEqual"))
def not_equal(left: Operand, right: Operand, name: str = "") -> Function:
    """Return 1 where ``left`` and ``right`` differ, and 0 elsewhere.

    Args:
        left: any static shape.
        right: a static shape that broadcasts with that of ``left``.
        name: name of the result.

    >>> C.not_equal([41, 42, 43], [42, 42, 42]).eval()
    array([1., 0., 1.], dtype=float32)
    """


@not_equal.reference
def not_equal_reference(left, right):
    return np.not_equal(left, right).astype(left.dtype)


@not_equal.samples
def not_equal_samples(make):
    yield Sample(make(2, 3), make(2, 3))
    yield Sample(make(2, 3), make(3), axes=("batch", "parameter"))


@operator(family="elementwise", stored=Primitive(24, "Less"))
def less(left: Operand, right: Operand, name: str = "") -> Function:
    """Return 1 where ``left`` is less than ``right``, and 0 elsewhere.

    Args:
        left: any static shape.
        right: a static shape that broadcasts with that of ``left``.
        name: name of the result.

    >>> C.less([41, 42, 43], [42, 42, 42]).eval()
    array([1., 0., 0.], dtype=float32)
    """


@less.reference
def less_reference(left, right):
    return np.less(left, right).astype(left.dtype)


@less.samples
def less_samples(make):
    yield Sample(make(2, 3), make(2, 3))
    yield Sample(make(2, 3), make(3), axes=("batch", "parameter"))


@operator(family="elementwise", stored=Primitive(25, "LessEqual"))
def less_equal(left: Operand, right: Operand, name: str = "") -> Function:
    """Return 1 where ``left`` is not greater than ``right``, and 0 elsewhere.

    Args:
        left: any static shape.
        right: a static shape that broadcasts with that of ``left``.
        name: name of the result.

    >>> C.less_equal([41, 42, 43], [42, 42, 42]).eval()
    array([1., 1., 0.], dtype=float32)
    """


@less_equal.reference
def less_equal_reference(left, right):
    return np.less_equal(left, right).astype(left.dtype)


@less_equal.samples
def less_equal_samples(make):
    yield Sample(make(2, 3), make(2, 3))
    yield Sample(make(2, 3), make(3), axes=("batch", "parameter"))


@operator(family="elementwise", stored=Primitive(26, "Greater"))
def greater(left: Operand, right: Operand, name: str = "") -> Function:
    """Return 1 where ``left`` is greater than ``right``, and 0 elsewhere.

    Args:
        left: any static shape.
        right: a static shape that broadcasts with that of ``left``.
        name: name of the result.

    >>> C.greater([41, 42, 43], [42, 42, 42]).eval()
    array([0., 0., 1.], dtype=float32)
    """


@greater.reference
def greater_reference(left, right):
    return np.greater(left, right).astype(left.dtype)


@greater.samples
def greater_samples(make):
    yield Sample(make(2, 3), make(2, 3))
    yield Sample(make(2, 3), make(3), axes=("batch", "parameter"))


@operator(family="elementwise", stored=Primitive(27, "GreaterEqual"))
def greater_equal(left: Operand, right: Operand, name: str = "") -> Function:
    """Return 1 where ``left`` is not less than ``right``, and 0 elsewhere.

    Args:
        left: any static shape.
        right: a static shape that broadcasts with that of ``left``.
        name: name of the result.

    >>> C.greater_equal([41, 42, 43], [42, 42, 42]).eval()
    array([0., 1., 1.], dtype=float32)
    """


@greater_equal.reference
def greater_equal_reference(left, right):
    return np.greater_equal(left, right).astype(left.dtype)


@greater_equal.samples
def greater_equal_samples(make):
    yield Sample(make(2, 3), make(2, 3))
    yield Sample(make(2, 3), make(3), axes=("batch", "parameter"))
