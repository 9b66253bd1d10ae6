"""The body of a recurrence in the making: what it reads from around the loop, and its states."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from cntk.errors import ExecutionError
from cntk.execution.passes.spread import spread_from
from cntk.execution.recurrence.scan import MAPPED, OFFSET, PER_SEQUENCE, WHOLE, Input, Scan, State
from cntk.execution.symbols import PlanGraph, Symbol
from cntk.graph.infer import Spec


class Carried(NamedTuple):
    """A state of the body.

    Args:
        carry: its symbol in the body, from :meth:`Body.carry`.
        value: the symbol in the body that becomes the state.
        delay: number of time steps in between.
        initial: the symbol around the loop that serves before the first step; None for zeros.
        passage: the symbol around the loop of what leads to the minibatch before, for sequences
            that go on; None for zeros.
    """

    carry: Symbol
    value: Symbol
    delay: int
    initial: Symbol | None
    passage: Symbol | None = None


class Body:
    """The graph of one time step, to be filled by its maker and then closed.

    Args:
        around: the graph around the loop.
        axes: dynamic axes that the loop runs over.
    """

    def __init__(self, around: PlanGraph, axes: tuple) -> None:
        self.graph = PlanGraph(around.training, axes)
        self._around, self._axes = around, axes
        self._inputs: list[Input] = []
        self._operands: list[Symbol] = []
        self._leaf_for: dict[int, Symbol] = {}
        self._carries = 0

    def read(self, outer: Symbol) -> Symbol:
        """Return the body's symbol for a value from around the loop."""
        if outer.literal is not None:
            return self.graph.literal(outer.literal, outer._dtype)
        outer = spread_from(outer) or outer  # read at each step, never as large as all steps
        known = self._leaf_for.get(outer.number)
        if known is None:
            known = self._leaf_for[outer.number] = self._add_input(outer)
        return known

    def _add_input(self, outer: Symbol) -> Symbol:
        kind, axes = _kind(outer, self._axes)
        spec = Spec.of(outer, outer.storage, outer.needs_gradient)._replace(axes=axes)
        leaf = self.graph.given(("input", len(self._inputs)), spec)
        self._inputs.append(Input(leaf, kind))
        self._operands.append(outer)
        return leaf

    def carry(self, shape: tuple[int, ...], dtype: np.dtype) -> Symbol:
        """Return the body's symbol for a state as an earlier or later time step left it."""
        key = ("carry", self._carries)
        self._carries += 1
        return self.graph.given(key, Spec(shape, dtype, self._axes, needs_gradient=True))

    def close(self, states: Iterable[Carried], backwards: bool) -> Scan:
        """Append the recurrence to the graph around it; return its operator.

        Args:
            states: the states.
            backwards: it runs from the last time step to the first.
        """
        scan = Scan(self.graph, self._inputs, self._axes, backwards)
        operands = list(self._operands)
        for state in states:
            positions: list[int | None] = []
            for symbol in (state.initial, state.passage):
                positions.append(None if symbol is None else len(operands))
                operands.extend([] if symbol is None else [symbol])
            scan.states.append(State(state.carry, state.value, state.delay, *positions))
        scan.append_to(self._around, operands)
        return scan


def _kind(outer: Symbol, axes) -> tuple[str, tuple]:
    if getattr(outer.source, "kind", "") == "offset":
        return OFFSET, ()
    if not outer.dynamic_axes:
        return WHOLE, ()
    if outer.dynamic_axes == axes:
        return MAPPED, axes
    if len(outer.dynamic_axes) < len(axes):
        return PER_SEQUENCE, axes
    raise ExecutionError(
        f"a recurrence over the axis '{axes[-1].name}' reads a value on the axis "
        f"'{outer.dynamic_axes[-1].name}'"
    )
