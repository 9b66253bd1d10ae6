"""Scan: a recurrence as one step of a plan.

The body is a graph of its own, computed once per time step on the rows of that step. Because rows
are packed over time, a mapped input of a step is a slice of rows, and the state of an earlier step
is a slice of the stacked states. The gradient of a scan is a scan in the other direction.
"""

from __future__ import annotations

from dataclasses import dataclass

from cntk.execution.symbols import PlanGraph, Step, Symbol
from cntk.graph.infer import Spec
from cntk.operators.declare import Operand, Operator

MAPPED, PER_SEQUENCE, WHOLE, OFFSET = "mapped", "per sequence", "whole", "offset"


@dataclass(frozen=True)
class Input:
    """A value that the body reads.

    Args:
        leaf: its symbol in the body.
        kind: rows of the time step, one row per sequence, the whole value, or the offset in a
            stream of random numbers.
    """

    leaf: Symbol
    kind: str


@dataclass(frozen=True)
class State:
    """A value that the body gets from an earlier (or later) time step.

    Args:
        carry: its symbol in the body.
        value: the symbol in the body that becomes the state.
        delay: number of time steps in between.
        initial: position of the operand that serves before the first step; None for zeros.
        passage: position of the operand that leads to the minibatch before, for sequences that go
            on; None for zeros.
    """

    carry: Symbol
    value: Symbol
    delay: int
    initial: int | None
    passage: int | None = None


def _scan(*operands: Operand):
    """A recurrence."""


class Scan(Operator):
    """The operator of one recurrence; it belongs to one step.

    Args:
        body: the graph of a time step.
        inputs: what the body reads, in the order of the step's first operands.
        axes: dynamic axes that it runs over.
        backwards: it runs from the last time step to the first.
    """

    step: Step  # in the plan around it, once it has been appended
    needs_whole = False  # whether it refuses sequences that go on from the minibatch before

    def __init__(self, body: PlanGraph, inputs: list[Input], axes, backwards: bool) -> None:
        super().__init__(_scan, family="whole", stored=None)
        self.name = "scan"
        self.body, self.inputs, self.loop_axes, self.backwards = body, inputs, axes, backwards
        self.states: list[State] = []
        self.stacked: list[Symbol] = []
        self.summed: set[int] = set()  # positions among them of what is not stacked, but added up
        self.forward_steps = 0
        self.rules["gradient"] = _ScanGradient(self)

    @property
    def is_pure(self) -> bool:
        """Never merged: its outputs grow as they are asked for."""
        return False

    def append_to(self, graph: PlanGraph, operands: list[Symbol]) -> None:
        """Append the step to a plan's graph."""
        self.step = Step(self, operands, {}, len(graph.steps))
        self.outputs, self.saves = (), {}
        self.forward_steps = len(self.body.steps)  # what follows in the body is its gradient's
        graph.steps.append(self.step)
        for state in self.states:
            self.stack(state.value)

    def stack(self, symbol: Symbol) -> Symbol:
        """Return the symbol, in the plan's graph, of a body's value at all time steps."""
        for i, known in enumerate(self.stacked):
            if known is symbol and i not in self.summed:
                return self.step.outputs[i]
        return self._add_output(symbol, self.loop_axes)

    def sum(self, symbol: Symbol) -> Symbol:
        """Return the symbol, in the plan's graph, of a body's value summed over all time steps.

        There is one row per sequence: memory for all time steps is never needed.
        """
        self.summed.add(len(self.stacked))
        return self._add_output(symbol, self.loop_axes[:1])

    def _add_output(self, symbol: Symbol, axes: tuple) -> Symbol:
        graph = self.step.operands[0].graph
        spec = Spec.of(symbol, needs_gradient=symbol.needs_gradient)._replace(axes=axes)
        output = Symbol(graph, self.step, len(self.stacked), spec)
        self.stacked.append(symbol)
        self.step.outputs = (*self.step.outputs, output)
        self.outputs = tuple(f"y{i}" for i in range(len(self.stacked)))
        return output

    def drawn_with(self, offset: Symbol) -> Symbol | None:
        """Return the body's random value that starts at an offset; None if nothing is drawn."""
        leaf = self.inputs[self.step.operands.index(offset)].leaf
        drawn = (step.outputs[0] for step in self.body.steps if leaf in step.attributes.values())
        return next(drawn, None)

    @property
    def own_kernel(self):
        """The kernel that runs a scan: a backend's, or the loop in Python."""
        from cntk.execution.kernels import candidates
        from cntk.execution.recurrence.run import kernel

        return next(iter(candidates("scan")), kernel)


class _ScanGradient:
    """Calls ``gradient.differentiate`` with the gradients of all outputs."""

    takes_missing = True

    def __init__(self, scan: Scan) -> None:
        self.scan = scan

    @property
    def names(self) -> list[str]:
        """The gradients that it asks for."""
        return [f"dy{i}" for i in range(len(self.scan.stacked))]

    def __call__(self, available: dict, attributes: dict | None = None) -> list:
        from cntk.execution.recurrence.gradient import differentiate

        incoming = [available.get(f"dy{i}") for i in range(len(self.scan.stacked))]
        return differentiate(self.scan, incoming, available["wanted"])
