"""The gradient of a scan: a scan in the other direction, and everything else outside of it.

The body is differentiated once. What the recurrence of gradients needs stays in a loop; what does
not depend on it (derivatives of activations, gradients of weights and inputs) is computed on the
rows of all time steps together, so that a weight's gradient is one product after the loop.
"""

from __future__ import annotations

from math import prod

import numpy as np

from cntk.autodiff import gradients
from cntk.dtypes import widened
from cntk.errors import ExecutionError
from cntk.execution.kernels import candidates
from cntk.execution.recurrence.scan import MAPPED, PER_SEQUENCE, WHOLE, Input, Scan, State
from cntk.execution.symbols import Leaf, PlanGraph, Step, Symbol
from cntk.graph.infer import Spec
from cntk.operators.declare import Operand, operator, registry
from cntk.operators.extents import extent
from cntk.operators.structure import spread_rows, sum_frames

_FAR_LARGER, _LONG = 4, 256


def differentiate(scan: Scan, incoming: list[Symbol | None], wanted: set[int]) -> list:
    """Return one gradient per operand of a scan's step, None where none arrives.

    Args:
        scan: the recurrence.
        incoming: gradients at its stacked values.
        wanted: positions of the operands to differentiate with respect to.
    """
    return _Differentiation(scan, incoming).operand_gradients(wanted)


