"""Cuts move up through elementwise steps: a part of a sum is the sum of the parts.

Where all readers of an elementwise result read parts of it, each part is computed by itself, and
the whole need not be there: the four gates of an LSTM, cut from one projection.
"""

from __future__ import annotations

from collections.abc import Callable

from cntk.execution.passes.forms import cut_form
from cntk.execution.symbols import PlanGraph, Step, Symbol
from cntk.graph.infer import Spec
from cntk.operators.declare import registry
from cntk.sparse import DENSE


def through_cuts(
    graph: PlanGraph, steps: list[Step], elementwise: Callable[[Step], bool], kept: set[int]
) -> list[Step]:
    """Return the steps with cuts moved up.

    Args:
        graph: the graph that the steps belong to.
        steps: the steps in order.
        elementwise: whether a step is one that cuts may move through.
        kept: numbers of symbols that are needed as they are.
    """
    while True:
        readers: dict[int, list[Step]] = {}
        for step in steps:
            for x in (*step.operands, *step.attributes.values()):
                if isinstance(x, Symbol):
                    readers.setdefault(x.number, []).append(step)
        apart = {
            step.outputs[0].number: step
            for step in steps
            if elementwise(step)
            and step.outputs[0].number not in kept
            and readers.get(step.outputs[0].number)
            and all(_may_move(reader, step) for reader in readers[step.outputs[0].number])
        }
        if not apart:
            return steps
        found: list[Step] = []
        for step in steps:
            whole = apart.get(step.operands[0].number) if step.operands else None
            if whole is not None and step.operator.name == "cut":
                found += _part_of(graph, step, whole)
            elif not (step.outputs and step.outputs[0].number in apart):
                found.append(step)
        steps = found


def _may_move(reader: Step, whole: Step) -> bool:
    if (
        reader.operator.name != "cut"
        or cut_form(whole.outputs[0], reader.attributes["ranges"]) is None
    ):
        return False
    ((axis, _, _, _),) = reader.attributes["ranges"]
    return all(_own_axis(x, whole.outputs[0], axis) is not False for x in whole.operands)


def _own_axis(x: Symbol, y: Symbol, axis: int) -> int | None | bool:
    """Return the axis of an operand that lies along an axis of the result; None: it broadcasts."""
    if x.literal is not None and x.literal.size == 1:
        return None
    own = axis - (len(y.shape) - len(x.shape))
    if own < 0 or x.shape[own] == 1 != y.shape[axis]:
        return None
    return own if x.shape[own] == y.shape[axis] else False


def _part_of(graph: PlanGraph, cut: Step, whole: Step) -> list[Step]:
    """Return steps that compute the part of an elementwise result that a cut shows."""
    ((axis, begin, end, stride),) = cut.attributes["ranges"]
    result = whole.outputs[0]
    made: list[Step] = []
    operands = []
    for x in whole.operands:
        own = _own_axis(x, result, axis)
        if own is None:
            operands.append(x)
            continue
        step = Step(
            registry["cut"], [x], {"ranges": ((own, begin, end, stride),)}, graph.count_step()
        )
        shape = list(x.shape)
        shape[own] = cut.outputs[0].shape[axis]
        spec = Spec(tuple(shape), x._dtype, x.dynamic_axes, DENSE, x.needs_gradient)
        step.outputs, step.purpose = (Symbol(graph, step, 0, spec),), cut.purpose
        operands.append(step.outputs[0])
        made.append(step)
    part = Step(whole.operator, operands, whole.attributes, cut.number)
    part.outputs, part.purpose = cut.outputs, whole.purpose
    return [*made, part]
