"""The one product underneath ``times`` and its gradients: a contraction of static axes.

Closed under differentiation: the gradient of a contraction is a contraction. Users do not see it.
"""

from __future__ import annotations

import math

import numpy as np

from cntk.operators.declare import Operand, operator
from cntk.ops._linear.row_sparse import is_table, row_gradient
from cntk.ops._linear.sparse_product import sparse_product
from cntk.ops._shape.permute import permuted


@operator(family="whole", sparse=("left",))
def contract(left: Operand, right: Operand, left_axes: tuple, right_axes: tuple, over_rows: bool):
    """Contract static axes of two tensors, sample by sample; optionally sum over the rows.

    The result has the remaining axes of ``left``, then those of ``right``.
    """


@contract.shape
def contract_shape(left, right, left_axes, right_axes):
    rest = [n for i, n in enumerate(left.shape) if i not in left_axes]
    return (*rest, *(n for i, n in enumerate(right.shape) if i not in right_axes))


@contract.axes
def contract_axes(left, right, over_rows):
    if over_rows:
        return ()
    return max(left.dynamic_axes, right.dynamic_axes, key=len)


@contract.by_row
def contract_by_row(over_rows):
    return not over_rows


@contract.reference
def contract_reference(left, right, left_axes, right_axes, over_rows, has_rows):
    if hasattr(left, "indptr"):
        return sparse_product(left, right, left_axes, right_axes, over_rows, has_rows[1])
    left_rest = _rest(left.ndim - has_rows[0], left_axes)
    right_rest = _rest(right.ndim - has_rows[1], right_axes)
    kept = [left.shape[i + has_rows[0]] for i in left_rest]
    kept += [right.shape[j + has_rows[1]] for j in right_rest]
    if over_rows:  # the rows are one more axis to contract
        left, right = (x if rows else x[None] for x, rows in zip((left, right), has_rows))
        if len(left) != len(right):
            left, right = (x.sum(axis=0, keepdims=True) for x in (left, right))
        left_axes, right_axes = ((0, *(i + 1 for i in axes)) for axes in (left_axes, right_axes))
        left_rest, right_rest = ([i + 1 for i in rest] for rest in (left_rest, right_rest))
        has_rows = (False, False)
    first = matrices(left, has_rows[0], left_rest, left_axes)
    second = matrices(right, has_rows[1], right_axes, right_rest)
    rows = () if over_rows or not any(has_rows) else (len(left if has_rows[0] else right),)
    return multiply(first, second).reshape((*rows, *kept))


def _rest(rank: int, axes) -> list[int]:
    """Return the axes that are not contracted."""
    return [i for i in range(rank) if i not in axes]


def matrices(x: np.ndarray, has_rows: bool, first, second) -> np.ndarray:
    """Return an array as a matrix, or one for each row, with two groups of static axes."""
    order = [i + has_rows for i in (*first, *second)]
    rows = x.shape[:1] if has_rows else ()
    sizes = [math.prod(x.shape[i + has_rows] for i in group) for group in (first, second)]
    if order == sorted(order):
        return x.reshape(*rows, *sizes)
    turned = [i + has_rows for i in (*second, *first)]
    if turned == sorted(turned):
        return x.reshape(*rows, *sizes[::-1]).swapaxes(-1, -2)
    return x.transpose(*range(has_rows), *order).reshape(*rows, *sizes)


def multiply(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the products of matrices, with as few and as large calls of BLAS as possible."""
    dtype = left.dtype
    if dtype == np.float16:  # summed in float32
        left, right = left.astype(np.float32), right.astype(np.float32)
    if left.ndim > right.ndim:  # the rows of all matrices with one right operand
        found = np.dot(left.reshape(-1, left.shape[-1]), right)
    elif right.ndim > left.ndim and right.shape[-1] == 1:
        found = np.dot(right[..., 0], left.T)
    elif left.ndim == 3 and left.shape[1] == 1 and right.shape[2] == 1:
        found = np.einsum("rk,rk->r", left[:, 0], right[..., 0])
    else:
        found = np.matmul(left, right)
    return found.astype(dtype, copy=False)


@contract.gradient
def contract_gradient(dy, left, right, left_axes, right_axes, wanted):
    left_rest = _rest(len(left.shape), left_axes)
    right_rest = _rest(len(right.shape), right_axes)
    split = len(left_rest)
    dy_left, dy_right = tuple(range(split)), tuple(range(split, split + len(right_rest)))
    left_gradient = right_gradient = None
    if "left" in wanted:  # axes come out as: left's rest, then left's contracted ones
        sums = not left.dynamic_axes and bool(dy.dynamic_axes or right.dynamic_axes)
        product = contract(dy, right, dy_right, tuple(right_rest), sums)
        order = _order(left_rest, [left_axes[k] for k in np.argsort(right_axes)])
        left_gradient = permuted(product, order)
    if "right" in wanted and _is_look_up(left, right, left_axes, right_axes):
        right_gradient = row_gradient(left, dy)
    elif "right" in wanted:
        sums = not right.dynamic_axes and bool(dy.dynamic_axes or left.dynamic_axes)
        contracted = [right_axes[k] for k in np.argsort(left_axes)]
        in_place = [*right_rest, *contracted] == list(range(len(right.shape)))
        if in_place and not left.is_sparse:
            # axes come out in their places: right's rest, then its contracted ones
            right_gradient = contract(dy, left, dy_left, tuple(left_rest), sums)
        else:  # axes come out as: right's contracted ones, then right's rest
            product = contract(left, dy, tuple(left_rest), dy_left, sums)
            right_gradient = permuted(product, _order(contracted, right_rest))
    return left_gradient, right_gradient


def _is_look_up(left, right, left_axes: tuple, right_axes: tuple) -> bool:
    """Whether sparse vectors look up rows of a parameter: few of its rows take a gradient."""
    sums = bool(left.dynamic_axes) and not right.dynamic_axes
    return left.is_sparse and is_table(right) and sums and left_axes == right_axes == (0,)


def _order(first, second) -> tuple[int, ...]:
    """Return the permutation that puts axes that now lie as ``first, second`` into their places."""
    return tuple(int(i) for i in np.argsort([*first, *second]))
