"""Running a scan: a loop over time steps on slices of packed rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache

import numpy as np

from cntk.continuation import first_frames
from cntk.dtypes import computing_dtype
from cntk.execution.kernels import Kernel
from cntk.execution.plan import Plan
from cntk.execution.pool import Instance
from cntk.execution.recurrence.scan import MAPPED, OFFSET, PER_SEQUENCE, Scan
from cntk.execution.symbols import Symbol
from cntk.layout import Layout
from cntk.shape import FREE, is_static


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
        self._one_step = False  # users' sequences stand in another order all the same

    @cached_property
    def order(self) -> np.ndarray:
        return np.argsort(np.argsort(self._slots))

    def steps(self) -> Iterator[tuple[int, slice, np.ndarray]]:
        yield self._time, slice(0, self.num_samples), self._slots


@lru_cache(maxsize=128)
def _one_frame_each(count: int) -> Layout:
    """Return the layout of some sequences of one frame."""
    return Layout(count, np.ones(count, np.int64))


class Steps:
    """The time steps of one run: memory for the body, and what it reads from around the loop.

    ``rows``, ``whole``, ``sequences``: (slot of the body, array) of what is read by rows, whole,
    and one row per sequence, longest first.

    Args:
        runner: the bound body.
        slots: the slots of the plan around the loop.
        layout: the layout of all time steps.
    """

    def __init__(self, runner: Runner, slots: list, layout: Layout) -> None:
        self._runner, self.layout = runner, layout
        self.rows = [(slot, slots[source]) for slot, source in runner.rows]
        self.whole = [(slot, slots[source]) for slot, source in runner.whole]
        self.sequences = [
            (slot, _ordered(slots[source], layout)) for slot, source in runner.sequences
        ]
        self._instances: dict[int, Instance] = {}  # by the number of sequences that have the step
        self.starts: list[int] = layout.offsets.tolist()
        self.sizes: list[int] = layout.step_sizes.tolist()
        times = range(len(self.sizes))
        self.times = times[::-1] if runner.scan.backwards else times

    def at(self, time: int) -> list:
        """Return the slots of the body, filled for a time step but for its states."""
        first, count = self.starts[time], self.sizes[time]
        instance = self._instances.get(count)
        if instance is None:
            one_frame = {self._runner.scan.loop_axes: _one_frame_each(count)}
            instance = self._instances[count] = self._runner.plan.lease(one_frame)
            for slot, array in self.whole:
                instance.slots[slot] = array
            for slot, array in self.sequences:
                instance.slots[slot] = array[:count]
        inner = instance.slots
        for slot, array in self.rows:
            inner[slot] = array[first : first + count]
        if self._runner.step_layout_slot is not None:
            inner[self._runner.step_layout_slot] = _StepLayout(self.layout, time, count)
        return inner

    def release(self) -> None:
        """Give the memory back."""
        for instance in self._instances.values():
            self._runner.plan.release(instance)


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
        # random numbers depend on the time step, and users know sequences in their own order
        asks = any(entry.kind == OFFSET for entry in scan.inputs) or any(
            step.operator.goes_by_step for step in plan.steps
        )
        self.step_layout_slot = plan.layout_slots.get(scan.loop_axes) if asks else None
        # a size that is free is known only when the first step has been computed
        free = {i for i, symbol in enumerate(scan.stacked) if not is_static(symbol.shape)}
        self.placed = [(slot, i) for i, slot in plan.placed if i not in free | scan.summed]
        directly = {i for _, i in self.placed}
        self.copied = [(slot, i) for i, slot in enumerate(plan.output_slots) if i not in directly]
        placed = {slot for slot, _ in self.placed}  # what is only summed needs a place all the same
        self.scratch = [(slot, i) for i, slot in plan.placed if slot not in placed]
        stacked = {s.number: i for i, s in enumerate(scan.stacked) if i not in scan.summed}
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
            self._stack(slots, i, layout, symbol.shape)
            if is_static(symbol.shape) and i not in self.scan.summed
            else None
            for i, symbol in enumerate(self.scan.stacked)
        ]
        steps = Steps(self, slots, layout)
        states, passages = [], []
        try:
            shapes = self._state_shapes(slots, stacks, steps, layout)
            for (slot, i, delay, initial, passage, carry), shape in zip(self.states, shapes):
                if slot is None:
                    continue
                first_state = self._initial(slots, initial, carry, shape, layout)
                if passage is None:
                    before = self._beyond(first_state, delay, layout)
                else:
                    before = slots[passage].before(first_state, delay, layout)
                    passages.append((slots[passage], i, delay, before))
                if stacks[i] is None:
                    stacks[i] = self._stack(slots, i, layout, shape)
                states.append((slot, stacks[i], delay, before))
            self.loop(slots, steps, stacks, states)
        finally:
            steps.release()
        for i in self.scan.summed:
            self._give_sums(slots, i, stacks[i], layout)
        for passage, i, delay, before in passages:
            passage.leave(stacks[i], delay, layout, before)

    def loop(self, slots: list, steps: Steps, stacks: list, states: list) -> None:
        """Run the body at each time step.

        Args:
            slots: the slots of the plan around the loop.
            steps: the time steps.
            stacks: an array per stacked value; None while a size is free.
            states: (slot of the body, stack, delay, states before the first steps).
        """
        starts, sizes = steps.starts, steps.sizes
        backwards, launches, summed = self.scan.backwards, self.plan.launches, self.scan.summed
        scratch = [(slot, self._scratch(i, steps)) for slot, i in self.scratch]
        for t in steps.times:
            first, count = starts[t], sizes[t]
            last = first + count
            inner = steps.at(t)
            for slot, stack, delay, before in states:
                inner[slot] = _carried(stack, before, t, delay, count, starts, sizes, backwards)
            for slot, i in self.placed:
                inner[slot] = stacks[i][first:last]
            for slot, array in scratch:
                inner[slot] = array[:count]
            for launch in launches:
                launch(inner)
            for slot, i in self.copied:
                rows = inner[slot]
                if i in summed:
                    if stacks[i] is None:
                        shape = (steps.layout.num_samples, *rows.shape[1:])
                        stacks[i] = np.zeros(shape, computing_dtype(rows.dtype))
                    stacks[i][:count] += rows
                    continue
                if stacks[i] is None:
                    stacks[i] = self._stack(slots, i, steps.layout, rows.shape[1:])
                stacks[i][first:last] = rows

    def _state_shapes(self, slots: list, stacks: list, steps: Steps, layout: Layout) -> list:
        """Return the static shape of each state, for this run.

        A size that is free is the one that the first time step gives back: it is computed from
        states of size 1 there, until they come back as they went in.
        """
        shapes = [carry.shape for *_, carry in self.states]
        if all(map(is_static, shapes)):
            return shapes
        carried = [entry for entry in self.states if entry[0] is not None]
        shapes = [self._least_shape(slots, initial, carry) for *_, initial, _, carry in self.states]
        time = steps.times[0]
        first, count = steps.starts[time], steps.sizes[time]
        for _ in range(len(carried) + 1):  # each round settles another state
            inner = steps.at(time)
            for (slot, *_, initial, _, carry), shape in zip(self.states, shapes):
                if slot is not None:
                    inner[slot] = self._initial(slots, initial, carry, shape, layout)[:count]
            for slot, i in self.placed:
                inner[slot] = stacks[i][first : first + count]
            for launch in self.plan.launches:
                launch(inner)
            found = [
                np.broadcast_shapes(shape, inner[self.plan.output_slots[i]].shape[1:])
                for (_, i, *_), shape in zip(self.states, shapes)
            ]
            if found == shapes:
                break
            shapes = found
        return shapes

    def _least_shape(self, slots: list, initial: int | None, carry) -> tuple[int, ...]:
        """Return the shape of a state as far as it is known before the first time step."""
        least = tuple(1 if size == FREE else size for size in carry.shape)
        if initial is None:
            return least
        operand, value = self._operand_of(carry), slots[initial]
        return np.broadcast_shapes(least, value.shape[1 if operand.dynamic_axes else 0 :])

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

    def _scratch(self, i: int, steps: Steps) -> np.ndarray:
        """Return memory for one time step of what is only summed."""
        symbol = self.scan.stacked[i]
        return np.empty((max(steps.sizes, default=0), *symbol.shape), symbol._dtype)

    def _give_sums(self, slots: list, i: int, sums: np.ndarray, layout: Layout) -> None:
        """Write sums per sequence, longest first, to their output: in the user's order."""
        array = slots[self.outputs[i]]
        if array is None:
            array = slots[self.outputs[i]] = np.empty(sums.shape, self.scan.stacked[i]._dtype)
        array[layout.order] = sums

    def _operand_of(self, carry) -> Symbol:
        """Return what serves as a state before the first time step, in the plan around the loop."""
        state = next(s for s in self.scan.states if s.carry is carry)
        return self.scan.step.operands[state.initial]

    def _initial(
        self, slots: list, source: int | None, carry, static: tuple[int, ...], layout: Layout
    ) -> np.ndarray:
        """Return the state before the first step, one row per sequence, longest first."""
        shape = (layout.num_samples, *static)
        if source is None:
            return np.broadcast_to(carry._dtype.type(0), shape)
        value, operand = slots[source], self._operand_of(carry)
        if not operand.dynamic_axes:
            return np.broadcast_to(value, shape)
        if len(operand.dynamic_axes) == len(self.scan.loop_axes):
            value = layout.unpack(value)[np.cumsum(layout.lengths) - layout.lengths]
        missing = len(static) - len(operand.shape)
        value = value.reshape(len(value), *(1,) * missing, *value.shape[1:])
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
