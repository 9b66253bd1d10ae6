"""Chains: elementwise steps become one step wherever they can run in one pass over memory.

Only backends with a kernel for chains get them. Elementwise steps are put off until something else
needs them, and run together with whatever they need and have the same number of elements. Values
that nobody outside needs then never reach memory; parts that a chain reads with ``cut`` are read
where they lie.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from cntk.execution.kernels import Kernel, candidates, choose
from cntk.execution.passes.continued import continued
from cntk.execution.passes.cuts import through_cuts
from cntk.execution.passes.formats import formatted
from cntk.execution.passes.forms import DENSE, Form, composed, cut_form, form_of
from cntk.execution.passes.formula import Chain, Compute, Formula, Store
from cntk.execution.passes.joins import into_joins
from cntk.execution.passes.normalization import split_normalization
from cntk.execution.symbols import PlanGraph, Step, Symbol

_MOST_VALUES = 64  # loads and computations of one chain
_READ_IN_PLACE = {"cut", "set_shape", "align_rank", "expand_to"}


Domain = tuple[tuple, int, Any, bool]


def chained(
    graph: PlanGraph,
    steps: Sequence[Step],
    chosen: Sequence[Kernel],
    pinned: Iterable[Symbol],
    fed: set[tuple],
) -> tuple[list[Step], list[Kernel]]:
    """Return the steps, elementwise ones joined to chains, and their kernels.

    Args:
        graph: the graph that the steps belong to.
        steps: the steps in order.
        chosen: their kernels.
        pinned: symbols that are needed when all steps have run.
        fed: dynamic axes whose layouts come from outside; steps make those of all others.
    """
    kernel = next(iter(candidates("chain")), None)
    if kernel is None:
        return list(steps), list(chosen)
    kept = {symbol.number for symbol in pinned}
    kernel_of = {id(step): known for step, known in zip(steps, chosen)}
    kernel = _below_others(kernel, kernel_of)
    steps = split_normalization(graph, steps)
    steps = formatted(graph, steps, kernel, kernel_of, kept)
    steps = through_cuts(graph, steps, kernel.computes, kept)
    found = into_joins(_Chaining(steps, kernel, kept, fed).run(), kept)
    found = _alive(found, kept)
    return continued(found, [_kernel_for(step, kernel, kernel_of) for step in found], kept)


def _below_others(kernel: Kernel, kernel_of: dict[int, Kernel]) -> Kernel:
    """Return the kernel of chains, which leaves steps to kernels of higher priority."""

    def computes(step: Step) -> bool:
        if not kernel.computes(step):
            return False
        other = kernel_of.get(id(step)) or choose(step)
        return other.priority <= kernel.priority

    return replace(kernel, computes=computes)


def _kernel_for(step: Step, kernel: Kernel, kernel_of: dict[int, Kernel]) -> Kernel:
    if not isinstance(step.operator, Chain):
        known = kernel_of.get(id(step))
        return choose(step) if known is None else known
    forms: dict[int, list] = {}
    for position, form in step.operator.formula.loads:
        if position is not None:
            forms.setdefault(position, []).append(form)
    dense = tuple(position for position, all_of in forms.items() if all_of == [DENSE])
    return replace(kernel, in_place=dense)


def _alive(steps: list[Step], kept: set[int]) -> list[Step]:
    """Return the steps that something needs."""
    read = set(kept)
    alive = []
    for step in reversed(steps):
        if any(y.number in read for y in step.all_outputs) or step.operator.updates:
            read.update(x.number for x in step.operands)
            read.update(v.number for v in step.attributes.values() if isinstance(v, Symbol))
            alive.append(step)
    return alive[::-1]


class _Chaining:
    """One walk over the steps of a plan."""

    def __init__(self, steps: list[Step], kernel: Kernel, kept: set[int], fed: set[tuple]) -> None:
        self.steps, self.kernel, self.kept, self.fed = steps, kernel, kept, fed
        self.maker = {y.number: step for step in steps for y in step.all_outputs}
        self.position = {step.number: i for i, step in enumerate(steps)}
        self.domain = {step.number: self._domain(step) for step in steps}
        self.readers: dict[int, list[Step]] = {}
        for step in steps:
            for x in self._reads(step):
                self.readers.setdefault(x.number, []).append(step)
        self.pending: dict[int, Step] = {}
        self.result: list[Step] = []

    def run(self) -> list[Step]:
        """Return the steps with chains in place of what they join."""
        for step in self.steps:
            if self.domain[step.number] is not None or step.operator.name in _READ_IN_PLACE:
                self.pending[step.number] = step
            else:
                self._flush(_operands(step))
                self.result.append(step)
        self._flush([y for step in self.steps for y in step.all_outputs if y.number in self.kept])
        return self.result

    def _domain(self, step: Step) -> Domain | None:
        """Return what the steps of a chain share: (rows, elements per row, element type, order)."""
        if len(step.all_outputs) != 1 or not self.kernel.computes(step):
            return None
        y = step.outputs[0]
        if any(form_of(x, y) is None for x in step.operands):
            return None
        return y.dynamic_axes, math.prod(y.shape), y._dtype, y.channels_last

    def _reads(self, step: Step) -> list[Symbol]:
        """Return the symbols that a step reads, behind the views that a chain reads through."""
        if self.domain[step.number] is None:
            return _operands(step)
        return [self._source(x, step.outputs[0])[0] for x in step.operands]

    def _loads(self, step: Step) -> set[tuple[int, Form | float]]:
        """Return (symbol, how it is read) for each operand of an elementwise step."""
        if self.domain[step.number] is None:
            return set()
        sources = [self._source(x, step.outputs[0]) for x in step.operands]
        return {(x.number, form) for x, form in sources}

    def _source(self, x: Symbol, y: Symbol) -> tuple[Symbol, Form | float]:
        """Return the symbol that an operand is read from, and how; a number for a literal."""
        form = form_of(x, y)
        assert form is not None
        while True:
            literal = x.literal
            if literal is not None and literal.size == 1:
                return x, float(literal.reshape(())[()])
            view = self.maker.get(x.number)
            seen = _seen(view) if view is not None else None
            joined = None if seen is None else composed(form, seen)
            if view is None or joined is None or self._brings_rows(view):
                return x, form
            x, form = view.operands[0], joined

    def _brings_rows(self, view: Step) -> bool:
        """Whether a view tells a chain of rows whose layout another step has to make first."""
        x, y = view.operands[0], view.outputs[0]
        return y.has_rows and not x.has_rows and y.dynamic_axes not in self.fed

    def _flush(self, symbols: Iterable[Symbol]) -> None:
        """Append the pending steps that some symbols need."""
        needed: dict[int, Step] = {}
        stack = list(symbols)
        while stack:
            step = self.maker.get(stack.pop().number)
            if step is None or step.number in needed or step.number not in self.pending:
                continue
            needed[step.number] = step
            stack.extend(self._reads(step))
        order = sorted(needed, key=self.position.__getitem__)
        while order:
            group = self._next_group(order, needed)
            for step in group:
                del needed[step.number], self.pending[step.number]
            order = [number for number in order if number in needed]
            first = group[0]
            self.result.append(first if self.domain[first.number] is None else self._joined(group))

    def _next_group(self, order: list[int], needed: dict[int, Step]) -> list[Step]:
        """Return steps of one domain that can run now, among them the first that can."""
        group: dict[int, Step] = {}
        domain, values = None, set[tuple[int, Form | float]]()
        for number in order:
            step = needed[number]
            reads, loads = self._reads(step), self._loads(step)
            makers = {self.maker[x.number].number for x in reads if x.number in self.maker}
            if any(maker in needed and maker not in group for maker in makers):
                continue
            if not group:
                domain = self.domain[number]
            elif self.domain[number] != domain or len(values | loads) >= _MOST_VALUES:
                continue
            group[number] = step
            if domain is None:
                break
            values.update(loads)
            values.add((step.outputs[0].number, DENSE))
        return list(group.values())

    def _joined(self, group: list[Step]) -> Step:
        """Return one step that computes what a group of steps does."""
        inside = {step.outputs[0].number for step in group}
        members = {step.number for step in group}
        y = group[0].outputs[0]
        formula, operands = Formula(math.prod(y.shape)), _Operands()
        computed: list[tuple[Step, list]] = []
        for step in group:
            found = [
                ("inside", x.number) if x.number in inside else ("load", operands.load(x, form))
                for x, form in (self._source(x, step.outputs[0]) for x in step.operands)
            ]
            computed.append((step, found))
        formula.loads = operands.loads
        number_of = {
            step.outputs[0].number: len(formula.loads) + i for i, (step, _) in enumerate(computed)
        }
        outputs: list[Symbol] = []
        for step, found in computed:
            sources = tuple(number_of[n] if kind == "inside" else n for kind, n in found)
            formula.computes.append(Compute(step.operator, step.attributes, sources))
            result = step.outputs[0]
            outside = any(r.number not in members for r in self.readers.get(result.number, ()))
            if outside or result.number in self.kept:
                formula.stores.append(Store(number_of[result.number], len(outputs)))
                outputs.append(result)
        joined = Step(Chain(formula, len(outputs)), operands.symbols, {}, group[-1].number)
        joined.outputs, joined.purpose = tuple(outputs), group[-1].purpose
        return joined


class _Operands:
    """The operands of a chain while it is put together; equal loads are made once."""

    def __init__(self) -> None:
        self.symbols: list[Symbol] = []
        self.loads: list[tuple[int | None, Form | float]] = []

    def load(self, x: Symbol, form: Form | float) -> int:
        """Return the number of the load of a symbol."""
        position = None
        if isinstance(form, Form):
            known = [i for i, symbol in enumerate(self.symbols) if symbol.number == x.number]
            position = known[0] if known else len(self.symbols)
            if not known:
                self.symbols.append(x)
        if (position, form) not in self.loads:
            self.loads.append((position, form))
        return self.loads.index((position, form))


def _operands(step: Step) -> list[Symbol]:
    """Return all that a step reads, if only for its layout."""
    values = [value for value in step.attributes.values() if isinstance(value, Symbol)]
    return [*step.operands, *values]


def _seen(view: Step) -> Form | None:
    """Return how a step that chains read through shows its operand; None for all others."""
    name = view.operator.name
    if name not in _READ_IN_PLACE:
        return None
    x, y = view.operands[0], view.outputs[0]
    if name == "cut":
        return cut_form(x, view.attributes["ranges"])
    if name == "expand_to":
        return form_of(x, y)
    if name in ("set_shape", "align_rank") and x.dynamic_axes == y.dynamic_axes:
        return DENSE if form_of(y, y) else None
    return None
