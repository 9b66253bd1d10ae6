"""Squareplus, a smooth rectifier without exponentials."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator


@operator(family="elementwise")
def squareplus(x: Operand, b: float = 4.0, name: str = "") -> Function:
    """Return ``(x + sqrt(x^2 + b)) / 2`` of each element.

    Args:
        x: any static shape.
        b: width of the bend at zero, positive; 4 bends like softplus.
        name: name of the result.

    Reference: Barron, "Squareplus: A Softplus-Like Algebraic Rectifier", 2021, arXiv:2112.11687.

    >>> import cntk as C
    >>> C.squareplus([-1.5, 0, 1.5]).eval()
    array([0.5, 1. , 2. ], dtype=float32)
    """


@squareplus.reference
def squareplus_reference(x, b):
    return (x + np.sqrt(x * x + b)) / 2


@squareplus.gradient
def squareplus_gradient(dy, x, y):
    return dy * y / (2 * y - x)  # 2 y - x is the root


@squareplus.samples
def squareplus_samples(make):
    yield Sample(make(2, 3))
    yield Sample(make(4), b=0.5)
