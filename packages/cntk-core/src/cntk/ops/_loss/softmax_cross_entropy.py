"""The cross entropy with softmax in one step, and its gradient in another.

Plans compute CNTK's ``LogSum - target * output`` as this: the softmax itself, which is as large as
the operand, is never held. Targets need not sum to 1, and may be sparse.
"""

from __future__ import annotations

import numpy as np

from cntk.errors import ShapeError
from cntk.operators.declare import Like, Operand, Sample, operator
from cntk.ops._elementwise.exponential import exp
from cntk.ops._linear.inner_product import entries, inner_along, row_of, sparse_inner
from cntk.ops._reduction import axes as reduction
from cntk.ops._reduction.reduce_log_sum_exp import log_sum_exp_over_reference
from cntk.shape import shape_text


@operator(family="per_sample", sparse=("target",), saves={"log_sum": Like("y")})
def softmax_cross_entropy(output: Operand, target: Operand, axis: int):
    """Return ``log(sum(exp(output))) - sum(target * output)`` along a static axis, which stays."""


@softmax_cross_entropy.complete
def softmax_cross_entropy_complete(output, axis):
    return {"axis": reduction.settled_axis(output, axis)}


@softmax_cross_entropy.shape
def softmax_cross_entropy_shape(output, target, axis):
    if output.shape != target.shape:
        raise ShapeError(
            f"CrossEntropyWithSoftmax: output '{shape_text(output.shape)}' and target "
            f"'{shape_text(target.shape)}' need one shape"
        )
    return reduction.reduced_shape(output, axis, True)


@softmax_cross_entropy.reference
def softmax_cross_entropy_reference(output, target, axis):
    log_sum = log_sum_exp_over_reference(output, axis, True, (True,))
    if hasattr(target, "indptr"):
        return log_sum - sparse_inner(output, target), log_sum
    return log_sum - inner_along(output, target, axis), log_sum


@softmax_cross_entropy.gradient
def softmax_cross_entropy_gradient(dy, dlog_sum, output, target, log_sum, axis, wanted):
    slope = None
    if "output" in wanted:
        slope = softmax_cross_entropy_slope(dy + dlog_sum, dy, output, target, log_sum, axis)
    return slope, -dy * output if "target" in wanted else None


@softmax_cross_entropy.samples
def softmax_cross_entropy_samples(make):
    yield Sample(make(5), make(5), axis=-1)
    yield Sample(30 * make(2, 3), make(2, 3), axis=0)


@operator(family="per_sample", sparse=("target",), outputs=("dx",))
def softmax_cross_entropy_slope(
    share: Operand, dy: Operand, output: Operand, target: Operand, log_sum: Operand, axis: int
):
    """Return ``share * exp(output - log_sum) - dy * target``, where sums went along ``axis``."""


@softmax_cross_entropy_slope.shape
def softmax_cross_entropy_slope_shape(output):
    return output.shape


@softmax_cross_entropy_slope.reference
def softmax_cross_entropy_slope_reference(share, dy, output, target, log_sum):
    slope = np.exp(output - log_sum) * share
    if hasattr(target, "indptr"):
        row, column, value = entries(target)
        np.subtract.at(slope, (row, column), value * dy[row_of(dy, row), 0])
        return slope
    return slope - dy * target


@softmax_cross_entropy_slope.gradient
def softmax_cross_entropy_slope_gradient(ddx, share, dy, output, target, log_sum, wanted):
    shares = exp(output - log_sum)
    for_output = ddx * shares * share
    return ddx * shares, -ddx * target, for_output, -ddx * dy, -for_output
