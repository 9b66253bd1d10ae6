"""Rows of a table by index, and back: what gather is in a plan."""

from __future__ import annotations

import numpy as np

from cntk.errors import ArgumentError
from cntk.operators.declare import Operand, operator
from cntk.sparse import sum_at


def as_indices(x: np.ndarray, size: int, what: str) -> np.ndarray:
    """Return an array of indices; fractions are cut off.

    Raises:
        ArgumentError: some index is no number, negative, or not below ``size``.
    """
    with np.errstate(invalid="ignore"):
        wrong = ~((x > -1) & (x < size))
    if wrong.any():
        raise ArgumentError(
            f"{what}: index {x[wrong][0]:g} is not in the range 0 to {size - 1} of an axis of size "
            f"{size}"
        )
    return x.astype(np.int64)


@operator(family="whole", no_gradient=("indices",))
def take_at_indices(table: Operand, indices: Operand):
    """Return the sub-tensors of ``table`` at indices of its first axis; it has no rows."""


@take_at_indices.shape
def take_at_indices_shape(table, indices):
    return (*indices.shape, *table.shape[1:])


@take_at_indices.axes
def take_at_indices_axes(indices):
    return indices.dynamic_axes


@take_at_indices.reference
def take_at_indices_reference(table, indices):
    return table[as_indices(indices, len(table), "Gather")]


@take_at_indices.gradient
def take_at_indices_gradient(dy, table, indices):
    return add_at_indices(dy, indices, table), None


@operator(family="whole", no_gradient=("indices", "table"))
def add_at_indices(x: Operand, indices: Operand, table: Operand):
    """Return zeros like ``table`` with each sub-tensor of ``x`` added at its index."""


@add_at_indices.shape
def add_at_indices_shape(table):
    return table.shape


@add_at_indices.axes
def add_at_indices_axes(table):
    return table.dynamic_axes


@add_at_indices.reference
def add_at_indices_reference(x, indices, table):
    places = as_indices(indices, len(table), "Gather").ravel()
    return sum_at(places, x.reshape(len(places), *table.shape[1:]), len(table))


@add_at_indices.gradient
def add_at_indices_gradient(dy, indices):
    return take_at_indices(dy, indices), None, None
