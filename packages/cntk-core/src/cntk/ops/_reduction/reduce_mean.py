"""Means over axes."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.ops._reduction.axes import kept, reduce_array, reduced, reduction_arguments
from cntk.ops._reduction.blocks import reduce_over, reduction_block
from cntk.ops._reduction.element_share import element_share
from cntk.ops._reduction.over import reduction


@composite(stored=reduction_block("ReduceElements", "Mean"))
def reduce_mean(x: Operand, axis=None, keepdims: bool = True, name: str = "") -> Function:
    """Return the mean over some axes of each sample, or over the minibatch as well.

    Args:
        x: any static shape.
        axis: axes as of :func:`reduce_sum`. Over all axes every element counts the same, however
            long its sequence is.
        keepdims: whether axes given one by one stay, with size 1.
        name: name of the result.

    Raises:
        ValueError: as of :func:`reduce_sum`.

    >>> C.reduce_mean([[1, 2], [3, 4]], axis=1).eval()
    array([[1.5],
           [3.5]], dtype=float32)
    """
    return reduce_over(mean_over, x, axis, keepdims)


reduce_mean.prepare(reduction_arguments)


@reduce_mean.samples
def reduce_mean_samples(make):
    yield Sample(make(2, 3))
    yield Sample(make(2, 3, 4), axis=(0, 2))


@reduction("Mean")
def mean_over(x: Operand, axis, keepdims: bool = True, name: str = "") -> Function:
    """Return the mean over axes: an int, an Axis, or a tuple of them."""


@mean_over.reference
def mean_over_reference(x, axis, keepdims, has_rows):
    total = reduce_array(np.add, x, axis, keepdims, has_rows[0])
    return (total / total.dtype.type(x.size / total.size)).astype(x.dtype, copy=False)


@mean_over.gradient
def mean_over_gradient(dy, x, y, axis, keepdims):
    static, rows = reduced(axis, len(x.shape))
    sizes = [x.shape[i] for i in static]
    if (rows and x.has_rows) or min(sizes, default=1) < 0:
        share = element_share(y, x)
    else:
        share = 1 / float(np.prod(sizes))
    return kept(dy * share, x, axis, keepdims)
