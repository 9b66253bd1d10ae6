"""Squared error."""

from __future__ import annotations

from cntk.axis import ALL_STATIC_AXES
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.operators.stored import Block
from cntk.ops._elementwise.power import square
from cntk.ops._reduction.reduce_sum import sum_over


@composite(stored=Block("SquaredError"))
def squared_error(output: Operand, target: Operand, name: str = "") -> Function:
    """Return the sum of ``(output - target) ** 2`` over all static axes: static shape ``()``.

    Args:
        output: any static shape.
        target: the same static shape.
        name: name of the result.

    Raises:
        ValueError: the shapes do not broadcast.

    >>> C.squared_error([4, 6], [2, 1]).eval()
    array(29., dtype=float32)
    """
    return sum_over(square(output - target), ALL_STATIC_AXES, False)


@squared_error.samples
def squared_error_samples(make):
    yield Sample(make(2, 3), make(2, 3))
    yield Sample(make(4), make(4), axes=("batch", "parameter"))
