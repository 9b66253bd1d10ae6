"""Sum and mean of several operands (not along an axis: that is ``reduce_sum``)."""

from __future__ import annotations

from functools import reduce

from cntk.errors import ArgumentError
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.operators.stored import Block
from cntk.ops._elementwise.arithmetic import plus
from cntk.ops._elementwise.division import element_divide


@composite(stored=Block("Sum"))
def sum(*operands: Operand, name: str = "") -> Function:
    """Return the sum of all operands, element by element.

    Args:
        operands: one or more of static shapes that broadcast, or one list of them.
        name: name of the result.

    Raises:
        ValueError: there are no operands.

    >>> C.sum([1, 2], [10, 20], [100, 200]).eval()
    array([111., 222.], dtype=float32)
    """
    return reduce(plus, operands)


@composite(stored=Block("Mean"))
def mean(*operands: Operand, name: str = "") -> Function:
    """Return the mean of all operands, element by element.

    Args:
        operands: one or more of static shapes that broadcast, or one list of them.
        name: name of the result.

    Raises:
        ValueError: there are no operands.

    >>> C.mean([1, 2], [3, 6]).eval()
    array([2., 4.], dtype=float32)
    """
    return element_divide(reduce(plus, operands), len(operands))


def _operands_of_list(operands):
    """Return the operands of a call: those of the list where one list was given."""
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = operands[0]
    if not operands:
        raise ArgumentError("Sum and Mean need at least one operand")
    return list(operands), {}


def _three(make):
    yield Sample(make(2, 3), make(2, 3), make(3), axes=("batch", "batch", "parameter"))


for _operator in (sum, mean):
    _operator.prepare(_operands_of_list)
    _operator.samples(_three)
