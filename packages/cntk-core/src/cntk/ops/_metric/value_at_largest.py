"""What plans compute for a product with a hardmax: one look-up per sample."""

from __future__ import annotations

import numpy as np

from cntk.operators.declare import Operand, Sample, operator
from cntk.ops._linear.inner_product import entries, row_of
from cntk.ops._normalization.hardmax import hardmax


@operator(family="per_sample", sparse=("values",), no_gradient=("x",))
def value_at_largest(x: Operand, values: Operand):
    """Return the element of a vector that stands where the largest one of ``x`` stands."""


@value_at_largest.shape
def value_at_largest_shape():
    return (1,)


@value_at_largest.reference
def value_at_largest_reference(x, values):
    place = x.argmax(axis=1)
    if hasattr(values, "indptr"):
        row, column, value = entries(values)
        found = np.bincount(row, value * (column == place[row_of(x, row)]), len(values))
        return found.astype(values.dtype)[:, None]
    if len(values) == len(x) or len(x) == 1:
        return np.take_along_axis(values, np.broadcast_to(place, len(values))[:, None], axis=1)
    return values[0, place][:, None]


@value_at_largest.gradient
def value_at_largest_gradient(dy, x):
    return None, hardmax(x) * dy


@value_at_largest.samples
def value_at_largest_samples(make):
    yield Sample(make(5), make(5))
