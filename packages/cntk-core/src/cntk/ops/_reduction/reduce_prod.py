"""Products over axes."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite, operator
from cntk.ops._reduction.axes import kept, reduce_array, reduction_arguments
from cntk.ops._reduction.blocks import reduce_over, reduction_block
from cntk.ops._reduction.over import reduction


@composite(stored=reduction_block("ReduceElements", "Prod"))
def reduce_prod(x: Operand, axis=None, keepdims: bool = True, name: str = "") -> Function:
    """Return the product over some axes of each sample, or over the minibatch as well.

    Where a factor is 0 all gradients are 0, as in CNTK 2.7, also that of the factor itself.

    Args:
        x: any static shape.
        axis: axes as of :func:`reduce_sum`.
        keepdims: whether axes given one by one stay, with size 1.
        name: name of the result.

    Raises:
        ValueError: as of :func:`reduce_sum`.

    >>> C.reduce_prod([[1, 5], [3, 4]], axis=0).eval()
    array([[ 3., 20.]], dtype=float32)
    """
    return reduce_over(prod_over, x, axis, keepdims)


reduce_prod.prepare(reduction_arguments)


@reduce_prod.samples
def reduce_prod_samples(make):
    yield Sample(make(2, 3))
    yield Sample(make(2, 3), axis=1)


@reduction("Prod")
def prod_over(x: Operand, axis, keepdims: bool = True, name: str = "") -> Function:
    """Return the product over axes: an int, an Axis, or a tuple of them."""


@prod_over.reference
def prod_over_reference(x, axis, keepdims, has_rows):
    return reduce_array(np.multiply, x, axis, keepdims, has_rows[0])


@prod_over.gradient
def prod_over_gradient(dy, x, y, axis, keepdims):
    return inverse_or_zero(x) * kept(dy * y, x, axis, keepdims)


@operator(family="elementwise")
def inverse_or_zero(x: Operand):
    """Return ``1 / x``, and 0 where x is 0."""


@inverse_or_zero.reference
def inverse_or_zero_reference(x):
    return np.divide(x.dtype.type(1), x, out=np.zeros_like(x), where=x != 0)


@inverse_or_zero.gradient
def inverse_or_zero_gradient(dy, y):
    return -dy * y * y
