"""Frames by index: a packed index says which row of a source each frame of a result is."""

from __future__ import annotations

from cntk.graph.function import Function
from cntk.operators.declare import Operand, operator
from cntk.operators.stored import Primitive
from cntk.ops._sequence.rows import add_at_rows, gather_rows, row_index


@operator(
    family="whole",
    no_gradient=("source", "time_steps"),
    stored=Primitive(28, "PackedIndex"),
)
def packed_index(source: Operand, time_steps: Operand, name: str = "") -> Function:
    """Return where the frames with given time steps are in ``source``."""


@packed_index.shape
def packed_index_shape():
    return ()


@packed_index.axes
def packed_index_axes(time_steps):
    return time_steps.dynamic_axes


@packed_index.lower
def packed_index_lower(source, time_steps):
    return row_index(source, time_steps)


@operator(family="whole", no_gradient=("index",), stored=Primitive(29, "GatherPacked"))
def gather_packed(x: Operand, index: Operand, name: str = "") -> Function:
    """Return the frames of ``x`` that an index lists."""


@gather_packed.shape
def gather_packed_shape(x):
    return x.shape


@gather_packed.axes
def gather_packed_axes(index):
    return index.dynamic_axes


@gather_packed.lower
def gather_packed_lower(x, index):
    return gather_rows(x, index)


@operator(
    family="whole",
    no_gradient=("index", "condition"),
    stored=Primitive(30, "ScatterPacked"),
)
def scatter_packed(x: Operand, index: Operand, condition: Operand, name: str = "") -> Function:
    """Return the frames of ``x`` at the places that an index lists, zeros at the others."""


@scatter_packed.shape
def scatter_packed_shape(x):
    return x.shape


@scatter_packed.axes
def scatter_packed_axes(condition):
    return condition.dynamic_axes


@scatter_packed.lower
def scatter_packed_lower(x, index, condition):
    return add_at_rows(x, index, condition)
