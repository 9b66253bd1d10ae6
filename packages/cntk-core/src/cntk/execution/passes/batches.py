"""Batches of their own: rows that a step makes and that never meet those of what is fed.

There is one batch axis, and the values on it have as many samples as the minibatch. But
``C.to_batch`` makes samples of any tensor. As long as nothing computes with both, their numbers may
differ: here such values get a batch axis of their own, with a layout of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from cntk.axis import BATCH_AXIS, Axis
from cntk.execution.symbols import PlanGraph, Step, Symbol


def separate_batches(graph: PlanGraph) -> None:
    """Give a batch axis of its own to each group of symbols that only steps make the samples of."""
    makers = [step for step in graph.steps if _makes_batch(step)]
    if not makers:
        return
    meeting = _Meeting()
    for step in graph.steps:
        meeting.join([x for x in (*step.operands, *step.all_outputs) if _on_batch(x)])
    for leaf, symbol in graph.leaves:
        if leaf.kind == "argument" and _on_batch(symbol):
            meeting.join([symbol])
    fed = {meeting.group(x) for leaf, x in graph.leaves if leaf.kind == "argument"}
    own: dict[int, Axis] = {}
    for step in makers:
        group = meeting.group(step.outputs[0])
        if group not in fed:
            own.setdefault(group, _own_axis(len(own)))
    if len(own) == 1 and len(meeting.groups()) == 1:
        return  # nothing else has a batch axis
    for symbol in meeting.symbols():
        axis = own.get(meeting.group(symbol))
        if axis is not None:
            symbol.dynamic_axes = (axis, *symbol.dynamic_axes[1:])


def _makes_batch(step: Step) -> bool:
    return step.operator.derives_layout and step.outputs[0].dynamic_axes == (BATCH_AXIS,)


def _on_batch(symbol: Symbol) -> bool:
    return symbol.dynamic_axes[:1] == (BATCH_AXIS,)


@cache
def _own_axis(number: int) -> Axis:
    """Return a batch axis; the same for the same number, so that plans are alike."""
    return Axis(f"{BATCH_AXIS.name}{number + 2}", is_ordered=False)


class _Meeting:
    """Groups of symbols; those of one step have the same samples, and so have all of a group."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}
        self._symbols: dict[int, Symbol] = {}

    def join(self, symbols: list[Symbol]) -> None:
        """Put symbols into one group."""
        for symbol in symbols:
            self._symbols[symbol.number] = symbol
            self._parent[self.group(symbol)] = self.group(symbols[0])

    def group(self, symbol: Symbol) -> int:
        """Return the number of the group of a symbol."""
        number = symbol.number
        while (parent := self._parent.setdefault(number, number)) != number:
            self._parent[number] = self._parent[parent]
            number = self._parent[number]
        return number

    def groups(self) -> set[int]:
        """Return the numbers of all groups."""
        return {self.group(symbol) for symbol in self._symbols.values()}

    def symbols(self) -> Iterator[Symbol]:
        """Return all symbols."""
        return iter(self._symbols.values())
