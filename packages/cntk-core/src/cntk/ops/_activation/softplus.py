"""Smooth rectifier."""

from __future__ import annotations

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.operators.stored import Block
from cntk.ops._elementwise.division import element_divide
from cntk.ops._elementwise.log_add_exp import log_add_exp


@composite()
def softplus(x: Operand, steepness: float = 1, name: str = "") -> Function:
    """Return ``log(1 + exp(steepness * x)) / steepness`` of each element.

    Args:
        x: any static shape.
        steepness: how sharp the bend is; very steep, it is the rectified linear unit.
        name: name of the result.

    >>> C.softplus([-1, 0, 2]).eval().round(4)
    array([0.3133, 0.6931, 2.1269], dtype=float32)
    """
    return unit_softplus(x, name=name) if steepness == 1 else steep_softplus(x, steepness, name)


@softplus.samples
def softplus_samples(make):
    yield Sample(make(2, 3))
    yield Sample(make(2, 3), steepness=4)


@composite(stored=Block("Softplus"))
def unit_softplus(x: Operand, name: str = "") -> Function:
    """Return ``log(1 + exp(x))`` of each element.

    Args:
        x: any static shape.
        name: name of the result.
    """
    return log_add_exp(x, 0)


@unit_softplus.samples
def unit_softplus_samples(make):
    yield Sample(make(2, 3))


@composite(stored=Block("softplus"))
def steep_softplus(x: Operand, steepness: float, name: str = "") -> Function:
    """Return ``log(1 + exp(steepness * x)) / steepness`` of each element.

    Args:
        x: any static shape.
        steepness: how sharp the bend is.
        name: name of the result.
    """
    return element_divide(unit_softplus(steepness * x), steepness)


@steep_softplus.samples
def steep_softplus_samples(make):
    yield Sample(make(2, 3), steepness=4)
