"""The cross entropy with softmax in one step, and its gradient in another.

Plans compute CNTK's ``LogSum - target * output`` as this: the softmax itself, which is as large as
the operand, is never held. Targets need not sum to 1, and may be sparse.
"""

from __future__ import annotations

import numpy as np

from cntk.errors import ShapeError
from cntk.operators.declare import Like, Operand, Sample, operator
from cntk.ops._elementwise.exponential import exp
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
    return log_sum - array_product(output, target, axis), log_sum


def array_product(output: np.ndarray, target, axis: int) -> np.ndarray:
    """Return ``sum(target * output)`` along an axis, which stays.

    Args:
        output: array ``[rows, *static]``.
        target: such an array, or sparse rows of vectors.
        axis: axis of both, counted from the last.
    """
    if hasattr(target, "indptr"):
        row, column, value = entries(target)
        total = np.bincount(row, value * output[row_of(output, row), column], len(target))
        return total.astype(output.dtype)[:, None]
    if output.dtype == np.float16:
        return np.add.reduce(output * target, axis, np.float32, keepdims=True).astype(np.float16)
    ours, theirs = np.moveaxis(output, axis, -1), np.moveaxis(target, axis, -1)
    return np.expand_dims(np.einsum("...i,...i->...", ours, theirs), axis)


def entries(rows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the row, the column and the value of each entry of sparse rows."""
    end = rows.indptr[-1]
    return rows.row_of_value(), rows.indices[:end], rows.data[:end]


def row_of(array: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Return the rows of an array that belong to given rows: all the same if it has just one."""
    return row if len(array) > 1 else np.zeros_like(row)


@softmax_cross_entropy.gradient
def softmax_cross_entropy_gradient(dy, dlog_sum, output, target, log_sum, axis, wanted):
    slope = None
    if "output" in wanted:
        slope = softmax_cross_entropy_slope(dy + dlog_sum, dy, output, target, log_sum)
    return slope, -dy * output if "target" in wanted else None


@softmax_cross_entropy.samples
def softmax_cross_entropy_samples(make):
    yield Sample(make(5), make(5), axis=-1)
    yield Sample(30 * make(2, 3), make(2, 3), axis=0)


@operator(family="per_sample", sparse=("target",), outputs=("dx",))
def softmax_cross_entropy_slope(
    share: Operand, dy: Operand, output: Operand, target: Operand, log_sum: Operand
):
    """Return ``share * exp(output - log_sum) - dy * target``."""


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
