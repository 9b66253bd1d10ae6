"""Several tensors one after the other."""

from __future__ import annotations

from cntk.axis import NEW_LEADING_AXIS, Axis
from cntk.errors import ArgumentError, AxisError, ShapeError
from cntk.graph.build import combine
from cntk.graph.function import Function
from cntk.operators.axes import axis_argument
from cntk.operators.declare import Operand, Sample, composite, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.ops._shape.join import join, joined_shape
from cntk.ops._shape.regroup import regroup
from cntk.shape import is_unknown, shape_text
from cntk.variables import axes_text


@composite(stored=None)
def splice(*inputs: Operand, axis=-1, name: str = "") -> Function:
    """Return several tensors one after the other along a static axis.

    Args:
        inputs: static shapes that agree, or broadcast, in all other axes; dynamic axes that agree.
        axis: the static axis. A negative one may lie before the first: the tensors then are
            stacked along a new axis, as with ``C.Axis.new_leading_axis()``.
        name: name of the result.

    Raises:
        ValueError: sizes or dynamic axes do not fit, or the axis is out of bounds.

    >>> C.splice([[1, 2], [3, 4]], [[5], [6]]).eval()
    array([[1., 2., 5.],
           [3., 4., 6.]], dtype=float32)
    >>> C.splice([1, 2], [3, 4], axis=C.Axis.new_leading_axis()).eval()
    array([[1., 2.],
           [3., 4.]], dtype=float32)
    """
    if not inputs:
        raise ArgumentError("Splice: give at least one operand")
    if len(inputs) == 1:
        return inputs[0] if hasattr(inputs[0], "emit") else combine(inputs, name)
    return splice_along(*inputs, axis=axis, name=name)


@splice.samples
def splice_samples(make):
    yield Sample(make(2, 3), make(2, 4))
    yield Sample(make(2, 3), make(3), axes=("batch", "parameter"), axis=0)
    yield Sample(make(2, 3), make(2, 3), axis=-3)


@operator(
    family="per_sample",
    stored=Primitive(43, "Splice", attributes={"axis": Attribute("axis", "Ax")}),
)
def splice_along(*inputs: Operand, axis: int | Axis, name: str = "") -> Function:
    """Return two or more tensors one after the other; arguments as of :func:`splice`."""


@splice_along.prepare
def splice_along_prepare(inputs, axis):
    axis = axis_argument(axis, "Splice")
    if isinstance(axis, Axis) and axis != NEW_LEADING_AXIS:
        raise AxisError(f"Splice: the axis must be a static axis, not {axis!r}")
    if not isinstance(axis, Axis) and not any(is_unknown(x.shape) for x in inputs):
        _check_bounds(axis, _rank(inputs))
    return list(inputs), {"axis": axis}


def _rank(inputs) -> int:
    return max(len(x.shape) for x in inputs)


def _check_bounds(axis: int, rank: int) -> None:
    if axis >= rank:
        raise AxisError(
            f"Splice: Axis 'Axis('staticAxisIdx={axis}')' is out of bounds for the rank '{rank}' "
            "it applies to."
        )


@splice_along.complete
def splice_along_complete(inputs, axis):
    return {"axis": _axis_from_last(inputs, axis)}


def _axis_from_last(inputs, axis) -> int:
    """Return the axis counted from the last (-1); -(rank + 1) is a new one before the first."""
    rank = _rank(inputs)
    if axis == NEW_LEADING_AXIS or (axis == rank == 0):  # numbers, not known to be so before
        return -rank - 1
    _check_bounds(axis, rank)
    return axis - rank if axis >= 0 else axis


@splice_along.axes
def splice_along_axes(inputs):
    found = ()
    for x in inputs:
        axes = x.dynamic_axes
        if not axes or axes == found:
            continue
        if found:
            raise AxisError(
                f"Operation 'Splice': Operand '{x}' has dynamic axes, that do not match the "
                f"dynamic axes '{axes_text(found)}' of the other operands. "
                "try: C.sequence.broadcast_as"
            )
        found = axes
    return found


@splice_along.shape
def splice_along_shape(inputs, axis):
    axis = _axis_from_last(inputs, axis)
    rank = max(-axis, *(len(x.shape) for x in inputs))
    shapes = [(1,) * (rank - len(x.shape)) + tuple(x.shape) for x in inputs]
    shape = joined_shape(shapes, axis + rank)
    if shape is None:
        raise ShapeError(
            f"Splice: the operands' shapes {', '.join(shape_text(x.shape) for x in inputs)} differ "
            f"in other axes than {axis}, along which they are joined"
        )
    return shape


@splice_along.lower
def splice_along_lower(inputs, axis):
    axis = _axis_from_last(inputs, axis)
    rank = max(-axis, *(len(x.shape) for x in inputs))
    parts = [regroup(x, 0, 0, (1,) * (rank - len(x.shape))) for x in inputs]
    return join(*parts, axis=axis + rank)
