"""Parts of tensors: what slice and crop are in a plan, and their gradients.

A range along an axis is (axis, begin, end, stride) with the meaning that ``C.slice`` gives them: an
``end`` of 0 is the end of the axis, negative numbers count from there, and a negative stride walks
the range from its end.
"""

from __future__ import annotations

import numpy as np

from cntk.errors import ShapeError
from cntk.operators.declare import Operand, operator
from cntk.shape import FREE


def bounds(begin: int, end: int, stride: int, size: int, what: str) -> tuple[int, int]:
    """Return a range as indices ``0 <= first < last <= size``.

    Raises:
        ShapeError: it leaves the axis, or is empty.
    """
    first = begin + size if begin < 0 else begin
    last = end + size if end <= 0 else end
    if not 0 <= first < last <= size:
        raise ShapeError(
            f"{what}: index range [{begin},{end}), interpreted as [{first},{last}), is invalid for "
            f"an axis of size {size}."
        )
    if stride == 0 or abs(stride) > last - first:
        raise ShapeError(f"{what}: stride {stride} is invalid for interval [{first}, {last}).")
    return first, last


def length(begin: int, end: int, stride: int, size: int, what: str) -> int:
    """Return how many elements a range has; FREE while the size of the axis is open."""
    if size < 0:
        if begin < 0 or end <= begin:
            return size
        first, last = begin, end
    else:
        first, last = bounds(begin, end, stride, size, what)
    return -(-(last - first) // abs(stride))


def window(shape: tuple[int, ...], ranges) -> tuple[slice, ...]:
    """Return the index that picks the ranges from an array with rows."""
    found = [slice(None)] * len(shape)
    for axis, begin, end, stride in ranges:
        first, last = bounds(begin, end, stride, shape[axis + 1], "Slice")
        part = slice(first, last, stride)
        if stride < 0:
            part = slice(last - 1, first - 1 if first else None, stride)
        found[axis + 1] = part
    return tuple(found)


@operator(family="per_sample", view=True)
def cut(x: Operand, ranges: tuple):
    """Return the part of ``x`` in some ranges."""


@cut.shape
def cut_shape(x, ranges):
    shape = list(x.shape)
    for axis, begin, end, stride in ranges:
        found = length(begin, end, stride, shape[axis], "Slice")
        shape[axis] = FREE if found < 0 else found
    return tuple(shape)


@cut.reference
def cut_reference(x, ranges):
    return x[window(x.shape, ranges)]


@cut.gradient
def cut_gradient(dy, x, ranges):
    return put_back(dy, x, ranges)


@operator(family="per_sample", no_gradient=("like",))
def put_back(x: Operand, like: Operand, ranges: tuple):
    """Return zeros of the shape of ``like`` with ``x`` in some ranges."""


@put_back.shape
def put_back_shape(x, like, ranges):
    return like.shape


@put_back.reference
def put_back_reference(x, like, ranges):
    result = np.zeros((len(x), *like.shape[1:]), x.dtype)
    result[window(result.shape, ranges)] = x
    return result


@put_back.gradient
def put_back_gradient(dy, ranges):
    return cut(dy, ranges), None