class _Differentiation:
    """One differentiation of one scan."""

    inner: Scan  # of the gradients that depend on themselves, if there are any
    _sums: dict[int, Symbol]  # by position of an input: its gradient, summed in that loop

    def __init__(self, scan: Scan, incoming: list[Symbol | None]) -> None:
        self.scan, self.body = scan, scan.body
        self.graph: PlanGraph = scan.step.operands[0].graph
        self.mark = scan.forward_steps
        self._outer: dict[int, Symbol] = {}
        self._leaf_inputs = {entry.leaf.number: i for i, entry in enumerate(scan.inputs)}
        seeds = [
            (symbol, self._seed(i, symbol, dy))
            for i, (symbol, dy) in enumerate(zip(list(scan.stacked), incoming))
            if dy is not None
        ]
        self.recurrent = [self._leaf(("recurrent", i), s.value) for i, s in enumerate(scan.states)]
        seeds += [(s.value, r) for s, r in zip(scan.states, self.recurrent)]
        carries = [state.carry for state in scan.states]
        leaves = [entry.leaf for entry in scan.inputs]
        found = gradients(self.body, seeds, [*carries, *leaves])
        self.carry_gradients = found[: len(carries)]
        self.input_gradients = found[len(carries) :]
        self._in_loop = self._steps_in_loop()
        self._summed = self._summed_inputs() if self._in_loop else {}
        self._split()

    def _leaf(self, word: tuple, like: Symbol) -> Symbol:
        return self.body.given(("gradient", *word), Spec.of(like))

    def _seed(self, i: int, symbol: Symbol, dy: Symbol) -> Symbol:
        if i in self.scan.summed:
            dy = spread_rows(dy, self.scan.step.outputs[0])
        leaf = self._leaf(("seed", i), symbol)
        self._outer[leaf.number] = dy
        return leaf

    def _is_forward(self, step: Step) -> bool:
        """Whether the loop of the values computes a step: sizes too, of which gradients ask."""
        if step.number < self.mark:
            return True
        of = step.operands[0].source if step.operator is extent else None
        return isinstance(of, Step) and of.number < self.mark

    def _gradient_steps(self) -> list[Step]:
        return [step for step in self.body.steps[self.mark :] if not self._is_forward(step)]

    def _steps_in_loop(self) -> set[int]:
        """Return the numbers of the gradient's steps that lie on a cycle over time."""
        depends = {leaf.number for leaf in self.recurrent}
        steps = self._gradient_steps()
        for step in steps:
            if any(x.number in depends for x in step.operands):
                depends.update(output.number for output in step.all_outputs)
        feeds = {g.number for g in self.carry_gradients if g is not None}
        chosen: set[int] = set()
        for step in reversed(steps):
            if any(output.number in feeds for output in step.all_outputs):
                feeds.update(x.number for x in step.operands)
                if any(output.number in depends for output in step.all_outputs):
                    chosen.add(step.number)
        return chosen | _elementwise_for(chosen, steps)

    def _summed_inputs(self) -> dict[int, Symbol]:
        """Return gradients that are added up in the loop, which their steps join, by input.

        Those are values per sequence that are far larger than the states, as the sequence that an
        attention reads: of such a gradient at all time steps there is no room for.
        """
        largest = max(_size(state.value) for state in self.scan.states)
        found = {
            i: gradient
            for i, (entry, gradient) in enumerate(zip(self.scan.inputs, self.input_gradients))
            if entry.kind == PER_SEQUENCE
            and gradient is not None
            and _size(entry.leaf) > _FAR_LARGER * largest
        }
        feeds = {gradient.number for gradient in found.values()}
        for step in reversed(self._gradient_steps()):
            if any(output.number in feeds for output in step.all_outputs):
                self._in_loop.add(step.number)
                feeds.update(x.number for x in step.operands)
        return {i: gradient for i, gradient in found.items() if self._is_looped(gradient)}

    def _is_looped(self, gradient: Symbol) -> bool:
        source = gradient.source
        return (isinstance(source, Step) and source.number in self._in_loop) or any(
            gradient is leaf for leaf in self.recurrent
        )

    def _split(self) -> None:
        """Make the scan of the gradients that depend on themselves."""
        looped = {
            i: gradient
            for i, gradient in enumerate(self.carry_gradients)
            if gradient is not None and self._is_looped(gradient)
        }
        for i, gradient in enumerate(self.carry_gradients):
            if i not in looped:
                self._outer[self.recurrent[i].number] = self._shifted(i, gradient)
        if looped:
            self._build_inner(looped)

    def _shifted(self, i: int, gradient: Symbol | None) -> Symbol:
        """Return what arrives at a state from the other step, where that is known for all steps."""
        state = self.scan.states[i]
        if gradient is None:
            zero = self.graph.literal(0, state.value._dtype)
            return registry["expand_to"](zero, self.scan.stack(state.value))
        return self._delayed(self.outer(gradient), None, state.delay, not self.scan.backwards)

    def _delayed(
        self, value: Symbol, initial: Symbol | None, delay: int, backwards: bool,
        passage: Symbol | None = None,
    ):  # fmt: skip
        name = "future_value" if backwards else "past_value"
        start = self.graph.literal(0, value._dtype) if initial is None else initial
        attributes = {"time_step": delay, "passage": passage}
        return self.graph.emit(registry[name], [value, start], attributes)

    def _build_inner(self, looped: dict[int, Symbol]) -> None:
        graph = PlanGraph(self.body.training, self.scan.loop_axes)
        inputs: list[Input] = []
        operands: list[Symbol] = []
        copies: dict[int, Symbol] = {}

        def leaf(key: tuple, like: Symbol) -> Symbol:
            return graph.given(key, Spec.of(like, like.storage, needs_gradient=True))

        def inside(symbol: Symbol) -> Symbol:
            known = copies.get(symbol.number)
            if known is None:
                if symbol.literal is not None:
                    known = graph.literal(symbol.literal, symbol._dtype)
                else:
                    known = leaf(("input", len(inputs)), symbol)
                    kind, operand = self._operand_for(symbol)
                    inputs.append(Input(known, kind))
                    operands.append(operand)
                copies[symbol.number] = known
            return known

        carries = []
        for i in looped:
            carry = leaf(("carry", i), self.recurrent[i])
            copies[self.recurrent[i].number] = carry
            carries.append(carry)
        for step in self._gradient_steps():
            if step.number in self._in_loop:
                made = _emitted(graph, step, [inside(x) for x in step.operands])
                copies.update(zip([o.number for o in step.all_outputs], made))
        inner = Scan(graph, inputs, self.scan.loop_axes, not self.scan.backwards)
        for carry, i in zip(carries, looped):
            value = copies[looped[i].number]
            inner.states.append(State(carry, value, self.scan.states[i].delay, None))
        if not operands:
            raise ExecutionError("a recurrence whose gradient reads nothing cannot be planned")
        inner.append_to(self.graph, operands)
        self.inner, self._copies = inner, copies
        self._sums = {i: inner.sum(copies[g.number]) for i, g in self._summed.items()}
        for i, gradient in looped.items():  # for those who read it outside of the loop
            stacked = inner.stack(copies[gradient.number])
            self._outer[self.recurrent[i].number] = self._delayed(
                stacked, None, self.scan.states[i].delay, not self.scan.backwards
            )

    def _operand_for(self, symbol: Symbol) -> tuple[str, Symbol]:
        """Return how the inner scan reads a value of the body, and the value around it."""
        position = self._leaf_inputs.get(symbol.number)
        if position is not None:
            return self.scan.inputs[position].kind, self.scan.step.operands[position]
        return (MAPPED if symbol.dynamic_axes else WHOLE), self.outer(symbol)

    def outer(self, symbol: Symbol) -> Symbol:
        """Return a value of the body at all time steps, around the loop."""
        known = self._outer.get(symbol.number)
        if known is None:
            known = self._outer[symbol.number] = self._lifted(symbol)
        return known

    def _lifted(self, symbol: Symbol) -> Symbol:
        source = symbol.source
        if isinstance(source, Leaf):
            return self._lifted_leaf(symbol)
        if self._is_forward(source):
            return self.scan.stack(symbol)
        if source.number in self._in_loop:
            return self.inner.stack(self._copies[symbol.number])
        made = _emitted(self.graph, source, [self.outer(x) for x in source.operands])
        for output, lifted in zip(source.all_outputs, made):
            self._outer[output.number] = lifted
        return self._outer[symbol.number]

    def _lifted_leaf(self, symbol: Symbol) -> Symbol:
        if symbol.literal is not None:
            return self.graph.literal(symbol.literal, symbol._dtype)
        position = self._leaf_inputs.get(symbol.number)
        if position is not None:
            operand = self.scan.step.operands[position]
            if self.scan.inputs[position].kind == PER_SEQUENCE:
                return spread_rows(operand, self.scan.step.outputs[0])
            return operand
        state = next(s for s in self.scan.states if s.carry is symbol)
        initial, passage = (
            None if position is None else self.scan.step.operands[position]
            for position in (state.initial, state.passage)
        )
        stacked = self.scan.stack(state.value)
        return self._delayed(stacked, initial, state.delay, self.scan.backwards, passage)

    def operand_gradients(self, wanted: set[int]) -> list:
        """Return one gradient per operand, None where none is wanted or arrives."""
        operands = self.scan.step.operands
        result: list = [None] * len(operands)
        for position, gradient in enumerate(self.input_gradients):
            if position in wanted and position in self._summed:
                result[position] = self._sums[position]
            elif position in wanted and gradient is not None:
                lifted = self.outer(gradient)
                if self.scan.inputs[position].kind == PER_SEQUENCE:
                    lifted = sum_frames(lifted)
                result[position] = lifted
        for i, state in enumerate(self.scan.states):
            gradient = self.carry_gradients[i]
            if state.initial in wanted and gradient is not None:
                result[state.initial] = sum_boundary(
                    self.outer(gradient), state.delay, self.scan.backwards
                )
        return result


