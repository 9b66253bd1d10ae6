"""What a minibatch costs before it is run: operations by node, and memory, both from plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cntk.autodiff import gradients
from cntk.axis import Axis
from cntk.debugging.work import Work, work_of
from cntk.execution.kernels import choose
from cntk.execution.lower import Lowering
from cntk.execution.plan import Plan
from cntk.execution.session import ones_like
from cntk.execution.symbols import PlanGraph, Step, Symbol
from cntk.execution.usage import arena_bytes, made_bytes
from cntk.graph.function import Function
from cntk.shape import is_static
from cntk.variables import Variable


@dataclass(frozen=True)
class Minibatch:
    """How large a minibatch is.

    Args:
        samples: how many samples.
        frames: how many frames each sequence has.
        lengths: {sequence axis: frames of each of its sequences}, where they are not all alike;
            those of the axis None are for all others.
    """

    samples: int
    frames: int
    lengths: Mapping[Axis | None, tuple[int, ...]] = field(default_factory=dict)

    def rows(self, axes: tuple) -> int:
        """Return how many rows data with these dynamic axes have; 1 for data without."""
        for axis in axes:
            if not axis.is_batch_axis:
                return sum(self._lengths_of(axis))
        return self.samples if axes else 1

    def steps(self, axes: tuple) -> int:
        """Return how many time steps a recurrence over these dynamic axes takes."""
        return max(self._lengths_of(axes[-1]))

    def sequences(self, axes: tuple) -> int:
        """Return how many sequences these dynamic axes have."""
        return len(self._lengths_of(axes[-1]))

    def _lengths_of(self, axis: Axis) -> tuple[int, ...]:
        stated = self.lengths.get(axis) or self.lengths.get(None)
        return stated or (self.frames,) * self.samples


def operations(function: Function, minibatch: Minibatch) -> Counter[int]:
    """Return {id of a node inside of all blocks: operations that inference takes for it}.

    Args:
        function: a Function without placeholders.
        minibatch: what it is computed on.
    """
    graph = PlanGraph(training=False)
    found: Counter[int] = Counter()
    for step, runs in _steps(Lowering(graph).lower(function.outputs), 1, minibatch):
        if step.purpose is not None:
            arrays = (*step.operands, *step.all_outputs)
            counts = [minibatch.rows(x.dynamic_axes) if x.has_rows else runs for x in arrays]
            found[id(step.purpose.node)] += int(work_of(step, choose(step), counts).operations)
    return found


def _steps(
    symbols: Iterable[Symbol], runs: int, minibatch: Minibatch
) -> Iterator[tuple[Step, int]]:
    """Yield the steps that symbols need, bodies of recurrences as well, and how often they run."""
    seen: set[int] = set()
    pending = [symbol.source for symbol in symbols]
    while pending:
        step = pending.pop()
        if not isinstance(step, Step) or step.number in seen:
            continue
        seen.add(step.number)
        pending += [operand.source for operand in step.operands]
        yield step, runs
        if isinstance(getattr(step.operator, "body", None), PlanGraph):
            runs_inside = minibatch.steps(step.operator.loop_axes)
            yield from _steps(step.operator.stacked, runs_inside, minibatch)


def forward_bytes(function: Function, minibatch: Minibatch) -> int:
    """Return the memory for all values that inference computes, reused as plans do.

    Args:
        function: a Function without placeholders.
        minibatch: what it is computed on.
    """
    graph = PlanGraph(training=False)
    symbols = Lowering(graph).lower(function.outputs)
    return plan_bytes(Plan(graph, symbols, graph.effects), minibatch)


def training_bytes(function: Function, minibatch: Minibatch) -> int:
    """Return the memory for all values of a forward and backward pass, gradients included.

    Args:
        function: a Function without placeholders.
        minibatch: what it is computed on.
    """
    graph = PlanGraph(training=True)
    lowering = Lowering(graph)
    tops = lowering.lower(function.outputs)
    seeds = [(top, ones_like(top)) for top in tops if top.needs_gradient]
    leaves = [x for x in _differentiated(function) if x in lowering.symbol_of]
    found = gradients(graph, seeds, [lowering.symbol_of[leaf] for leaf in leaves])
    outputs = [*tops, *(symbol for symbol in found if symbol is not None)]
    return plan_bytes(Plan(graph, outputs, graph.effects), minibatch)


def _differentiated(function: Function) -> Sequence[Variable]:
    return function.parameters or [x for x in function.arguments if x.needs_gradient]


def plan_bytes(plan: Plan, minibatch: Minibatch) -> int:
    """Return the memory that a run of a plan takes for what it computes.

    Args:
        plan: the plan.
        minibatch: what it is run on.
    """
    size = arena_bytes(plan, minibatch.rows) + made_bytes(plan, minibatch.rows)
    for step, inside in _bodies(plan):  # a step in time works on a frame of each sequence
        axes = step.operator.loop_axes
        size += plan_bytes(inside, Minibatch(minibatch.sequences(axes), 1))
    return size


def plan_work(plan: Plan, minibatch: Minibatch, runs: int = 1) -> Iterator[Work]:
    """Yield the work of each step of a plan, and of the bodies of its recurrences.

    Args:
        plan: the plan.
        minibatch: what it is run on.
        runs: how often it is run on it, a part at a time.
    """
    for step, kernel in zip(plan.steps, plan.kernels):
        arrays = (*step.operands, *step.all_outputs)
        counts = [minibatch.rows(x.dynamic_axes) if x.has_rows else runs for x in arrays]
        yield work_of(step, kernel, counts)
    for step, inside in _bodies(plan):
        yield from plan_work(inside, minibatch, minibatch.steps(step.operator.loop_axes))


def _bodies(plan: Plan) -> Iterator[tuple[Step, Plan]]:
    """Yield the recurrences of a plan, and the plans of their bodies."""
    for step in plan.steps:
        body = getattr(step.operator, "body", None)
        if isinstance(body, PlanGraph):
            yield step, Plan(body, step.operator.stacked, place_outputs=True)


def is_open(function: Function) -> bool:
    """Whether sizes are not known: a placeholder, or an axis that is free or to be deduced."""
    variables = (*function.inputs, *function.outputs)
    return bool(function.placeholders) or not all(is_static(x.shape) for x in variables)
