"""A new axis of size 1."""

from __future__ import annotations

from cntk.axis import NEW_LEADING_AXIS, Axis
from cntk.errors import AxisError
from cntk.graph.function import Function
from cntk.operators.axes import axis_argument, shape_of
from cntk.operators.declare import Operand, Sample, composite
from cntk.operators.stored import Block
from cntk.ops._shape.reshape import replace_axes
from cntk.shape import shape_text


@composite(stored=Block("ExpandDims"))
def expand_dims(x: Operand, axis, name: str = "") -> Function:
    """Return ``x`` with one more static axis, of size 1.

    Args:
        x: any static shape.
        axis: a static axis from 0 on: the new one comes right behind it. A negative number: the
            place of the new axis in the result, -1 the last. ``C.Axis.new_leading_axis()``: the
            new axis comes first.
        name: name of the result.

    Raises:
        ValueError: ``axis`` is out of bounds.

    >>> x = C.input_variable((2, 3))
    >>> [C.expand_dims(x, axis).shape for axis in (0, 1, -1, C.Axis.new_leading_axis())]
    [(2, 1, 3), (2, 3, 1), (2, 3, 1), (1, 2, 3)]
    """
    if axis == NEW_LEADING_AXIS:
        place = 0
    else:
        place = axis + 1 if axis >= 0 else axis
    return replace_axes(x, (1,), place, place)


@expand_dims.prepare
def expand_dims_prepare(x, axis):
    axis = axis_argument(axis, "ExpandDims")
    if isinstance(axis, Axis):
        if axis != NEW_LEADING_AXIS:
            raise AxisError(f"ExpandDims: the axis must be a static axis, not {axis!r}")
        return [x], {"axis": axis}
    shape = shape_of(x)
    if shape is not None and not -len(shape) - 1 <= axis < len(shape):
        raise AxisError(
            f"ExpandDims: axis {axis} is out of bounds for static shape '{shape_text(shape)}'; it "
            f"allows -{len(shape) + 1} to {len(shape) - 1}, and C.Axis.new_leading_axis()"
        )
    return [x], {"axis": axis}


@expand_dims.samples
def expand_dims_samples(make):
    yield Sample(make(2, 3), axis=0)
    yield Sample(make(2, 3), axis=-3)
