"""Tensors of one number, shaped like another tensor; no gradient passes."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite, operator
from cntk.operators.stored import Attribute, Primitive


@operator(
    family="per_sample",
    stored=Primitive(89, "ConstantOp", attributes={"fill_value": Attribute("fillValue", "D")}),
)
def filled_like(x: Operand, fill_value: float, name: str = "") -> Function:
    """Return a tensor like ``x`` in which each element is one number.

    Args:
        x: any static shape.
        fill_value: the number.
        name: name of the result.
    """


@filled_like.shape
def filled_like_shape(x):
    return x.shape


@filled_like.reference
def filled_like_reference(x, fill_value):
    return np.full_like(x, fill_value)


@filled_like.samples
def filled_like_samples(make):
    yield Sample(make(2, 3), fill_value=2.5)


@composite()
def zeros_like(x: Operand, name: str = "") -> Function:
    """Return zeros with the static shape and the dynamic axes of ``x``.

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.zeros_like([4, 5, 6]).eval()
    array([0., 0., 0.], dtype=float32)
    """
    return filled_like(x, 0.0, name=name)


@zeros_like.samples
def zeros_like_samples(make):
    yield Sample(make(2, 3))


@composite()
def ones_like(x: Operand, name: str = "") -> Function:
    """Return ones with the static shape and the dynamic axes of ``x``.

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.ones_like([4, 5, 6]).eval()
    array([1., 1., 1.], dtype=float32)
    """
    return filled_like(x, 1.0, name=name)


@ones_like.samples
def ones_like_samples(make):
    yield Sample(make(2, 3))
