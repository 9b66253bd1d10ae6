"""Products of two vectors of each sample: what a plan makes of ``times_transpose`` on vectors."""

from __future__ import annotations

import numpy as np

from cntk.operators.declare import Operand, Sample, operator


@operator(family="per_sample", sparse=("left", "right"))
def inner_product(left: Operand, right: Operand):
    """Return the sum of ``left * right`` for vectors of one size: static shape ``(1,)``."""


@inner_product.shape
def inner_product_shape():
    return (1,)


@inner_product.reference
def inner_product_reference(left, right):
    if hasattr(left, "indptr") and hasattr(right, "indptr"):
        right = right.to_dense()
    if hasattr(left, "indptr"):
        left, right = right, left
    if hasattr(right, "indptr"):
        return sparse_inner(left, right)
    return inner_along(left, right, -1)


def inner_along(left: np.ndarray, right: np.ndarray, axis: int) -> np.ndarray:
    """Return ``sum(left * right)`` along an axis, which stays with size 1.

    Args:
        left: array ``[rows, *static]``.
        right: such an array; one of them may have a single row.
        axis: axis of both, counted from the last.
    """
    if left.dtype == np.float16:  # summed in float32
        return np.add.reduce(left * right, axis, np.float32, keepdims=True).astype(np.float16)
    ours, theirs = np.moveaxis(left, axis, -1), np.moveaxis(right, axis, -1)
    return np.expand_dims(np.einsum("...i,...i->...", ours, theirs), axis)


def sparse_inner(dense: np.ndarray, rows) -> np.ndarray:
    """Return ``sum(dense * rows)`` for sparse rows: one look-up per entry."""
    row, column, value = entries(rows)
    found = np.bincount(row, value * dense[row_of(dense, row), column], len(rows))
    return found.astype(dense.dtype)[:, None]


def entries(rows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the row, the column and the value of each entry of sparse rows."""
    end = rows.indptr[-1]
    return rows.row_of_value(), rows.indices[:end], rows.data[:end]


def row_of(array: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Return the rows of an array that belong to given rows: all the same if it has just one."""
    return row if len(array) > 1 else np.zeros_like(row)


@inner_product.gradient
def inner_product_gradient(dy, left, right, wanted):
    return dy * right if "left" in wanted else None, dy * left if "right" in wanted else None


@inner_product.samples
def inner_product_samples(make):
    yield Sample(make(5), make(5))
    yield Sample(make(5), make(5), axes=("batch", "parameter"))
    yield Sample(make(5), make(5), axes=("parameter", "parameter"))
