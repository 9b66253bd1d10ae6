"""The blocks that CNTK 2.7 puts around its reductions."""

from __future__ import annotations

from cntk.axis import ALL_AXES, ALL_STATIC_AXES, BATCH_AXIS
from cntk.graph.function import Function
from cntk.operators.declare import Operand, composite, registry
from cntk.operators.stored import Attribute, Block
from cntk.ops._reduction.axes import reduced
from cntk.ops._shape.reshape import replace_axes
from cntk.ops._shape.squeeze import squeeze
from cntk.shape import is_unknown

_ATTRIBUTES = {
    "axis": Attribute("axisVec", "Ax*"),
    "keepdims": Attribute("reductionKeepDimensions", "B", default=True),
}


def reduction_block(name: str, operation: str | None = None) -> Block:
    """Return how a public reduction is stored.

    Args:
        name: op name of the block.
        operation: name of the reduction inside; None for a block that has a name of its own.
    """
    fixed = {} if operation is None else {"reductionOpName": (operation, "S")}
    return Block(name, fixed=fixed, attributes=_ATTRIBUTES)


def reduce_over(over, x, axis: tuple, keepdims: bool):
    """Return the body of a public reduction.

    Args:
        over: the primitive, e.g. ``sum_over``.
        x: the operand.
        axis: all axes that are reduced.
        keepdims: whether reduced axes stay, with size 1.
    """
    if ALL_AXES in axis or ALL_STATIC_AXES in axis:
        return over(x, axis, False)
    result = multi_axis_reduce(x, over.name, axis)
    return result if keepdims else without(result, x, axis)


@composite(stored=Block("MultiAxisReduce"))
def multi_axis_reduce(x: Operand, reduction: str, axis: tuple) -> Function:
    """Return ``x`` reduced over static axes, then over the batch, all of them kept with size 1."""
    over = registry[reduction]
    static = tuple(one for one in axis if one != BATCH_AXIS)
    if static:
        x = over(x, static, True, "_static_axes_subop")
    if BATCH_AXIS in axis:
        x = over(x, (BATCH_AXIS,), True, "_batch_axes_subop")
    return x


def without(value, x, axis: tuple):
    """Return the reduction of ``x`` without the reduced axes."""
    if is_unknown(x.shape):  # which axes these are is settled with the operand's rank
        return squeeze(value, axis)
    gone = reduced(axis, len(x.shape)).static
    return replace_axes(value, tuple(n for i, n in enumerate(x.shape) if i not in gone))
