"""Addition of numbers that are given by their logarithms."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive
from cntk.ops._activation.sigmoid import sigmoid


@operator(family="elementwise", associative=True, stored=Primitive(52, "LogPlus"))
def log_add_exp(left: Operand, right: Operand, name: str = "") -> Function:
    """Return ``log(exp(left) + exp(right))``, element by element, without overflow.

    Args:
        left: any static shape.
        right: a static shape that broadcasts with that of ``left``; more operands may follow.
        name: name of the result.

    >>> C.log_add_exp([0, 1, 90], [0, 2, 90]).eval().round(4)
    array([ 0.6931,  2.3133, 90.6931], dtype=float32)
    """


@log_add_exp.reference
def log_add_exp_reference(left, right):
    return np.maximum(left, right) + np.log1p(np.exp(-np.abs(left - right)))


@log_add_exp.gradient
def log_add_exp_gradient(dy, left, right, wanted):
    return (
        dy * sigmoid(left - right) if "left" in wanted else None,
        dy * sigmoid(right - left) if "right" in wanted else None,
    )


@log_add_exp.samples
def log_add_exp_samples(make):
    yield Sample(make(2, 3), make(2, 3))
    yield Sample(make(2, 3), make(3), axes=("batch", "parameter"))
