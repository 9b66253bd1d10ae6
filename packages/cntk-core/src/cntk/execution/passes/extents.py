"""Shapes that only a run shows are lent by their sizes, not by a value that has them.

Gradients of reductions are broadcast to the shape of what was reduced. Where an axis is free, that
value would have to be there for its shape alone, in a recurrence even at all time steps.
"""

from __future__ import annotations

from cntk.operators.extents import expand_to_extent, extent, sum_to_extent
from cntk.shape import is_static


def expand_rule(operands, attributes):
    """Return ``expand_to`` by the sizes of what it is broadcast to; None where they are known."""
    return _by_extent(expand_to_extent, *operands)


def sum_rule(operands, attributes):
    """Return ``sum_to`` by the sizes of what is summed to; None where they are known."""
    return _by_extent(sum_to_extent, *operands)


def _by_extent(operator, x, like):
    is_computed = hasattr(like.source, "operator")  # what is fed, or read by a loop, is there
    if is_static(like.shape) or not is_computed:
        return None
    return operator(x, extent(like), tuple(like.shape))
