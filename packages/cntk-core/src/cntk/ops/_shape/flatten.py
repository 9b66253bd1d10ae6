"""Two axes for any number of them."""

from __future__ import annotations

from cntk.axis import Axis
from cntk.errors import AxisError
from cntk.graph.function import Function
from cntk.operators.axes import axis_argument, shape_of
from cntk.operators.declare import Operand, Sample, composite
from cntk.operators.stored import Attribute, Block
from cntk.ops._shape.reshape import replace_axes
from cntk.shape import INFERRED, is_unknown, shape_text


@composite(stored=Block("Flatten", attributes={"axis": Attribute("axis", "Ax", default=0)}))
def flatten(x: Operand, axis=None, name: str = "") -> Function:
    """Return the elements of each sample as a matrix: axes before ``axis``, and the others.

    Args:
        x: static shape ``(A1, ..., An)``.
        axis: first static axis that counts among the columns, 0 to n; -1 is behind the last axis.
            Default: 0, one row.
        name: name of the result, of static shape ``(A1 * ... , ... * An)``.

    Raises:
        ValueError: ``axis`` is out of bounds.

    >>> C.flatten(C.input_variable((2, 3, 4)), axis=1).shape
    (2, 12)
    >>> C.flatten([[1, 2], [3, 4]]).eval()
    array([[1., 2., 3., 4.]], dtype=float32)
    """
    sizes = None if is_unknown(x.shape) else _sizes(x.shape, axis)
    if sizes is None or INFERRED == sizes[0] == sizes[1]:
        rows = replace_axes(x, (INFERRED,), 0, axis)
        return replace_axes(rows, (INFERRED,), 1, -1, name)
    return replace_axes(x, sizes, name=name)


@flatten.prepare
def flatten_prepare(x, axis):
    axis = 0 if axis is None else axis_argument(axis, "Flatten")
    shape = shape_of(x)
    if shape is not None:
        rank = len(shape)
        if isinstance(axis, Axis) or not -rank - 1 <= axis <= rank:
            raise AxisError(
                f"Flatten: unsupported axis {axis}; the operand has static shape "
                f"'{shape_text(shape)}', which allows -{rank + 1} to {rank}"
            )
        axis = axis % (rank + 1) - (rank + 1)
    return [x], {"axis": axis}


def _sizes(shape: tuple[int, ...], axis: int) -> tuple[int, int]:
    """Return the sizes of both axes; one that is not known yet follows from the other."""
    split = axis % (len(shape) + 1)
    sizes = []
    for part in (shape[:split], shape[split:]):
        size = 1
        for n in part:
            size = n * size if n > 0 and size > 0 else min(n, size)
        sizes.append(INFERRED if size < 0 else size)
    return sizes[0], sizes[1]


@flatten.samples
def flatten_samples(make):
    yield Sample(make(2, 3, 4))
    yield Sample(make(2, 3, 4), axis=2)
