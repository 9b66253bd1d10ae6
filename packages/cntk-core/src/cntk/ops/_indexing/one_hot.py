"""Indices as vectors with a single one."""

from __future__ import annotations

from operator import index

import numpy as np

from cntk.errors import ArgumentError
from cntk.graph.function import Function
from cntk.operators.axes import from_last, static_axis_argument
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.sparse import SparseRows, Storage


@operator(
    family="per_sample",
    stored=Primitive(
        68,
        "OneHotOp",
        attributes={
            "num_classes": Attribute("numClass", "Z"),
            "sparse_output": Attribute("oneHotOutputSparse", "B"),
            "axis": Attribute("onehotAxis", "Ax"),
        },
    ),
)
def one_hot(
    x: Operand, num_classes: int, sparse_output: bool = False, axis: int = -1, name: str = ""
) -> Function:
    """Return a vector of zeros with a one at position ``x``, for each element of ``x``.

    Args:
        x: indices 0 to ``num_classes - 1``, any static shape. A fraction is cut off; an index
            outside gives zeros only. No gradient flows to it.
        num_classes: size of the new axis.
        sparse_output: keep the result as sparse rows.
        axis: place of the new axis in the result; -1 is the last.
        name: name of the result.

    Raises:
        ValueError: ``num_classes`` is not positive, or ``axis`` is out of bounds.

    >>> C.one_hot([0, 2], 3).eval()
    array([[1., 0., 0.],
           [0., 0., 1.]], dtype=float32)
    """


@one_hot.prepare
def one_hot_prepare(x, num_classes, sparse_output, axis):
    try:
        count = index(num_classes)
    except TypeError:
        count = 0
    if count < 1:
        raise ArgumentError(f"OneHot: num_classes must be a positive int, not {num_classes!r}")
    axis = static_axis_argument(axis, "OneHot")
    return [x], {"num_classes": count, "sparse_output": bool(sparse_output), "axis": axis}


@one_hot.complete
def one_hot_complete(x, axis):
    return {"axis": from_last(axis, len(x.shape) + 1, "OneHot")}


@one_hot.shape
def one_hot_shape(x, num_classes, axis):
    place = from_last(axis, len(x.shape) + 1, "OneHot") + len(x.shape) + 1
    return (*x.shape[:place], num_classes, *x.shape[place:])


@one_hot.lower
def one_hot_lower(x, num_classes, sparse_output, axis):
    place = from_last(axis, len(x.shape) + 1, "OneHot")
    return ones_at(x, num_classes, place, sparse_output and x.has_rows and not x.shape)


@one_hot.samples
def one_hot_samples(make):
    yield Sample(np.floor(np.abs(make(3))), num_classes=3)
    yield Sample(np.floor(np.abs(make(2, 3))), num_classes=4, axis=0)


@operator(family="per_sample")
def ones_at(x: Operand, num_classes: int, place: int, sparse: bool):
    """Return zeros with a one at each index, along a new axis at a place counted from the last."""


@ones_at.shape
def ones_at_shape(x, num_classes, place):
    position = place + len(x.shape) + 1
    return (*x.shape[:position], num_classes, *x.shape[position:])


@ones_at.storage
def ones_at_storage(sparse):
    return Storage.of(sparse)


@ones_at.reference
def ones_at_reference(x, num_classes, place, sparse):
    with np.errstate(invalid="ignore"):  # what is no number, or too large, is no index
        found = np.where((x >= 0) & (x < num_classes), x, -1).astype(np.int64)
    if sparse:
        is_index = found >= 0
        ends = np.concatenate(([0], np.cumsum(is_index)))
        return SparseRows(np.ones(ends[-1], x.dtype), found[is_index], ends, num_classes)
    classes = np.arange(num_classes).reshape(-1, *(1,) * (-place - 1))
    return (np.expand_dims(found, place) == classes).astype(x.dtype)
