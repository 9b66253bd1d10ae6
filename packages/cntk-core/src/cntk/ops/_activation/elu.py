"""Exponential linear units."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite, operator
from cntk.operators.stored import Attribute, Block, Primitive
from cntk.ops._elementwise.comparison import less
from cntk.ops._elementwise.selection import element_select


@operator(family="elementwise", stored=Primitive(65, "ELU"))
def unit_elu(x: Operand, name: str = "") -> Function:
    """Return ``x`` where it is not negative, ``exp(x) - 1`` elsewhere.

    Args:
        x: any static shape.
        name: name of the result.
    """


@unit_elu.reference
def unit_elu_reference(x):
    return np.expm1(np.minimum(x, 0)) + np.maximum(x, 0)


@unit_elu.gradient
def unit_elu_gradient(dy, x, y):
    return dy * element_select(less(x, 0), y + 1, 1)


@unit_elu.samples
def unit_elu_samples(make):
    yield Sample(make(2, 3))


@composite(stored=Block("ELU", attributes={"alpha": Attribute("alpha", "D")}))
def elu(x: Operand, alpha: float = 1.0, name: str = "") -> Function:
    """Return ``x`` where it is not negative, ``alpha * (exp(x) - 1)`` elsewhere.

    Args:
        x: any static shape.
        alpha: the negative of the limit for very negative elements.
        name: name of the result.

    Reference:
        D. Clevert, T. Unterthiner, S. Hochreiter: Fast and Accurate Deep Network Learning by
        Exponential Linear Units, ICLR 2016, https://arxiv.org/abs/1511.07289

    >>> C.elu([-1, 0, 2]).eval().round(4)
    array([-0.6321,  0.    ,  2.    ], dtype=float32)
    """
    return element_select(less(x, 0), alpha * unit_elu(x, name=f"{name}_ELU"), x)


@elu.prepare
def elu_prepare(x, alpha):
    return [x], {"alpha": float(alpha)}


@elu.samples
def elu_samples(make):
    yield Sample(make(2, 3))
    yield Sample(make(2, 3), alpha=0.5)


@composite(
    stored=Block(
        "SELU", attributes={"scale": Attribute("gamma", "D"), "alpha": Attribute("alpha", "D")}
    )
)
def selu(
    x: Operand,
    scale: float = 1.0507009873554805,
    alpha: float = 1.6732632423543772,
    name: str = "",
) -> Function:
    """Return ``scale * x`` where it is not negative, ``scale * alpha * (exp(x) - 1)`` elsewhere.

    The default constants keep the mean at 0 and the variance at 1 from layer to layer.

    Args:
        x: any static shape.
        scale: factor of everything.
        alpha: factor of the negative part.
        name: name of the result.

    Reference:
        G. Klambauer and others: Self-Normalizing Neural Networks, NIPS 2017,
        https://arxiv.org/abs/1706.02515

    >>> C.selu([-1, 0, 2]).eval().round(4)
    array([-1.1113,  0.    ,  2.1014], dtype=float32)
    """
    return scale * element_select(less(x, 0), alpha * unit_elu(x), x)


@selu.prepare
def selu_prepare(x, scale, alpha):
    return [x], {"scale": float(scale), "alpha": float(alpha)}


@selu.samples
def selu_samples(make):
    yield Sample(make(2, 3))
