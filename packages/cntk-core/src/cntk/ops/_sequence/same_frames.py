"""Operands that are compared frame by frame, or sequence by sequence."""

from __future__ import annotations

from cntk.errors import AxisError
from cntk.graph.infer import merge_axes


def expect_same_frames(what: str, *operands) -> None:
    """Refuse operands without dynamic axes, and operands with different ones.

    Args:
        what: the operator, for messages.
        operands: variables; dynamic axes that are not known yet pass.

    Raises:
        AxisError: they do not have the same dynamic axes.
    """
    for operand in operands:
        if not operand.dynamic_axes:
            raise AxisError(
                f"{what}: operand '{operand}' has no dynamic axes, so there are no sequences in "
                "it. try: C.sequence.input_variable"
            )
    merge_axes(what, operands)
