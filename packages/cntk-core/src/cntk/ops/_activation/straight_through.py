"""The sign with a gradient of its own, for binary networks."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive
from cntk.ops._elementwise.comparison import less_equal
from cntk.ops._elementwise.magnitude import abs


@operator(family="elementwise", gradient_of="surrogate", stored=Primitive(94, "StraightThrough"))
def straight_through_impl(x: Operand, name: str = "") -> Function:
    """Return 1 for elements above 0, else -1; the gradient passes as if they were not changed.

    It passes where ``abs(x) <= 1`` only.

    Args:
        x: any static shape.
        name: name of the result.

    Reference:
        Y. Bengio, N. Leonard, A. Courville: Estimating or Propagating Gradients Through Stochastic
        Neurons, 2013, https://arxiv.org/abs/1308.3432

    >>> C.straight_through_impl([-1.5, 0, 2]).eval()
    array([-1., -1.,  1.], dtype=float32)
    """


@straight_through_impl.reference
def straight_through_impl_reference(x):
    return 2 * np.greater(x, 0).astype(x.dtype) - 1


@straight_through_impl.gradient
def straight_through_impl_gradient(dy, x):
    return dy * less_equal(abs(x), 1)


@straight_through_impl.samples
def straight_through_impl_samples(make):
    yield Sample(make(2, 3))
