"""Recurrences that a lowering writes, as a function of one time step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from cntk.execution.recurrence.body import Body, Carried
from cntk.execution.symbols import Symbol


def recur(
    step: Callable[..., tuple[Symbol, ...]],
    operands: Sequence[Symbol],
    states: Sequence[tuple[int, ...]],
    backwards: bool,
) -> list[Symbol]:
    """Return each state at all time steps.

    Args:
        step: function of the operands at one time step, then of the states before it, that returns
            the states after it. It is called once.
        operands: the first has the dynamic axes to run over; without a sequence axis among them
            there is one time step. Operands without dynamic axes are read whole.
        states: static shapes of the states, which are zero at first; parts of sequences, which
            would go on from other states, are refused.
        backwards: run from the last time step to the first.
    """
    first = operands[0]
    axes, graph, dtype = first.dynamic_axes, first.graph, first._dtype
    if len(axes) < 2:
        zeros = [graph.literal(np.zeros(shape), dtype) for shape in states]
        return list(step(*operands, *zeros))
    body = Body(graph, axes)
    carries = [body.carry(shape, dtype) for shape in states]
    values = step(*map(body.read, operands), *carries)
    scan = body.close([Carried(c, v, 1, None) for c, v in zip(carries, values)], backwards)
    scan.needs_whole = True  # its states are nobody's node, so nothing keeps them
    return [scan.stack(value) for value in values]
