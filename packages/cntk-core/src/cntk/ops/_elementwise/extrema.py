"""The larger and the smaller of operands, element by element."""

from __future__ import annotations

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.operators.stored import Block
from cntk.ops._elementwise.comparison import greater, less
from cntk.ops._elementwise.selection import element_select


@composite(stored=Block("ElementMax"), associative=True)
def element_max(left: Operand, right: Operand, name: str = "") -> Function:
    """Return the larger of two elements; of equal ones the right receives the gradient.

    Args:
        left: any static shape.
        right: a static shape that broadcasts with that of ``left``; more operands may follow.
        name: name of the result.

    >>> C.element_max([1, 5, 2], [3, 4, 2]).eval()
    array([3., 5., 2.], dtype=float32)
    """
    return element_select(greater(left, right), left, right)


@element_max.samples
def element_max_samples(make):
    yield Sample(make(2, 3), make(2, 3))
    yield Sample(make(2, 3), make(3), axes=("batch", "parameter"))


@composite(stored=Block("ElementMin"), associative=True)
def element_min(left: Operand, right: Operand, name: str = "") -> Function:
    """Return the smaller of two elements; of equal ones the right receives the gradient.

    Args:
        left: any static shape.
        right: a static shape that broadcasts with that of ``left``; more operands may follow.
        name: name of the result.

    >>> C.element_min([1, 5, 2], [3, 4, 2]).eval()
    array([1., 4., 2.], dtype=float32)
    """
    return element_select(less(left, right), left, right)


@element_min.samples
def element_min_samples(make):
    yield Sample(make(2, 3), make(2, 3))
    yield Sample(make(2, 3), make(3), axes=("batch", "parameter"))
