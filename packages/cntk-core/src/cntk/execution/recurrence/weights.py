"""Weights that each step of a loop reads turned: turned once, before the loop.

The gradient of ``h W`` in a recurrence is ``dy`` times the transposed W, at each time step. A step
has few rows, so that reading W against the order of its memory is much of the work.
"""

from __future__ import annotations

from cntk.execution.kernels import candidates
from cntk.execution.symbols import Step


def plain_order(step: Step) -> tuple[int, ...] | None:
    """Return the order of axes in which a product would rather read its right operand.

    None: it is no product, reads it as it lies, or runs no faster otherwise.

    Args:
        step: a step of a loop.
    """
    if step.operator.name != "contract" or step.attributes["over_rows"]:
        return None
    weights, axes = step.operands[1], step.attributes["right_axes"]
    rank, count = len(weights.shape), len(axes)
    if weights.dynamic_axes or not 0 < count < rank or axes != tuple(range(rank - count, rank)):
        return None
    kernel = next((known for known in candidates("contract") if known.when(step)), None)
    if kernel is None or not kernel.prefers_plain:
        return None
    return (*axes, *range(rank - count))


def plain_attributes(step: Step) -> dict:
    """Return the attributes of a product whose right operand has been put into that order."""
    return {**step.attributes, "right_axes": tuple(range(len(step.attributes["right_axes"])))}
