"""Parts of static axes."""

from __future__ import annotations

from operator import index

from cntk.axis import Axis, static_index
from cntk.errors import ArgumentError, AxisError
from cntk.graph.function import Function
from cntk.operators.axes import axis_argument, from_last
from cntk.operators.declare import Operand, Sample, composite, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.ops._indexing.cut import cut, length


@composite(stored=None)
def slice(x: Operand, axis, begin_index, end_index, strides=None, name: str = "") -> Function:
    """Return a range along a static axis, or along several.

    Args:
        x: any static shape.
        axis: a static axis, or a list of them; the other arguments are then lists too.
        begin_index: first index; negative numbers count from the end of the axis.
        end_index: index behind the last one; 0 is the end of the axis, negative numbers count from
            there.
        strides: step from index to index; a negative one walks the range from its end. Default: 1.
        name: name of the result.

    Raises:
        ValueError: a range leaves its axis or is empty, or an axis is out of bounds.

    >>> C.slice([[0, 1, 2], [3, 4, 5]], axis=1, begin_index=0, end_index=2).eval()
    array([[0., 1.],
           [3., 4.]], dtype=float32)
    >>> C.slice([0, 1, 2, 3, 4], 0, 0, 0, -2).eval()
    array([4., 2., 0.], dtype=float32)
    """
    axes, begins, ends, steps = _lists(axis, begin_index, end_index, strides)
    if len(axes) == 1:
        return slice_axis(x, axes[0], begins[0], ends[0], steps[0], name)
    return slice_axes(x, axes, begins, ends, steps, name)


@slice.samples
def slice_samples(make):
    yield Sample(make(3, 4), axis=0, begin_index=1, end_index=3)
    yield Sample(make(3, 4), axis=1, begin_index=-3, end_index=0, strides=-2)
    yield Sample(make(3, 4), axis=[0, 1], begin_index=[0, 1], end_index=[2, 3])


def _lists(axis, begin_index, end_index, strides) -> tuple[tuple, ...]:
    """Return axes, begins, ends and strides as tuples of equal length."""
    axes = tuple(axis_argument(one, "Slice") for one in _listed(axis))
    for one in axes:
        if isinstance(one, Axis):
            raise AxisError(
                f"Slice: Invalid axis argument {one!r}; slice takes static axes. To slice a "
                "sequence along its axis use C.sequence.slice"
            )
    if strides is None:
        strides = [1] * len(axes)
    numbers = {"begin_index": begin_index, "end_index": end_index, "strides": strides}
    return axes, *(_integers(word, value, len(axes)) for word, value in numbers.items())


def _integers(word: str, value, count: int) -> tuple[int, ...]:
    listed = _listed(value)
    if len(listed) != count:
        raise ArgumentError(f"Slice: {count} axes, but {word} has {len(listed)} values")
    try:
        return tuple(index(number) for number in listed)
    except TypeError:
        raise ArgumentError(f"Slice: {word} must hold ints, not {value!r}") from None


def _listed(value) -> list:
    return list(value) if isinstance(value, (list, tuple)) else [value]


@operator(
    family="per_sample",
    stored=Primitive(
        14,
        "Slice",
        attributes={
            "axis": Attribute("axis", "Ax"),
            "begin": Attribute("beginIndex", "I"),
            "end": Attribute("endIndex", "I"),
            "stride": Attribute("sliceStrides", "I", default=1),
        },
    ),
)
def slice_axis(
    x: Operand, axis: int, begin: int, end: int, stride: int = 1, name: str = ""
) -> Function:
    """Return a range along one static axis; arguments as of :func:`slice`."""


@slice_axis.complete
def slice_axis_complete(x, axis):
    return {"axis": from_last(axis, len(x.shape), "Slice")}


@slice_axis.shape
def slice_axis_shape(x, axis, begin, end, stride):
    return _shape(x.shape, (axis,), (begin,), (end,), (stride,))


@slice_axis.lower
def slice_axis_lower(x, axis, begin, end, stride):
    return _cut(x, (axis,), (begin,), (end,), (stride,))


@operator(
    family="per_sample",
    stored=Primitive(
        14,
        "Slice",
        attributes={
            "axes": Attribute("axisVec", "Ax*"),
            "begins": Attribute("beginIndexVec", "I*"),
            "ends": Attribute("endIndexVec", "I*"),
            "strides": Attribute("sliceStridesVec", "I*"),
        },
    ),
)
def slice_axes(
    x: Operand, axes: tuple, begins: tuple, ends: tuple, strides: tuple, name: str = ""
) -> Function:
    """Return ranges along several static axes; arguments as of :func:`slice`."""


@slice_axes.complete
def slice_axes_complete(x, axes):
    return {"axes": tuple(from_last(axis, len(x.shape), "Slice") for axis in axes)}


@slice_axes.shape
def slice_axes_shape(x, axes, begins, ends, strides):
    return _shape(x.shape, axes, begins, ends, strides)


@slice_axes.lower
def slice_axes_lower(x, axes, begins, ends, strides):
    return _cut(x, axes, begins, ends, strides)


def _shape(shape, axes, begins, ends, strides) -> tuple[int, ...]:
    sizes = list(shape)
    for axis, begin, end, stride in zip(axes, begins, ends, strides):
        i = static_index(axis, len(shape), "Slice")
        sizes[i] = length(begin, end, stride, sizes[i], "Slice")
    return tuple(sizes)


def _cut(x, axes, begins, ends, strides):
    for axis, begin, end, stride in zip(axes, begins, ends, strides):
        i = static_index(axis, len(x.shape))
        if (begin, end, stride) not in ((0, 0, 1), (0, x.shape[i], 1)):
            x = cut(x, ((i, begin, end, stride),))
    return x
