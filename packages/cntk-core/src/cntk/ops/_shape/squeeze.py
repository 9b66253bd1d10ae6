"""Fewer axes of size 1."""

from __future__ import annotations

from cntk.axis import static_index
from cntk.errors import ShapeError
from cntk.graph.function import Function
from cntk.operators.axes import static_axis_argument
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.ops._shape.regroup import drop_axes


@operator(
    family="per_sample",
    stored=Primitive(88, "Squeeze", attributes={"axes": Attribute("axisVec", "Ax*", default=None)}),
)
def squeeze(x: Operand, axes=None, name: str = "") -> Function:
    """Return ``x`` without static axes of size 1.

    Args:
        x: any static shape.
        axes: a static axis, or a list of them; default: all of size 1.
        name: name of the result.

    Raises:
        ValueError: an axis is out of bounds, or its size is not 1.

    >>> C.squeeze([[[1], [2]]]).eval()
    array([1., 2.], dtype=float32)
    """


@squeeze.prepare
def squeeze_prepare(x, axes):
    if axes is not None:
        listed = axes if isinstance(axes, (list, tuple)) else [axes]
        axes = tuple(static_axis_argument(axis, "Squeeze") for axis in listed)
    return [x], {"axes": axes}


@squeeze.shape
def squeeze_shape(x, axes):
    dropped = _dropped(x.shape, axes)
    return tuple(size for i, size in enumerate(x.shape) if i not in dropped)


def _dropped(shape: tuple[int, ...], axes) -> list[int]:
    """Return the indices of the axes that go, in rising order."""
    if axes is None:
        return [i for i, size in enumerate(shape) if size == 1]
    found = sorted({static_index(axis, len(shape), "Squeeze") for axis in axes})
    for i in found:
        if shape[i] != 1:
            raise ShapeError(
                f"Squeeze: cannot squeeze a static axis whose dimension (={shape[i]}) is not 1."
            )
    return found


@squeeze.lower
def squeeze_lower(x, axes):
    return drop_axes(x, _dropped(x.shape, axes))


@squeeze.samples
def squeeze_samples(make):
    yield Sample(make(1, 3, 1))
    yield Sample(make(1, 3, 1), axes=-1)
