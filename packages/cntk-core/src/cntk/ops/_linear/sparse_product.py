"""Products of sparse rows with dense matrices."""

from __future__ import annotations

import numpy as np

from cntk.row_sparse import RowSparse
from cntk.sparse import SparseRows


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
        return touched_rows(left, right).to_dense()
    if left_axes and not over_rows and not right_has_rows:
        return gathered_rows(left, np.moveaxis(right, right_axes[0], 0))
    letters = "abcdefgh"[: right.ndim - right_has_rows]
    meeting = letters[right_axes[0]] if right_axes else "z"
    rows = "" if over_rows else "r"
    kept = ("" if left_axes else "z") + "".join(
        c for c in letters if not right_axes or c != meeting
    )
    formula = f"r{meeting},{'r' if right_has_rows else ''}{letters}->{rows}{kept}"
    return np.einsum(formula, left.to_dense(), right)


def gathered_rows(left: SparseRows, table: np.ndarray) -> np.ndarray:
    """Return for each row the sum of the sub-tensors that its columns name, weighted."""
    end = int(left.indptr[-1])
    weights = left.data[:end]
    parts = table[left.indices[:end]]
    if not (weights == 1).all():
        parts *= weights.reshape(-1, *(1,) * (table.ndim - 1))
    if left.is_one_each():
        return parts
    counts = np.diff(left.indptr)
    result = np.zeros((len(left), *table.shape[1:]), parts.dtype)
    filled = counts > 0
    if filled.any():
        result[filled] = np.add.reduceat(parts, left.indptr[:-1][filled], axis=0)
    return result


def touched_rows(left: SparseRows, right: np.ndarray) -> RowSparse:
    """Return for each column that holds values the sum of their rows of ``right``, weighted."""
    by_column, end = left.by_column(), int(left.indptr[-1])
    order = by_column.order
    # one value in each row: its number is that of the row
    parts = right[order if left.is_one_each() else left.row_of_value()[order]]
    weights = left.data[:end][order]
    if not (weights == 1).all():
        parts *= weights.reshape(-1, *(1,) * (right.ndim - 1))
    return RowSparse(by_column.columns, by_column.sums(parts), left.width)
