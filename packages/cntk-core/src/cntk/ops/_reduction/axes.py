"""Which axes a reduction goes over: arguments, shapes, arrays."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from cntk.axis import ALL_AXES, ALL_STATIC_AXES, BATCH_AXIS, Axis, static_index
from cntk.dtypes import computing_dtype
from cntk.errors import AxisError
from cntk.operators.axes import axis_argument, from_last
from cntk.operators.structure import set_shape


def reduction_arguments(x, axis, keepdims) -> tuple[list, dict]:
    """Prepare the call of a public reduction.

    Raises:
        ArgumentError: an axis is neither an int nor an ``Axis``.
        AxisError: a sequence axis, no axis at all, or axes that cannot keep or lose their places.
    """
    given = axis if isinstance(axis, (list, tuple)) else [ALL_STATIC_AXES if axis is None else axis]
    axes = tuple(axis_argument(one, "ReduceElements") for one in given)
    if not axes:
        raise AxisError("ReduceElements: Empty axes argument provided.")
    for one in axes:
        if isinstance(one, Axis) and one not in (ALL_AXES, ALL_STATIC_AXES, BATCH_AXIS):
            raise AxisError(
                f"Reduction operation over multiple axes can not contain sequence axis: {one!r}. "
                "try: C.sequence.reduce_sum or C.sequence.reduce_max"
            )
        if isinstance(one, Axis) and not keepdims:
            raise AxisError(
                f"ReduceElements: keepdims=False needs static axes to leave out, not {one!r}; all "
                "static axes together are left out anyway, the batch axis too"
            )
    return [x], {"axis": axes, "keepdims": bool(keepdims)}


class Reduced(NamedTuple):
    """What a reduction goes over: indices of static axes, and the rows or not."""

    static: tuple[int, ...]
    rows: bool


@lru_cache(maxsize=4096)
def reduced(axis, rank: int) -> Reduced:
    """Return what an ``axis`` attribute means for a static rank.

    Raises:
        AxisError: an axis is out of bounds.
    """
    listed = axis if isinstance(axis, tuple) else (axis,)
    if ALL_AXES in listed:
        return Reduced(tuple(range(rank)), True)
    rows = BATCH_AXIS in listed
    if ALL_STATIC_AXES in listed:
        return Reduced(tuple(range(rank)), rows)
    found = {static_index(one, rank, "ReduceElements") for one in listed if one != BATCH_AXIS}
    return Reduced(tuple(sorted(found)), rows)


def settled_axis(x, axis):
    """Return an ``axis`` attribute with its static axes counted from the last."""
    rank = len(x.shape)
    if isinstance(axis, tuple):
        return tuple(from_last(one, rank, "ReduceElements") for one in axis)
    return from_last(axis, rank, "ReduceElements")


def reduced_shape(x, axis, keepdims: bool) -> tuple[int, ...]:
    """Return the static shape of a reduction's result."""
    gone = reduced(axis, len(x.shape)).static
    if keepdims:
        return tuple(1 if i in gone else size for i, size in enumerate(x.shape))
    return tuple(size for i, size in enumerate(x.shape) if i not in gone)


def remaining_axes(x, axis) -> tuple[Axis, ...]:
    """Return the dynamic axes of a reduction's result.

    Raises:
        AxisError: a reduction over the batch of a sequence, or of what has no batch axis.
    """
    listed = axis if isinstance(axis, tuple) else (axis,)
    if ALL_AXES in listed:
        return ()
    if BATCH_AXIS not in listed:
        return x.dynamic_axes
    if x.dynamic_axes != (BATCH_AXIS,):
        raise AxisError(
            "ReduceElements: Reduction along the batch axis on input sequence is currently "
            "unsupported. try: axis=C.Axis.all_axes()"
            if x.dynamic_axes
            else "ReduceElements: No batch axis found during reduction along the batch axis."
        )
    return ()


def reduce_array(ufunc: np.ufunc, x: np.ndarray, axis, keepdims: bool, has_rows: bool):
    """Return an array reduced with a ufunc; sums are added up in float32 at least, and stay so."""
    over = array_axes(axis, x.ndim, has_rows)
    dtype = computing_dtype(x.dtype) if ufunc is np.add else x.dtype
    result = ufunc.reduce(x, axis=over, dtype=dtype, keepdims=keepdims)
    if keepdims and has_rows and 0 in over:
        result = result[0]
    return np.asarray(result)


@lru_cache(maxsize=4096)
def array_axes(axis, ndim: int, has_rows: bool) -> tuple[int, ...]:
    """Return the axes of an array that a reduction goes over."""
    static, rows = reduced(axis, ndim - has_rows)
    over = tuple(i + has_rows for i in static)
    return (0, *over) if rows and has_rows else over


def kept(value, x, axis, keepdims: bool):
    """Return the result of reducing ``x``, or its gradient, so that it broadcasts to ``x``."""
    if keepdims or len(reduced(axis, len(x.shape)).static) == len(x.shape):
        return value
    return set_shape(value, reduced_shape(x, axis, True))
