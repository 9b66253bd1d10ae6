"""Logistic sigmoid."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive


@operator(family="elementwise", stored=Primitive(75, "StableSigmoid"))
def sigmoid(x: Operand, name: str = "") -> Function:
    """Return ``1 / (1 + exp(-x))`` of each element.

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.sigmoid([-1, 0, 2]).eval().round(3)
    array([0.269, 0.5  , 0.881], dtype=float32)
    """


@sigmoid.reference
def sigmoid_reference(x):
    t = np.exp(-np.abs(x))  # never overflows
    return np.where(x >= 0, 1, t) / (1 + t)


@sigmoid.gradient
def sigmoid_gradient(dy, y):
    return dy * y * (1 - y)


@sigmoid.samples
def sigmoid_samples(make):
    yield Sample(make(2, 3))
    yield Sample(make(4))
