"""Sub-tensors by index."""

from __future__ import annotations

import numpy as np

from cntk.axis import Axis
from cntk.errors import AxisError, ShapeError
from cntk.graph.function import Function
from cntk.operators.axes import axis_argument
from cntk.operators.declare import Operand, Sample, composite, operator
from cntk.operators.stored import Attribute, Block, Primitive
from cntk.ops._indexing.take import take_at_indices
from cntk.ops._shape.transpose import swapaxes


@composite(stored=None)
def gather(reference: Operand, indices: Operand, axis=None, name: str = "") -> Function:
    """Return the sub-tensors of ``reference`` at some indices of a static axis.

    Args:
        reference: static shape ``(A1, A2, ...)``, no dynamic axes.
        indices: any static shape ``(I1, ...)``; fractions are cut off. No gradient flows to it.
        axis: the static axis; default: the first.
        name: name of the result, of static shape ``(I1, ..., A2, ...)`` for the first axis.

    Raises:
        ValueError: ``axis`` is out of bounds, or an index is.

    >>> C.gather([[0, 1], [2, 3], [4, 5]], [2, 0]).eval()
    array([[4., 5.],
           [0., 1.]], dtype=float32)
    >>> C.gather([[0, 1], [2, 3], [4, 5]], [1], axis=1).eval()
    array([[1.],
           [3.],
           [5.]], dtype=float32)
    """
    if axis is not None:
        axis = axis_argument(axis, "Gather")
        if isinstance(axis, Axis):
            raise AxisError(f"Gather operation only supports a single static axis, not {axis!r}")
    if axis is None or axis == 0:
        return gather_first(reference, indices, axis, name)
    return gather_along(indices, reference, axis, name)


@gather.samples
def gather_samples(make):
    chosen = np.floor(np.abs(make(2))) % 3
    yield Sample(make(3, 2), chosen, axes=("parameter", "batch"))
    yield Sample(make(2, 3), chosen, axes=("parameter", "batch"), axis=1)


@operator(
    family="whole",
    no_gradient=("indices",),
    stored=Primitive(
        74,
        "Gather",
        operands=("indices", "reference"),
        attributes={"axis": Attribute("axis", "Ax", default=None)},
    ),
)
def gather_first(
    reference: Operand, indices: Operand, axis: int | None = None, name: str = ""
) -> Function:
    """Return the sub-tensors of ``reference`` at some indices of its first static axis."""


@gather_first.shape
def gather_first_shape(reference, indices):
    if not reference.shape:
        raise ShapeError("Gather: the reference needs at least one static axis")
    return (*indices.shape, *reference.shape[1:])


@gather_first.axes
def gather_first_axes(reference, indices):
    if reference.dynamic_axes:
        raise AxisError(
            f"Gather: the reference '{reference}' must not have dynamic axes. "
            "try: C.times(C.one_hot(indices, n), reference) to pick from each sample's own"
        )
    return indices.dynamic_axes


@gather_first.lower
def gather_first_lower(reference, indices):
    return take_at_indices(reference, indices)


@composite(stored=Block("GatherOp", attributes={"axis": Attribute("axis", "Ax")}, swapped=True))
def gather_along(indices: Operand, reference: Operand, axis: int, name: str = "") -> Function:
    """Return the sub-tensors of ``reference`` at some indices of a static axis."""
    first = swapaxes(reference, 0, axis)
    found = gather_first(first, indices, name=name + "_inner")
    return swapaxes(found, 0, axis)
