"""Piecewise linear sigmoid."""

from __future__ import annotations

import numpy as np

from cntk.graph.build import literal
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.operators.stored import Attribute, Block
from cntk.ops._elementwise.comparison import greater, less
from cntk.ops._elementwise.selection import element_select


@composite(
    stored=Block(
        "HardSigmoid", attributes={"alpha": Attribute("alpha", "F"), "beta": Attribute("beta", "F")}
    )
)
def hard_sigmoid(x: Operand, alpha: float, beta: float, name: str = "") -> Function:
    """Return ``alpha * x + beta``, kept between 0 and 1; the gradients at both corners are 0.

    Args:
        x: any static shape.
        alpha: slope of the middle part.
        beta: value at 0.
        name: name of the result.

    >>> C.hard_sigmoid([-2.5, -1.5, 1], 1, 2).eval()
    array([0. , 0.5, 1. ], dtype=float32)
    """
    line, one, zero = x * alpha + beta, literal(1, x), literal(0, x)
    low = element_select(less(line, one), line, one)
    return element_select(greater(low, zero), low, zero)


@hard_sigmoid.prepare
def hard_sigmoid_prepare(x, alpha, beta):
    return [x], {"alpha": float(np.float32(alpha)), "beta": float(np.float32(beta))}


@hard_sigmoid.samples
def hard_sigmoid_samples(make):
    yield Sample(make(2, 3), alpha=0.2, beta=0.5)
