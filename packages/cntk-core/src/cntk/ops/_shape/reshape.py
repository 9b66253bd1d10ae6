"""Other static shapes for the same elements."""

from __future__ import annotations

from cntk.axis import NEW_LEADING_AXIS, Axis
from cntk.errors import ArgumentError, AxisError, ShapeError
from cntk.graph.function import Function
from cntk.operators.axes import axis_argument
from cntk.operators.declare import Operand, Sample, composite, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.ops._shape.regroup import regroup
from cntk.shape import FREE, INFERRED, as_shape, is_unknown, shape_text


@composite(stored=None)
def reshape(x: Operand, shape, begin_axis=None, end_axis=None, name: str = "") -> Function:
    """Return the elements of each sample, in the same order, in another static shape.

    Args:
        x: any static shape.
        shape: the new sizes; one of them may be -1 and follows from the others.
        begin_axis: first static axis that is replaced; default: the first. The value
            ``C.Axis.new_leading_axis()`` appends the new axes after the last.
        end_axis: static axis behind the last one that is replaced; default: all to the last.
        name: name of the result.

    Raises:
        ValueError: the numbers of elements differ, or an axis is out of bounds.

    >>> C.reshape([[0, 1, 2], [3, 4, 5]], (3, -1)).eval()
    array([[0., 1.],
           [2., 3.],
           [4., 5.]], dtype=float32)
    >>> C.reshape(C.input_variable((2, 3, 4)), (6,), 0, 2).shape
    (6, 4)
    """
    begin = 0 if begin_axis is None else _boundary(begin_axis)
    end = -1 if end_axis is None else _boundary(end_axis)
    sizes = as_shape(shape)
    if is_unknown(sizes):
        raise ShapeError("Reshape: a replacement shape has sizes; one of them may be -1")
    return replace_axes(x, sizes, begin, end, name)


@reshape.samples
def reshape_samples(make):
    yield Sample(make(2, 6), shape=(3, -1))
    yield Sample(make(2, 3, 4), shape=(6,), begin_axis=0, end_axis=2)
    yield Sample(make(2, 3), shape=(1,), begin_axis=1, end_axis=1)


def _boundary(axis) -> int:
    """Return an axis as a position between axes: 0 before the first, -1 after the last."""
    axis = axis_argument(axis, "Reshape")
    if axis == NEW_LEADING_AXIS:
        return -1
    if isinstance(axis, Axis):
        raise AxisError(f"Reshape: operation does not support reshaping dynamic axis {axis!r}")
    return axis if axis >= 0 else axis - 1


@operator(
    family="per_sample",
    stored=Primitive(
        16,
        "Reshape",
        attributes={
            "shape": Attribute("newShape", "N"),
            "end": Attribute("beginAxis", "Ax", default=-1),  # files count from the last axis
            "begin": Attribute("endAxis", "Ax", default=0),
        },
    ),
)
def replace_axes(
    x: Operand, shape: tuple, begin: int = 0, end: int = -1, name: str = ""
) -> Function:
    """Return ``x`` with the static axes between two positions replaced by others.

    Args:
        x: any static shape.
        shape: sizes of the new axes; one may be -1 and follows from the others.
        begin: position before the first replaced axis: 0 is before the first axis of ``x``, -1
            after the last one.
        end: position after the last replaced axis.
        name: name of the result.

    Raises:
        ValueError: the numbers of elements differ, or a position is out of bounds.
    """


@replace_axes.complete
def replace_axes_complete(x, begin, end):
    positions = len(x.shape) + 1
    begin, end = _range(x, begin, end)
    return {"begin": begin - positions, "end": end - positions}


@replace_axes.shape
def replace_axes_shape(x, shape, begin, end):
    begin, end = _range(x, begin, end)
    return (*x.shape[:begin], *_settled(x.shape[begin:end], shape), *x.shape[end:])


def _range(x, begin: int, end: int) -> tuple[int, int]:
    """Return the replaced axes as a range of indices."""
    rank = len(x.shape)
    for position in (begin, end):
        if not -rank - 1 <= position <= rank:
            raise AxisError(
                f"Reshape: axis position {position} is out of bounds for the rank '{rank}' of "
                f"shape '{shape_text(x.shape)}'"
            )
    begin, end = begin % (rank + 1), end % (rank + 1)
    if begin > end:
        raise AxisError(
            f"Reshape: begin axis index ({begin}) must be <= the end axis index ({end})"
        )
    return begin, end


def _settled(old: tuple[int, ...], new: tuple[int, ...]) -> tuple[int, ...]:
    """Return the new sizes with the one that is left open filled in as far as ``old`` is known."""
    unknown = [i for i, size in enumerate(new) if size < 0]
    if len(unknown) > 1:
        raise ArgumentError(
            "Reshape: More than one axis's dimension was unspecified in the replacement shape "
            f"'{shape_text(new)}'"
        )
    if any(size < 0 for size in old):
        missing = INFERRED if INFERRED in old else FREE
        return tuple(missing if i in unknown else size for i, size in enumerate(new))
    count, known = _volume(old), _volume(size for size in new if size > 0)
    if count % known if unknown else count != known:
        rule = "an integer multiple of the non-inferred dimensions." if unknown else "the same."
        raise ShapeError(
            f"Reshape: Operand (sub-)dimensions '{shape_text(old)}' incompatible with desired "
            f"replacement (sub-)dimensions '{shape_text(new)}'. Number of elements must be {rule}\n"
            f"try: a shape of {count} elements; one size may be -1, it follows from the others"
        )
    return tuple(count // known if i in unknown else size for i, size in enumerate(new))


def _volume(sizes) -> int:
    volume = 1
    for size in sizes:
        volume *= size
    return volume


@replace_axes.lower
def replace_axes_lower(x, shape, begin, end):
    return regroup(x, *_range(x, begin, end), shape)
