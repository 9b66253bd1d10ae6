"""Softsign."""

from __future__ import annotations

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.operators.stored import Block
from cntk.ops._elementwise.division import element_divide
from cntk.ops._elementwise.magnitude import abs


@composite(stored=Block("Softsign"))
def softsign(x: Operand, steepness: float = 1, name: str = "") -> Function:
    """Return ``x / (1 + abs(x))`` of each element.

    Args:
        x: any static shape.
        steepness: has no effect, as in CNTK 2.7.
        name: name of the result.

    >>> C.softsign([-1, 0, 3]).eval()
    array([-0.5 ,  0.  ,  0.75], dtype=float32)
    """
    return element_divide(x, abs(x) + 1)


@softsign.samples
def softsign_samples(make):
    yield Sample(make(2, 3))
