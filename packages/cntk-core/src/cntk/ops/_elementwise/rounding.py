"""Rounding to integers; the gradients are 0."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite, operator
from cntk.operators.stored import Primitive
from cntk.ops._elementwise.arithmetic import negate


@operator(family="elementwise", stored=Primitive(7, "Floor"))
def floor(arg: Operand, name: str = "") -> Function:
    """Return the largest integer that is not above each element.

    Args:
        arg: any static shape.
        name: name of the result.

    >>> C.floor([0.2, 1.3, -0.4]).eval()
    array([ 0.,  1., -1.], dtype=float32)
    """


@floor.reference
def floor_reference(arg):
    return np.floor(arg)


@floor.samples
def floor_samples(make):
    yield Sample(make(2, 3))


@composite()
def ceil(arg: Operand, name: str = "") -> Function:
    """Return the smallest integer that is not below each element.

    Args:
        arg: any static shape.
        name: name of the result.

    >>> C.ceil([0.2, 1.3, -1.5]).eval()
    array([ 1.,  2., -1.], dtype=float32)
    """
    return negate(floor(negate(arg)), name=name)


@ceil.samples
def ceil_samples(make):
    yield Sample(make(2, 3))


@composite()
def round(arg: Operand, name: str = "") -> Function:
    """Return the nearest integer of each element; halves are rounded up.

    Args:
        arg: any static shape.
        name: name of the result.

    >>> C.round([0.2, 1.5, 2.5, -0.5]).eval()
    array([0., 2., 3., 0.], dtype=float32)
    """
    return floor(arg + 0.5, name=name)


@round.samples
def round_samples(make):
    yield Sample(make(2, 3))
