"""Products with a sparse matrix that has no dynamic axes, such as a random sample of classes."""

from __future__ import annotations

from cntk.operators.declare import Operand, operator, registry
from cntk.ops._linear.contract import contract
from cntk.ops._linear.row_sparse import is_table, row_gradient
from cntk.ops._linear.sparse_product import gathered_rows


@operator(family="whole", sparse=("left",))
def sparse_matrix_times(left: Operand, right: Operand):
    """Return the product of a sparse matrix ``(n, k)`` and a dense operand ``(k, ...)``."""


@sparse_matrix_times.shape
def sparse_matrix_times_shape(left, right):
    return (left.shape[0], *right.shape[1:])


@sparse_matrix_times.reference
def sparse_matrix_times_reference(left, right):
    return gathered_rows(left, right)


@sparse_matrix_times.gradient
def sparse_matrix_times_gradient(dy, left, right, wanted):
    for_left = for_right = None
    rest = tuple(range(1, len(right.shape)))
    if "left" in wanted:
        for_left = contract(dy, right, rest, rest, False)
    if "right" in wanted and is_table(right):
        for_right = row_gradient(left, dy)
    elif "right" in wanted:
        for_right = contract(registry["densify"](left), dy, (0,), (0,), False)
    return for_left, for_right
