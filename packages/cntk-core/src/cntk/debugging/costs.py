"""What a minibatch costs before it is run: operations by node, and memory, both from plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cntk.autodiff import gradients
from cntk.debugging.work import work_of
from cntk.execution.kernels import choose
from cntk.execution.lower import Lowering
from cntk.execution.plan import Plan
from cntk.execution.session import ones_like
from cntk.execution.symbols import PlanGraph, Step, Symbol
from cntk.graph.function import Function
from cntk.shape import is_static
from cntk.variables import Variable


@dataclass(frozen=True)
class Minibatch:
    """How large a minibatch is.

    Args:
        samples: how many samples.
        frames: how many frames each sequence has.
    """

    samples: int
    frames: int

    def rows(self, axes: tuple) -> int:
        """Return how many rows data with these dynamic axes have; 1 for data without."""
        frames = self.frames if any(not axis.is_batch_axis for axis in axes) else 1
        return self.samples * frames if axes else 1


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
            yield from _steps(step.operator.stacked, minibatch.frames, minibatch)


def forward_bytes(function: Function, minibatch: Minibatch) -> int:
    """Return the memory for all values that inference computes, reused as plans do.

    Args:
        function: a Function without placeholders.
        minibatch: what it is computed on.
    """
    graph = PlanGraph(training=False)
    symbols = Lowering(graph).lower(function.outputs)
    return _arena(Plan(graph, symbols, graph.effects), minibatch)


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
    return _arena(Plan(graph, outputs, graph.effects), minibatch)


def _differentiated(function: Function) -> Sequence[Variable]:
    return function.parameters or [x for x in function.arguments if x.needs_gradient]


def _arena(plan: Plan, minibatch: Minibatch) -> int:
    axes = {x.dynamic_axes for step in plan.steps for x in step.all_outputs}
    size = plan.memory.size({key: minibatch.rows(key) for key in axes})
    for step in plan.steps:
        body = getattr(step.operator, "body", None)
        if isinstance(body, PlanGraph):  # a step in time works on a frame of each sequence
            inside = Plan(body, step.operator.stacked, place_outputs=True)
            size += _arena(inside, Minibatch(minibatch.samples, 1))
    return size


def is_open(function: Function) -> bool:
    """Whether sizes are not known: a placeholder, or an axis that is free or to be deduced."""
    variables = (*function.inputs, *function.outputs)
    return bool(function.placeholders) or not all(is_static(x.shape) for x in variables)
