"""The one product underneath ``times`` and its gradients: a contraction of static axes.

Closed under differentiation: the gradient of a contraction is a contraction. Users do not see it.
"""

from __future__ import annotations

import numpy as np

from cntk.operators.declare import Operand, operator
from cntk.ops._shape.permute import permute


@operator(family="whole", sparse=("left",))
def contract(left: Operand, right: Operand, left_axes, right_axes, over_rows: bool):
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


@contract.reference
def contract_reference(left, right, left_axes, right_axes, over_rows, has_rows):
    if hasattr(left, "indptr"):
        return _sparse_product(left, right, has_rows, over_rows)
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    left_names = [next(letters) for _ in range(left.ndim - has_rows[0])]
    right_names = [next(letters) for _ in range(right.ndim - has_rows[1])]
    for i, j in zip(left_axes, right_axes):
        right_names[j] = left_names[i]
    kept = [n for i, n in enumerate(left_names) if i not in left_axes]
    kept += [n for j, n in enumerate(right_names) if j not in right_axes]
    rows = ["Z" if has else "" for has in has_rows]
    out_rows = "" if over_rows or not any(has_rows) else "Z"
    formula = (
        f"{rows[0]}{''.join(left_names)},{rows[1]}{''.join(right_names)}"
        f"->{out_rows}{''.join(kept)}"
    )
    return np.einsum(formula, left, right, optimize=True)


def _sparse_product(left, right, has_rows, over_rows):
    """Product of sparse rows with a dense matrix: a gather-sum, or its gradient's scatter-sum."""
    values, columns = left.data[: left.indptr[-1]], left.indices[: left.indptr[-1]]
    if over_rows:  # left^T right: rows of the result are columns of left
        flat = right.reshape(len(right), -1)
        result = np.zeros((left.width, flat.shape[1]), right.dtype)
        np.add.at(result, columns, flat[left.row_of_value()] * values[:, None])
        return result.reshape(left.width, *right.shape[1:])
    flat = right.reshape(left.width, -1)
    result = np.zeros((len(left), flat.shape[1]), right.dtype)
    np.add.at(result, left.row_of_value(), flat[columns] * values[:, None])
    return result.reshape(len(left), *right.shape[1:])


@contract.gradient
def contract_gradient(dy, left, right, left_axes, right_axes, wanted):
    left_rest = [i for i in range(len(left.shape)) if i not in left_axes]
    right_rest = [j for j in range(len(right.shape)) if j not in right_axes]
    split = len(left_rest)
    dy_left, dy_right = list(range(split)), list(range(split, split + len(right_rest)))
    left_gradient = right_gradient = None
    if "left" in wanted:  # axes come out as: left's rest, then left's contracted ones
        sums = not left.dynamic_axes and bool(dy.dynamic_axes or right.dynamic_axes)
        product = contract(dy, right, tuple(dy_right), tuple(right_rest), sums)
        order = _order(left_rest, [left_axes[k] for k in np.argsort(right_axes)])
        left_gradient = permute(product, order)
    if "right" in wanted:  # axes come out as: right's contracted ones, then right's rest
        sums = not right.dynamic_axes and bool(dy.dynamic_axes or left.dynamic_axes)
        product = contract(left, dy, tuple(left_rest), tuple(dy_left), sums)
        order = _order([right_axes[k] for k in np.argsort(left_axes)], right_rest)
        right_gradient = permute(product, order)
    return left_gradient, right_gradient


def _order(first, second) -> tuple[int, ...]:
    """Return the permutation that puts axes that now lie as ``first, second`` into their places."""
    return tuple(int(i) for i in np.argsort([*first, *second]))
