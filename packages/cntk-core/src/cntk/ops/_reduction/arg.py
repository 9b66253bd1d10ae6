"""Where the largest and smallest elements are."""

from __future__ import annotations

import numpy as np

from cntk.axis import ALL_STATIC_AXES, Axis
from cntk.errors import AxisError
from cntk.graph.function import Function
from cntk.operators.axes import axis_argument
from cntk.operators.declare import Operand, Sample, composite
from cntk.ops._reduction.over import reduction


@composite(stored=None)
def argmax(x: Operand, axis=None, name: str = "") -> Function:
    """Return the index of the largest element along a static axis, the first of equal ones.

    Args:
        x: any static shape. No gradient flows to it.
        axis: the static axis, which stays with size 1. Default: all of them; the index then counts
            the elements in row-major order, and the result has static shape ``()``.
        name: name of the result.

    Raises:
        ValueError: ``axis`` is out of bounds, or is not a single static axis.

    >>> C.argmax([[1, 5], [3, 4]], axis=1).eval()
    array([[1.],
           [1.]], dtype=float32)
    """
    axis = _axis(axis)
    return argmax_over(x, axis, axis != ALL_STATIC_AXES, name)


@argmax.samples
def argmax_samples(make):
    yield Sample(make(2, 3), axis=1)
    yield Sample(make(2, 3))


@composite(stored=None)
def argmin(x: Operand, axis=None, name: str = "") -> Function:
    """Return the index of the smallest element along a static axis, the first of equal ones.

    Args:
        x: any static shape. No gradient flows to it.
        axis: the static axis, which stays with size 1. Default: all of them; the index then counts
            the elements in row-major order, and the result has static shape ``()``.
        name: name of the result.

    Raises:
        ValueError: ``axis`` is out of bounds, or is not a single static axis.

    >>> C.argmin([[1, 5], [3, 2]], axis=1).eval()
    array([[0.],
           [1.]], dtype=float32)
    """
    axis = _axis(axis)
    return argmin_over(x, axis, axis != ALL_STATIC_AXES, name)


@argmin.samples
def argmin_samples(make):
    yield Sample(make(2, 3), axis=1)
    yield Sample(make(2, 3))


def _axis(axis) -> int | Axis:
    axis = ALL_STATIC_AXES if axis is None else axis_argument(axis, "ReduceElements")
    if isinstance(axis, Axis) and axis != ALL_STATIC_AXES:
        raise AxisError(
            f"ReduceElements: argmax and argmin take a static axis or all of them, not {axis!r}"
        )
    return axis


@reduction("Argmax", family="per_sample")
def argmax_over(x: Operand, axis, keepdims: bool = True, name: str = "") -> Function:
    """Return the index of the largest element along a static axis or all of them."""


@argmax_over.reference
def argmax_over_reference(x, axis, keepdims):
    return _position(np.argmax, x, axis, keepdims)


@reduction("Argmin", family="per_sample")
def argmin_over(x: Operand, axis, keepdims: bool = True, name: str = "") -> Function:
    """Return the index of the smallest element along a static axis or all of them."""


@argmin_over.reference
def argmin_over_reference(x, axis, keepdims):
    return _position(np.argmin, x, axis, keepdims)


def _position(find, x: np.ndarray, axis, keepdims: bool) -> np.ndarray:
    """Return positions of extreme elements of each row, in the type of ``x``."""
    if axis == ALL_STATIC_AXES:
        kept = (1,) * (x.ndim - 1) if keepdims else ()
        return find(x.reshape(len(x), -1), axis=1).reshape(len(x), *kept).astype(x.dtype)
    return find(x, axis=axis if axis < 0 else axis + 1, keepdims=keepdims).astype(x.dtype)
