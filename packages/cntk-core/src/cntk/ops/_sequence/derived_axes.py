"""Names of the sequence axes that operators make, as CNTK 2.7 names them."""

from __future__ import annotations

from operator import index

from cntk.axis import Axis
from cntk.errors import ArgumentError, ExecutionError
from cntk.graph.nodes import Block
from cntk.variables import Variable


def source_of(variable: Variable) -> Variable:
    """Return the variable behind the outputs of blocks and the placeholders inside of them."""
    while True:
        if isinstance(variable._owner, Block):
            variable = variable._owner.body.outputs[variable.position]
        elif variable.stands_for is not None:
            variable = variable.stands_for
        else:
            return variable


def axis_of_condition(condition: Variable) -> Axis:
    """Return the axis of the frames that a condition chooses."""
    return Axis(f"whereNodeDynamicAxis_conditionVar_{source_of(condition).uid}")


def axes_of_length(axes: tuple[Axis, ...], scale: int, offset: int) -> tuple[Axis, ...]:
    """Return dynamic axes for sequences of ``scale * length + offset`` frames.

    Sequences of one frame have no sequence axis.
    """
    batch, sequence = axes
    if scale == 0:
        fixed = Axis(f"{sequence.name}_fixedSliceOf_{offset}")
        return (batch,) if offset == 1 else (batch, fixed)
    if (scale, offset) == (1, 0):
        return axes
    word = "plus" if offset > 0 else "minus"
    return batch, Axis(f"{sequence.name}_times_{scale}_{word}_{abs(offset)}")


def length_argument(typeinfo, what: str) -> tuple[int, int] | tuple[None, None]:
    """Return a ``new_sequence_axis_typeinfo`` as (scale, offset); None stands for no promise.

    Raises:
        ArgumentError: it is not a pair of ints, or the scale is negative.
        ExecutionError: it promises sequences without frames.
    """
    if typeinfo is None:
        return None, None
    try:
        scale, offset = map(index, typeinfo)
    except (TypeError, ValueError):
        raise ArgumentError(
            f"{what}: new_sequence_axis_typeinfo is a pair of ints (scale, offset): the new "
            f"sequences have scale * length + offset frames; not {typeinfo!r}"
        ) from None
    if scale < 0:
        raise ArgumentError(
            f"{what}: the scale of new_sequence_axis_typeinfo is 0 or more, not {scale}"
        )
    if scale == 0 and offset < 1:
        raise ExecutionError(
            f"Zero size dynamic axes are not allowed! {what}: new_sequence_axis_typeinfo "
            f"{(scale, offset)} promises sequences of {offset} frames"
        )
    return scale, offset
