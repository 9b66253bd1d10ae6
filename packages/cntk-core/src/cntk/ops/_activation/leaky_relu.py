"""Rectified linear units with a slope for negative elements."""

from __future__ import annotations

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.operators.stored import Attribute, Block
from cntk.ops._elementwise.comparison import less
from cntk.ops._elementwise.selection import element_select


@composite(stored=Block("LeakyReLU", attributes={"alpha": Attribute("alpha", "D")}))
def leaky_relu(x: Operand, alpha: float = 0.01, name: str = "") -> Function:
    """Return ``x`` where it is not negative, ``alpha * x`` elsewhere; the gradient at 0 is 1.

    Args:
        x: any static shape.
        alpha: slope of the negative part.
        name: name of the result.

    Reference:
        A. Maas, A. Hannun, A. Ng: Rectifier Nonlinearities Improve Neural Network Acoustic Models,
        ICML 2013.

    >>> C.leaky_relu([-1, 0, 2]).eval()
    array([-0.01,  0.  ,  2.  ], dtype=float32)
    """
    return element_select(less(x, 0), alpha * x, x)


@leaky_relu.prepare
def leaky_relu_prepare(x, alpha):
    return [x], {"alpha": float(alpha)}


@leaky_relu.samples
def leaky_relu_samples(make):
    yield Sample(make(2, 3))
    yield Sample(make(2, 3), alpha=0.3)


@composite(stored=Block("PReLU"))
def prelu(x: Operand, alpha: Operand, name: str = "") -> Function:
    """Return ``x`` where it is not negative, ``alpha * x`` elsewhere.

    Args:
        x: any static shape.
        alpha: a static shape that broadcasts with that of ``x``.
        name: name of the result.
    """
    return element_select(less(x, 0), alpha * x, x)


@prelu.samples
def prelu_samples(make):
    yield Sample(make(2, 3), make(3), axes=("batch", "parameter"))


@composite()
def param_relu(alpha: Operand, x: Operand, name: str = "") -> Function:
    """Return ``x`` where it is not negative, ``alpha * x`` elsewhere, with slopes to be learned.

    Args:
        alpha: slopes of the negative part, of a static shape that broadcasts with that of ``x``.
        x: any static shape.
        name: name of the result.

    Reference:
        K. He and others: Delving Deep into Rectifiers, ICCV 2015, https://arxiv.org/abs/1502.01852

    >>> C.param_relu(C.constant([0.5, 0.5, 0.5]), [-1, 0, 2]).eval()
    array([-0.5,  0. ,  2. ], dtype=float32)
    """
    return prelu(x, alpha, name=name)


@param_relu.samples
def param_relu_samples(make):
    yield Sample(make(3), make(2, 3), axes=("parameter", "batch"))