def _size(symbol: Symbol) -> int:
    """Return how many elements a row has; an axis whose size is free may be long."""
    return prod(n if n >= 0 else _LONG for n in symbol.shape)


def _elementwise_for(chosen: set[int], steps: list[Step]) -> set[int]:
    """Return elementwise steps that only chosen steps read.

    Where elementwise steps run as chains, they cost next to nothing in the loop; around it, their
    results would be written to memory and read again.
    """
    chain = next(iter(candidates("chain")), None)
    if chain is None:
        return set()
    readers: dict[int, list[int]] = {}
    for step in steps:
        for x in step.operands:
            readers.setdefault(x.number, []).append(step.number)
    found: set[int] = set()
    for step in reversed(steps):
        read_by = [n for y in step.all_outputs for n in readers.get(y.number, ())]
        inside = bool(read_by) and all(n in chosen or n in found for n in read_by)
        if inside and step.number not in chosen and chain.computes(step):
            found.add(step.number)
    return found


def _emitted(graph: PlanGraph, step: Step, operands: list[Symbol]) -> list[Symbol]:
    """Append a copy of a step to another graph; return its outputs and saved outputs."""
    result = graph.emit(step.operator, operands, step.attributes)
    first = result[0] if isinstance(result, tuple) else result
    if len(step.all_outputs) == 1:
        return [first]
    return list(first.source.all_outputs)


@operator(family="whole")
def sum_boundary(x: Operand, time_step: int, backwards: bool):
    """Sum, per sequence, over the frames that a delayed value took from its initial state."""


@sum_boundary.shape
def sum_boundary_shape(x):
    return x.shape


@sum_boundary.axes
def sum_boundary_axes(x):
    return x.dynamic_axes[:1]


@sum_boundary.reference
def sum_boundary_reference(x, time_step, backwards, layouts):
    layout = layouts[0]
    frames, lengths = layout.unpack(x), layout.lengths
    ends = np.cumsum(lengths)
    counts = np.minimum(lengths, time_step)
    starts = ends - counts if backwards else ends - lengths
    total = np.cumsum(counts) - counts
    taken = np.repeat(starts - total, counts) + np.arange(int(counts.sum()))
    sums = np.add.reduceat(frames[taken], total, axis=0)
    if layout.goes_on if backwards else layout.continues:  # those took it from another minibatch
        sums[~(layout.finishes if backwards else layout.begins)[layout.position]] = 0
    return sums
    return np.add.reduceat(widened(frames[taken]), total, axis=0).astype(x.dtype, copy=False)
