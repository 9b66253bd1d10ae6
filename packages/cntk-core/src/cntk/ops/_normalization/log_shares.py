"""The logarithm of the softmax, in one step: what plans make of ``log_softmax``."""

from __future__ import annotations

import numpy as np

from cntk.dtypes import computing_dtype
from cntk.operators.declare import Operand, Sample, operator
from cntk.ops._elementwise.exponential import exp
from cntk.ops._reduction import axes as reduction
from cntk.ops._reduction.reduce_sum import sum_over


@operator(family="whole")
def log_shares(x: Operand, axis):
    """Return ``x - log(sum(exp(x)))``, the sum over static axes.

    The largest element is taken off first: the result is exact to its own size, not to that of x.
    """


@log_shares.complete
def log_shares_complete(x, axis):
    return {"axis": reduction.settled_axis(x, axis)}


@log_shares.shape
def log_shares_shape(x, axis):
    reduction.reduced(axis, len(x.shape))
    return x.shape


@log_shares.reference
def log_shares_reference(x, axis, has_rows):
    over = reduction.array_axes(axis, x.ndim, has_rows[0])
    centred = x - np.maximum.reduce(x, axis=over, keepdims=True)
    wide = computing_dtype(x.dtype)
    total = np.add.reduce(np.exp(centred), axis=over, keepdims=True, dtype=wide)
    return centred - np.log(total).astype(x.dtype)


@log_shares.gradient
def log_shares_gradient(dy, y, axis):
    return dy - exp(y) * sum_over(dy, axis)


@log_shares.samples
def log_shares_samples(make):
    yield Sample(make(2, 3), axis=-1)
    yield Sample(100 * make(2, 3, 4), axis=1)
