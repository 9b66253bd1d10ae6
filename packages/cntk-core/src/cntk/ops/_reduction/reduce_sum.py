"""Sums over axes."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.ops._reduction.axes import kept, reduce_array, reduction_arguments
from cntk.ops._reduction.blocks import reduce_over, reduction_block
from cntk.ops._reduction.over import reduction


@composite(stored=reduction_block("ReduceElements", "Sum"))
def reduce_sum(x: Operand, axis=None, keepdims: bool = True, name: str = "") -> Function:
    """Return the sum over some axes of each sample, or over the minibatch as well.

    Args:
        x: any static shape.
        axis: a static axis, a list of them, ``C.Axis.all_static_axes()`` (the default: the result
            has static shape ``()``), ``C.Axis.default_batch_axis()`` (the result has no dynamic
            axes) or ``C.Axis.all_axes()``.
        keepdims: whether axes given one by one stay, with size 1.
        name: name of the result.

    Raises:
        ValueError: an axis is out of bounds or a sequence axis, or ``keepdims`` is False for axes
            that are not given one by one.

    >>> C.reduce_sum([[1, 2], [3, 4]], axis=0).eval()
    array([[4., 6.]], dtype=float32)
    >>> C.reduce_sum([[1, 2], [3, 4]]).eval()
    array(10., dtype=float32)
    """
    return reduce_over(sum_over, x, axis, keepdims)


reduce_sum.prepare(reduction_arguments)


@reduce_sum.samples
def reduce_sum_samples(make):
    yield Sample(make(2, 3))
    yield Sample(make(2, 3, 4), axis=(0, 2))
    yield Sample(make(2, 3), axis=1, keepdims=False)


@reduction("Sum")
def sum_over(x: Operand, axis, keepdims: bool = True, name: str = "") -> Function:
    """Return the sum over axes: an int, an Axis, or a tuple of them."""


@sum_over.reference
def sum_over_reference(x, axis, keepdims, has_rows):
    return reduce_array(np.add, x, axis, keepdims, has_rows[0]).astype(x.dtype, copy=False)


@sum_over.gradient
def sum_over_gradient(dy, x, axis, keepdims):
    return kept(dy, x, axis, keepdims)
