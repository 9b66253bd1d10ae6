"""Products through BLAS, written into the plan's memory.

What comes up in every step of training gets one call of BLAS on views: rows times weights, the
gradient to the rows, and the gradient to the weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from cntk.execution.kernels import Kernel, kernel
from cntk.execution.threads import one_thread
from cntk.ops._linear.contract import contract_reference
from cntk.shape import is_static

declared: list[Kernel] = []
_LARGE = 1 << 26  # multiplications of a product that takes a core a millisecond
_WORTH_TURNING = 1 << 17  # multiplications that take longer than turning their result
_FLOATS = ("float32", "float64")  # float16 is computed in float32, by the reference


def _dot(left: np.ndarray, right: np.ndarray, out: np.ndarray) -> None:
    """Write a product of matrices, with all threads where it is worth it."""
    if left.size * right.shape[1] < _LARGE:
        np.dot(left, right, out)
    else:
        with one_thread.all_threads():
            np.dot(left, right, out)


def is_turned(rows: int, weights: int, dtype: np.dtype) -> bool:
    """Whether rows times transposed weights are computed as weights times transposed rows.

    BLAS is up to twice as fast that way for few rows in float32, as in a step of a recurrence: it
    reads the large matrix as it lies. The result must be turned then, which costs less.

    Args:
        rows: number of rows.
        weights: number of weights.
        dtype: element type.
    """
    return 4 <= rows <= 32 and rows * weights >= _WORTH_TURNING and dtype == np.float32


def _dot_turned(rows: np.ndarray, weights: np.ndarray, out: np.ndarray) -> None:
    """Write the product of rows and transposed weights."""
    if is_turned(len(rows), weights.size, rows.dtype):
        np.copyto(out, np.dot(weights, rows.T).T)
    else:
        _dot(rows, weights.T, out)


def _can_write(step) -> bool:
    dense = not step.operands[0].is_sparse
    sizes_known = all(is_static(x.shape) for x in step.operands)
    return dense and sizes_known and step.outputs[0]._dtype.name in _FLOATS


@kernel("contract", declared, writes=True, when=_can_write)
def bind_contract(step, inputs, outputs, context) -> Callable:
    """Bind a contraction as one product of matrices where views of its operands are matrices."""
    left, right = step.operands
    options = step.attributes
    slots = (*inputs, outputs[0])
    if options["over_rows"]:
        bound = _weight_gradient(left, right, options, slots)
    elif left.has_rows and not right.has_rows:
        bound = _rows_times_weights(left, right, options, slots)
    elif left.has_rows and right.has_rows:
        bound = _row_by_row(left, right, options, slots)
    else:
        bound = None
    return bound or _any(left, right, options, slots)


def _rows_times_weights(left, right, options: dict, slots: tuple) -> Callable | None:
    """Bind ``[rows * a, k] x [k, b]``; the weights may lie transposed."""
    left_axes, right_axes = options["left_axes"], options["right_axes"]
    rank, count = len(right.shape), len(right_axes)
    if left_axes != tuple(range(len(left.shape) - count, len(left.shape))):
        return None
    k = math.prod(right.shape[i] for i in right_axes)
    b = math.prod(right.shape) // k
    if right_axes == tuple(range(count)):
        turn, matrix = False, (k, b)
    elif right_axes == tuple(range(rank - count, rank)):
        turn, matrix = True, (b, k)
    else:
        return None
    x, w, y = slots
    flat_left, flat_right = left.shape == (k,), right.shape == matrix
    flat_out = flat_left and rank - count == 1
    product = _dot_turned if turn else _dot

    def run(slots):
        weights = slots[w] if flat_right else slots[w].reshape(matrix)
        rows = slots[x] if flat_left else slots[x].reshape(-1, k)
        product(rows, weights, slots[y] if flat_out else slots[y].reshape(-1, b))

    return run


def _weight_gradient(left, right, options: dict, slots: tuple) -> Callable | None:
    """Bind ``[a, rows * k] x [rows * k, b]``: the gradient to weights, summed over the rows."""
    count = len(options["left_axes"])
    both_lead = options["left_axes"] == options["right_axes"] == tuple(range(count))
    if not (left.has_rows and right.has_rows and both_lead):
        return None
    rest, other_rest = left.shape[count:], right.shape[count:]
    a, b = math.prod(rest), math.prod(other_rest)
    x, g, y = slots
    flat_left, flat_right = left.shape == (a,), right.shape == (b,)
    flat_out = len(rest) == len(other_rest) == 1

    def run(slots):
        rows = slots[x] if flat_left else slots[x].reshape(-1, a)
        gradient = slots[g] if flat_right else slots[g].reshape(-1, b)
        _dot(rows.T, gradient, slots[y] if flat_out else slots[y].reshape(a, b))

    return run


def _row_by_row(left, right, options: dict, slots: tuple) -> Callable | None:
    """Bind ``[rows, a, k] x [rows, k, b]``, a small product for each row."""
    left_axes, right_axes = options["left_axes"], options["right_axes"]
    count = len(left_axes)
    first = _two_groups(left, left_axes, last=True)
    second = _two_groups(right, right_axes, last=False)
    if first is None or second is None:
        return None
    (left_shape, left_turn), (right_shape, right_turn) = first, second
    a = math.prod(left.shape) // math.prod(left.shape[i] for i in left_axes)
    b = math.prod(right.shape) // math.prod(right.shape[i] for i in right_axes)
    x, z, y = slots
    if not count:

        def run_outer(slots):
            rows = slots[y].shape[0]
            np.multiply(
                slots[x].reshape(rows, a, 1), slots[z].reshape(rows, 1, b),
                out=slots[y].reshape(rows, a, b),
            )  # fmt: skip

        return run_outer
    if a == b == 1:

        def run_inner(slots):
            rows = slots[y].shape[0]
            np.einsum(
                "rk,rk->r", slots[x].reshape(rows, -1), slots[z].reshape(rows, -1),
                out=slots[y].reshape(rows),
            )  # fmt: skip

        return run_inner

    def run(slots):
        rows = slots[y].shape[0]
        one, other = slots[x].reshape(rows, *left_shape), slots[z].reshape(rows, *right_shape)
        np.matmul(
            one.swapaxes(1, 2) if left_turn else one,
            other.swapaxes(1, 2) if right_turn else other,
            out=slots[y].reshape(rows, a, b),
        )

    return run


def _two_groups(x, axes: tuple, last: bool) -> tuple[tuple[int, int], bool] | None:
    """Return the matrix that each row is, and whether its transpose is meant.

    Args:
        x: the operand.
        axes: its contracted axes.
        last: whether the product wants them as the last axis of the matrix, else as the first.
    """
    k = math.prod(x.shape[i] for i in axes)
    rest = math.prod(x.shape) // k
    rank, count = len(x.shape), len(axes)
    if axes == tuple(range(rank - count, rank)):
        return (rest, k), not last
    if axes == tuple(range(count)):
        return (k, rest), last
    return None


def _any(left, right, options: dict, slots: tuple) -> Callable:
    """Bind any other contraction: compute, then copy."""
    x, z, y = slots
    has_rows = (left.has_rows, right.has_rows)

    def run(slots):
        slots[y][...] = contract_reference(slots[x], slots[z], **options, has_rows=has_rows)

    return run
