"""Axis arguments of operators: what users may give, and what an attribute holds."""

from __future__ import annotations

from operator import index

import numpy as np

from cntk.axis import NEW_LEADING_AXIS, Axis, static_index
from cntk.errors import ArgumentError, AxisError
from cntk.shape import is_unknown


def axis_argument(axis, what: str) -> int | Axis:
    """Return an axis argument as an attribute holds it: an int where it is a static axis.

    Args:
        axis: an int or an ``Axis``.
        what: the operator, for messages.
    """
    if isinstance(axis, Axis):
        plain = axis.is_static_axis and axis != NEW_LEADING_AXIS
        return axis.static_axis_index() if plain else axis
    try:
        return index(axis)
    except TypeError:
        raise ArgumentError(
            f"{what}: axis must be an int or a C.Axis, not {type(axis).__name__} {axis!r}"
        ) from None


def static_axis_argument(axis, what: str) -> int:
    """Return an axis argument that must be one static axis."""
    axis = axis_argument(axis, what)
    if isinstance(axis, Axis):
        raise AxisError(f"{what}: the axis must be a single static axis, not {axis!r}")
    return axis


def from_last(axis: int | Axis, rank: int, what: str) -> int | Axis:
    """Return a static axis counted from the last one (-1); other axes as they are.

    Raises:
        AxisError: the axis is out of bounds.
    """
    return axis if isinstance(axis, Axis) else static_index(axis, rank, what) - rank


def shape_of(operand) -> tuple[int, ...] | None:
    """Return the static shape of an operand as called with; None while nothing is known of it."""
    if hasattr(operand, "outputs"):
        operand = operand.output
    shape = operand.shape if hasattr(operand, "shape") else np.shape(operand)
    return None if is_unknown(shape) else tuple(shape)
