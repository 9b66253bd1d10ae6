"""Running a scan: a loop over time steps on slices of packed rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from cntk.continuation import first_frames
from cntk.execution.kernels import Kernel
from cntk.execution.plan import Plan
from cntk.execution.recurrence.scan import MAPPED, OFFSET, PER_SEQUENCE, Scan
from cntk.layout import Layout
from cntk.shape import is_static


def _bind(step, inputs, outputs, context):
    """Bind the body of a scan; the returned function runs it over all time steps."""
    return Runner(step.operator, inputs, outputs, context.layout_slot(step.outputs[0])).run


kernel = Kernel("scan", _bind, writes=True)


class _StepLayout(Layout):
    """The rows of one time step: one frame of each sequence that is long enough.

    Args:
        whole: the layout of all time steps.
        time: the step.
        count: sequences that have it.
    """

    def __init__(self, whole: Layout, time: int, count: int) -> None:
        super().__init__(count, np.ones(count, np.int64))
        self._time, self._slots = time, whole.order[:count]

    def steps(self) -> Iterator[tuple[int, slice, np.ndarray]]:
        yield self._time, slice(0, self.num_samples), self._slots


class Given(NamedTuple):
    """The arrays of one run of a loop; slots are the body's.

    ``stacks``: one per stacked value (None while a size is free); ``rows``, ``whole``,
    ``sequences``: (slot, array) of what is read by rows, whole, and one row per sequence, longest
    first; ``states``: (slot, stack, delay, states before the first steps).
    """

    layout: Layout
    stacks: list
    rows: list[tuple[int, np.ndarray]]
    whole: list[tuple[int, np.ndarray]]
    sequences: list[tuple[int, np.ndarray]]
    states: list[tuple[int, np.ndarray, int, np.ndarray]]


class Runner:
    """The bound body, and where its arrays come from.

    Args:
        scan: the recurrence.
        inputs: slots of the operands around the loop.
        outputs: slots of the stacked values around the loop.
        layout_slot: slot of the layout that the loop runs over.
    """

    def __init__(self, scan: Scan, inputs: list[int], outputs: list[int], layout_slot: int) -> None:
        self.scan, self.outputs, self.layout_slot = scan, outputs, layout_slot
        self.plan = plan = Plan(scan.body, scan.stacked, place_outputs=True)
        given = plan.slot_of_leaf
        self.rows, self.whole, self.sequences = [], [], []
        for source, entry in zip(inputs, scan.inputs):
            slot = given.get(entry.leaf.number)
            if slot is None:
                continue
            if entry.kind == MAPPED:
                self.rows.append((slot, source))
            elif entry.kind == PER_SEQUENCE:
                self.sequences.append((slot, source))
            else:
                self.whole.append((slot, source))
        # random numbers depend on the time step, which their layout tells
        draws = any(entry.kind == OFFSET for entry in scan.inputs)
        self.step_layout_slot = plan.layout_slots.get(scan.loop_axes) if draws else None
        # a size that is free is known only when the first step has been computed
        free = {i for i, symbol in enumerate(scan.stacked) if not is_static(symbol.shape)}
        self.placed = [(slot, i) for i, slot in plan.placed if i not in free]
        directly = {i for _, i in self.placed}
        self.copied = [(slot, i) for i, slot in enumerate(plan.output_slots) if i not in directly]
        stacked = {symbol.number: i for i, symbol in enumerate(scan.stacked)}
        self.states = [
            (
                given.get(state.carry.number),
                stacked[state.value.number],
                state.delay,
                None if state.initial is None else inputs[state.initial],
                None if state.passage is None else inputs[state.passage],
                state.carry,
            )
            for state in scan.states
        ]

    def run(self, slots: list) -> None:
        """Run the loop; the stacked values are written into the outputs' arrays."""
        layout: Layout = slots[self.layout_slot]
        if self.scan.needs_whole:
            layout.check_whole("this recurrence, which keeps no states between minibatches,")
        stacks: list = [  # None where a size is free: until the first step is computed
            self._stack(slots, i, layout, symbol.shape) if is_static(symbol.shape) else None
            for i, symbol in enumerate(self.scan.stacked)
        ]
        rows = [(slot, slots[source]) for slot, source in self.rows]
        whole = [(slot, slots[source]) for slot, source in self.whole]
        sequences = [(slot, _ordered(slots[source], layout)) for slot, source in self.sequences]
        states, passages = [], []
        for slot, i, delay, initial, passage, carry in self.states:
            if slot is None:
                continue
            first_state = self._initial(slots, initial, carry, layout)
            if passage is None:
                before = self._beyond(first_state, delay, layout)
            else:
                before = slots[passage].before(first_state, delay, layout)
                passages.append((slots[passage], i, delay, before))
            states.append((slot, stacks[i], delay, before))
        self.loop(slots, Given(layout, stacks, rows, whole, sequences, states))
        for passage, i, delay, before in passages:
            passage.leave(stacks[i], delay, layout, before)

    def loop(self, slots: list, given: Given) -> None:
        """Run the body at each time step."""
        layout, stacks, rows, whole, sequences, states = given
        starts = layout.offsets.tolist()
        sizes = layout.step_sizes.tolist()
        times = range(len(sizes))
        backwards = self.scan.backwards
        instances: dict[int, list] = {}
        leased = []
        launches = self.plan.launches
        try:
            for t in reversed(times) if backwards else times:
                first, count = starts[t], sizes[t]
                inner = instances.get(count)
                if inner is None:
                    instance = self.plan.lease(self._layouts(count))
                    leased.append(instance)
                    inner = instances[count] = instance.slots
                    for slot, array in whole:
                        inner[slot] = array
                    for slot, array in sequences:
                        inner[slot] = array[:count]
                last = first + count
                for slot, array in rows:
                    inner[slot] = array[first:last]
                if self.step_layout_slot is not None:
                    inner[self.step_layout_slot] = _StepLayout(layout, t, count)
                for slot, stack, delay, before in states:
                    inner[slot] = _carried(stack, before, t, delay, count, starts, sizes, backwards)
                for slot, i in self.placed:
                    inner[slot] = stacks[i][first:last]
                for launch in launches:
                    launch(inner)
                for slot, i in self.copied:
                    if stacks[i] is None:
                        stacks[i] = self._stack(slots, i, layout, inner[slot].shape[1:])
                    stacks[i][first:last] = inner[slot]
        finally:
            for instance in leased:
                self.plan.release(instance)

    def _beyond(self, initial: np.ndarray, delay: int, layout: Layout) -> np.ndarray:
        """Return the states beyond the minibatch: zeros where a sequence is only a part of one."""
        if not self.scan.backwards:
            return first_frames(initial, delay, layout)
        if layout.goes_on:
            initial = initial.copy()
            initial[~layout.finishes] = 0
        return np.broadcast_to(initial, (delay, *initial.shape))

    def _stack(self, slots: list, i: int, layout: Layout, shape: tuple[int, ...]) -> np.ndarray:
        array = slots[self.outputs[i]]
        if array is None:
            array = np.empty((layout.rows, *shape), self.scan.stacked[i]._dtype)
            slots[self.outputs[i]] = array
        return array

    def _layouts(self, count: int) -> dict:
        """Return the layout of one time step: as many sequences of one frame."""
        return {self.scan.loop_axes: Layout(count, np.ones(count, np.int64))}

    def _initial(self, slots: list, source: int | None, carry, layout: Layout) -> np.ndarray:
        """Return the state before the first step, one row per sequence, longest first."""
        shape = (layout.num_samples, *carry.shape)
        if source is None:
            return np.zeros(shape, carry._dtype)
        value = slots[source]
        state = next(s for s in self.scan.states if s.carry is carry)
        operand = self.scan.step.operands[state.initial]
        if not operand.dynamic_axes:
            return np.broadcast_to(value, shape)
        if len(operand.dynamic_axes) == len(self.scan.loop_axes):
            value = layout.unpack(value)[np.cumsum(layout.lengths) - layout.lengths]
        missing = len(carry.shape) - len(operand.shape)
        value = value.reshape(len(value), *(1,) * missing, *operand.shape)
        return np.broadcast_to(_ordered(value, layout), shape)


def _ordered(rows: np.ndarray, layout: Layout) -> np.ndarray:
    """Return rows per sequence in the order of packing: longest first."""
    order = layout.order
    return rows if np.array_equal(order, np.arange(len(order))) else rows[order]


def _carried(stack, before, t, delay, count, starts, sizes, backwards):
    """Return the state of ``delay`` steps before: a slice of the stacked states where possible."""
    if not backwards:
        if t < delay:
            return before[t, :count]
        first = starts[t - delay]
        return stack[first : first + count]
    other = t + delay
    if other >= len(sizes):
        return before[0, :count]
    first, alive = starts[other], sizes[other]
    if alive == count:
        return stack[first : first + count]
    carried = np.empty((count, *stack.shape[1:]), stack.dtype)
    carried[:alive] = stack[first : first + alive]
    carried[alive:] = before[0, alive:count]
    return carried
