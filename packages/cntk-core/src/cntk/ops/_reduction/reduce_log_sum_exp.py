"""Logarithms of sums of exponentials over axes."""

from __future__ import annotations

import numpy as np

from cntk.dtypes import widened
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.ops._elementwise.exponential import exp
from cntk.ops._reduction.axes import array_axes, kept, reduce_array, reduction_arguments
from cntk.ops._reduction.blocks import reduce_over, reduction_block
from cntk.ops._reduction.over import reduction


@composite(stored=reduction_block("ReduceElements", "LogSum"))
def reduce_log_sum_exp(x: Operand, axis=None, keepdims: bool = True, name: str = "") -> Function:
    """Return ``log(sum(exp(x)))`` over some axes of each sample, or over the minibatch as well.

    No exponential overflows on the way.

    Args:
        x: any static shape.
        axis: axes as of :func:`reduce_sum`.
        keepdims: whether axes given one by one stay, with size 1.
        name: name of the result.

    Raises:
        ValueError: as of :func:`reduce_sum`.

    >>> C.reduce_log_sum_exp([1000, 1000]).eval().round(2)
    np.float32(1000.69)
    """
    return reduce_over(log_sum_exp_over, x, axis, keepdims)


reduce_log_sum_exp.prepare(reduction_arguments)


@reduce_log_sum_exp.samples
def reduce_log_sum_exp_samples(make):
    yield Sample(make(2, 3))
    yield Sample(make(2, 3), axis=1)


@reduction("LogSum")
def log_sum_exp_over(x: Operand, axis, keepdims: bool = True, name: str = "") -> Function:
    """Return ``log(sum(exp(x)))`` over axes: an int, an Axis, or a tuple of them."""


@log_sum_exp_over.reference
def log_sum_exp_over_reference(x, axis, keepdims, has_rows):
    over = array_axes(axis, x.ndim, has_rows[0])
    x, dtype = widened(x), x.dtype
    largest = np.maximum.reduce(x, axis=over, keepdims=True)
    shift = np.where(np.isfinite(largest), largest, x.dtype.type(0))
    total = reduce_array(np.add, np.exp(x - shift), axis, keepdims, has_rows[0])
    with np.errstate(divide="ignore"):  # log(0) is right where all elements are -inf
        return (np.log(total) + shift.reshape(total.shape)).astype(dtype, copy=False)


@log_sum_exp_over.gradient
def log_sum_exp_over_gradient(dy, x, y, axis, keepdims):
    shares = exp(x - kept(y, x, axis, keepdims))
    return shares * kept(dy, x, axis, keepdims)
