"""Products of sparse rows with dense matrices."""

from __future__ import annotations

import numpy as np

from cntk.sparse import SparseRows, sum_at


def sparse_product(
    left: SparseRows,
    right: np.ndarray,
    left_axes: tuple,
    right_axes: tuple,
    over_rows: bool,
    right_has_rows: bool,
) -> np.ndarray:
    """Return a contraction whose left operand is sparse rows: vectors of ``left.width`` elements.

    Args:
        left: the rows.
        right: the dense operand.
        left_axes: ``(0,)`` if the vectors are contracted, else ``()``.
        right_axes: the axis of ``right`` that they meet.
        over_rows: sum over the rows: the gradient with respect to a dense right operand.
        right_has_rows: whether the first axis of ``right`` counts rows.
    """
    if over_rows and not left_axes and right_has_rows:
        return _spread(left, right)
    if left_axes and not over_rows and not right_has_rows:
        return _gathered(left, np.moveaxis(right, right_axes[0], 0))
    letters = "abcdefgh"[: right.ndim - right_has_rows]
    meeting = letters[right_axes[0]] if right_axes else "z"
    rows = "" if over_rows else "r"
    kept = ("" if left_axes else "z") + "".join(
        c for c in letters if not right_axes or c != meeting
    )
    formula = f"r{meeting},{'r' if right_has_rows else ''}{letters}->{rows}{kept}"
    return np.einsum(formula, left.to_dense(), right)


def _gathered(left: SparseRows, table: np.ndarray) -> np.ndarray:
    """Return for each row the sum of the sub-tensors that its columns name, weighted."""
    end = int(left.indptr[-1])
    weights = left.data[:end].reshape(-1, *(1,) * (table.ndim - 1))
    parts = table[left.indices[:end]] * weights
    counts = np.diff(left.indptr)
    if (counts == 1).all():  # one-hot
        return parts
    result = np.zeros((len(left), *table.shape[1:]), parts.dtype)
    filled = counts > 0
    if filled.any():
        result[filled] = np.add.reduceat(parts, left.indptr[:-1][filled], axis=0)
    return result


def _spread(left: SparseRows, right: np.ndarray) -> np.ndarray:
    """Return for each column the sum of the right rows of its values, weighted."""
    end = int(left.indptr[-1])
    weights = left.data[:end].reshape(-1, *(1,) * (right.ndim - 1))
    parts = right[left.row_of_value()] * weights
    return sum_at(left.indices[:end], parts, left.width)
