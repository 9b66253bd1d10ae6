"""Logical operators: numbers above 0 are true; they have no gradient."""

from __future__ import annotations

from cntk.graph.build import literal
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.operators.stored import Block
from cntk.ops._elementwise.comparison import greater, not_equal


@composite(stored=Block("And"))
def element_and(x: Operand, y: Operand, name: str = "") -> Function:
    """Return 1 where both elements are above 0, and 0 elsewhere.

    Args:
        x: any static shape.
        y: a static shape that broadcasts with that of ``x``.
        name: name of the result.

    >>> C.element_and([1, 1, -1, 0], [1, 0, 1, 0]).eval()
    array([1., 0., 0., 0.], dtype=float32)
    """
    zero = literal(0, x)
    return greater(greater(x, zero) * greater(y, zero), zero)


@element_and.samples
def element_and_samples(make):
    yield Sample(make(2, 3), make(2, 3))


@composite(stored=Block("Or"))
def element_or(x: Operand, y: Operand, name: str = "") -> Function:
    """Return 1 where at least one element is above 0, and 0 elsewhere.

    Args:
        x: any static shape.
        y: a static shape that broadcasts with that of ``x``.
        name: name of the result.

    >>> C.element_or([1, 1, -1, 0], [1, 0, 0, 0]).eval()
    array([1., 1., 0., 0.], dtype=float32)
    """
    zero = literal(0, x)
    return greater(greater(x, zero) + greater(y, zero), zero)


@element_or.samples
def element_or_samples(make):
    yield Sample(make(2, 3), make(2, 3))


@composite(stored=Block("Xor"))
def element_xor(x: Operand, y: Operand, name: str = "") -> Function:
    """Return 1 where exactly one element is above 0, and 0 elsewhere.

    Args:
        x: any static shape.
        y: a static shape that broadcasts with that of ``x``.
        name: name of the result.

    >>> C.element_xor([1, 1, -1, 0], [1, 0, 1, 0]).eval()
    array([0., 1., 1., 0.], dtype=float32)
    """
    zero = literal(0, x)
    return not_equal(greater(x, zero), greater(y, zero))


@element_xor.samples
def element_xor_samples(make):
    yield Sample(make(2, 3), make(2, 3))


@composite(stored=Block("Not"))
def element_not(x: Operand, name: str = "") -> Function:
    """Return 0 where the element is above 0, and 1 elsewhere.

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.element_not([1, 0.4, 0, -1]).eval()
    array([0., 0., 1., 1.], dtype=float32)
    """
    return -greater(x, 0) + 1


@element_not.samples
def element_not_samples(make):
    yield Sample(make(2, 3))
