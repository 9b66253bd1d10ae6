"""The largest elements and where they are."""

from __future__ import annotations

from operator import index

import numpy as np

from cntk.axis import static_index
from cntk.errors import ArgumentError, ShapeError
from cntk.graph.function import Function
from cntk.operators.axes import from_last, static_axis_argument
from cntk.operators.declare import Operand, Sample, composite, operator
from cntk.operators.stored import Attribute, Block, Primitive
from cntk.ops._shape.transpose import swapaxes


@composite(stored=None)
def top_k(x: Operand, k: int, axis=-1, name: str = "") -> Function:
    """Return the ``k`` largest elements along a static axis, largest first, and their indices.

    Args:
        x: any static shape.
        k: how many, at most the size of the axis.
        axis: the static axis; default: the last.
        name: name of the result.

    Returns:
        A Function with two outputs: the values, and the indices, to which no gradient flows.
        Of equal values the one with the smaller index comes first.

    Raises:
        ValueError: ``k`` is not between 1 and the size of the axis, or ``axis`` is out of bounds.

    >>> values, indices = C.top_k([1, 5, 3], 2).eval().values()
    >>> values, indices
    (array([5., 3.], dtype=float32), array([1., 2.], dtype=float32))
    """
    axis = static_axis_argument(axis, "TopK")
    return largest(x, k, name=name) if axis == -1 else largest_along(x, k, axis, name)


@top_k.samples
def top_k_samples(make):
    yield Sample(make(5), k=2)
    yield Sample(make(4, 2), k=3, axis=0)


@operator(
    family="per_sample",
    outputs=("values", "indices"),
    suffixes=("", "_TopKIndexMask"),
    no_gradient=("indices",),
    stored=Primitive(
        87,
        "TopK",
        attributes={"axis": Attribute("axis", "Ax"), "k": Attribute("numItems", "Z")},
    ),
)
def largest(x: Operand, k: int, axis: int = -1, name: str = "") -> Function:
    """Return the ``k`` largest elements along a static axis and their indices."""


@largest.prepare
def largest_prepare(x, k, axis):
    try:
        count = index(k)
    except TypeError:
        count = 0
    if count < 1:
        raise ArgumentError(f"TopK: k must be a positive int, not {k!r}")
    return [x], {"k": count, "axis": axis}


@largest.complete
def largest_complete(x, axis):
    return {"axis": from_last(axis, len(x.shape), "TopK")}


@largest.shape
def largest_shape(x, k, axis):
    place = static_index(axis, len(x.shape), "TopK")
    if 0 < x.shape[place] < k:
        raise ShapeError(f"TopK: k is {k}, the axis has {x.shape[place]} elements")
    return (*x.shape[:place], k, *x.shape[place + 1 :])


@largest.reference
def largest_reference(x, k, axis):
    place = axis if axis < 0 else axis + 1
    if x.shape[place] < k:
        raise ShapeError(f"TopK: k is {k}, the axis has {x.shape[place]} elements")
    order = np.argsort(-x, axis=place, kind="stable").take(np.arange(k), place)
    return np.take_along_axis(x, order, place), order.astype(x.dtype)


@largest.gradient
def largest_gradient(dvalues, x, indices, axis):
    return put_along(dvalues, indices, x, axis=axis)


@operator(family="per_sample", no_gradient=("indices", "like"))
def put_along(x: Operand, indices: Operand, like: Operand, axis: int):
    """Return zeros of the shape of ``like`` with ``x`` at indices along an axis."""


@put_along.shape
def put_along_shape(like):
    return like.shape


@put_along.reference
def put_along_reference(x, indices, like, axis):
    result = np.zeros_like(like, x.dtype)
    place = axis if axis < 0 else axis + 1
    np.put_along_axis(result, indices.astype(np.int64), x, place)
    return result


@put_along.gradient
def put_along_gradient(dy, indices, axis):
    return take_along(dy, indices, axis=axis), None, None


@operator(family="per_sample", no_gradient=("indices",))
def take_along(x: Operand, indices: Operand, axis: int):
    """Return the elements of ``x`` at indices along an axis."""


@take_along.shape
def take_along_shape(indices):
    return indices.shape


@take_along.reference
def take_along_reference(x, indices, axis):
    place = axis if axis < 0 else axis + 1
    return np.take_along_axis(x, indices.astype(np.int64), place)


@take_along.gradient
def take_along_gradient(dy, x, indices, axis):
    return put_along(dy, indices, x, axis=axis), None


@composite(
    stored=Block(
        "TopK", attributes={"axis": Attribute("axis", "Ax"), "k": Attribute("numItems", "Z")}
    )
)
def largest_along(x: Operand, k: int, axis: int, name: str = ""):
    """Return the ``k`` largest elements along a static axis that need not be the last."""
    found = largest(swapaxes(x, -1, axis), k, name=name)
    values, indices = getattr(found, "outputs", found)
    return swapaxes(values, -1, axis), swapaxes(indices, -1, axis)
