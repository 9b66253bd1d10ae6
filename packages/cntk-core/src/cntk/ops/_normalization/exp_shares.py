"""The softmax underneath ``softmax`` and its relatives: over any static axes, in one step.

Users do not see it: what CNTK 2.7 makes of five primitives, a plan computes as this one.
"""

from __future__ import annotations

import numpy as np

from cntk.axis import ALL_STATIC_AXES
from cntk.dtypes import computing_dtype
from cntk.operators.declare import Operand, Sample, operator
from cntk.ops._reduction import axes as reduction
from cntk.ops._reduction.reduce_sum import sum_over


@operator(family="whole")
def exp_shares(x: Operand, axis):
    """Return ``exp(x)`` divided by its sum over static axes: an int, an Axis, or a tuple."""


@exp_shares.complete
def exp_shares_complete(x, axis):
    return {"axis": reduction.settled_axis(x, axis)}


@exp_shares.shape
def exp_shares_shape(x, axis):
    reduction.reduced(axis, len(x.shape))
    return x.shape


@exp_shares.reference
def exp_shares_reference(x, axis, has_rows):
    over = reduction.array_axes(axis, x.ndim, has_rows[0])
    shares = np.exp(x - np.maximum.reduce(x, axis=over, keepdims=True))
    wide = computing_dtype(x.dtype)
    total = np.add.reduce(shares, axis=over, keepdims=True, dtype=wide)
    return (shares / total).astype(x.dtype, copy=False)


@exp_shares.gradient
def exp_shares_gradient(dy, y, axis):
    return exp_shares_slope(dy, y, axis)


@exp_shares.samples
def exp_shares_samples(make):
    yield Sample(make(2, 3), axis=ALL_STATIC_AXES)
    yield Sample(make(2, 3), axis=-1)
    yield Sample(make(2, 3, 4), axis=1)
    yield Sample(100 * make(5), axis=0)


@operator(family="whole", outputs=("dx",))
def exp_shares_slope(dy: Operand, y: Operand, axis):
    """Return ``y * (dy - sum(y * dy))``, the sum over the axes of the softmax ``y``."""


@exp_shares_slope.shape
def exp_shares_slope_shape(y):
    return y.shape


@exp_shares_slope.reference
def exp_shares_slope_reference(dy, y, axis, has_rows):
    total = reduction.reduce_array(np.add, dy * y, axis, True, has_rows[1])
    return y * (dy - total.astype(y.dtype, copy=False))


@exp_shares_slope.gradient
def exp_shares_slope_gradient(ddx, dy, y, axis, wanted):
    for_y = None
    if "y" in wanted:
        for_y = ddx * (dy - sum_over(dy * y, axis)) - dy * sum_over(ddx * y, axis)
    return exp_shares_slope(ddx, y, axis), for_y


@exp_shares_slope.samples
def exp_shares_slope_samples(make):
    yield Sample(make(2, 3), make(2, 3), axis=ALL_STATIC_AXES)
    yield Sample(make(2, 3, 4), make(2, 3, 4), axis=-2)
