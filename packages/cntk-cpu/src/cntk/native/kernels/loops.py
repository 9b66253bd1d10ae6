"""Loops over time: one call in C for all steps, where the body is one segment."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from cntk.execution.kernels import Kernel
from cntk.execution.recurrence.run import Runner, Steps
from cntk.execution.symbols import Symbol
from cntk.native.library import ffi, lib
from cntk.native.segment import Segment

_PANEL = 32  # columns; as in C
_REUSED = 4  # steps from which on panels are worth their making
_APART = 64  # bytes between panels' beginnings
_K = 2  # position of what a product adds up among its integers
_MANY = 16  # rows from which on a product takes longer than looking for infinite weights


class NativeRunner(Runner):
    """Runs a recurrence in C; in Python where its body has steps in Python.

    Args:
        scan, inputs, outputs, layout_slot: as for :class:`Runner`.
        unread: positions of stacked values that nobody reads outside of the loop.
    """

    def __init__(
        self, scan, inputs: list[int], outputs: list[int], layout_slot: int, unread: set[int]
    ) -> None:
        super().__init__(scan, inputs, outputs, layout_slot)
        self._spare: list[list] = []  # memory for panels that no run uses at present
        self._unread = unread

    def loop(self, slots: list, steps: Steps, stacks: list, states: list) -> None:
        segment, layout = self._segment, steps.layout
        if segment is None or layout.rows == 0:
            super().loop(slots, steps, stacks, states)
            return
        sizes = np.ascontiguousarray(layout.step_sizes, np.int64)
        starts = np.ascontiguousarray(layout.offsets, np.int64)
        inner = steps.at(0)  # the step that has most sequences
        table = segment.table(inner)
        keep: list[Any] = []
        moving = self._moving(steps, stacks, keep)
        carried = _carried_states(states, int(sizes[0]), self.scan.backwards, keep)
        slices, found = [], []
        for i, slot, place in segment.entries:
            slot = segment.alias.get(slot, slot)
            if slot in moving:
                slices.append((moving[slot], i))
            elif slot in carried:
                found.append((carried[slot], i))
            elif inner[slot] is not table.seen[i]():
                table.point(i, inner[slot], place._replace(slot=slot), inner)
        if table.loop is None:
            entries = {entry for _, entry in [*slices, *found]}
            carries = {entry for _, entry in found}
            table.loop = _Loop(segment, self.scan.backwards, entries, self._spare)
            table.loop.shorten(entries, carries, self._idle_at_end())
        table.loop.run(table, slices, found, starts, sizes, self._zeros_before(states))

    @property
    def _segment(self) -> Segment | None:
        """The one segment that the body is; None where there is more to it."""
        launches = self.plan.launches
        plain = len(launches) == 1 and isinstance(launches[0], Segment) and not self.copied
        if not plain or self.step_layout_slot is not None:
            return None
        if launches[0].is_exact or launches[0].choosy:
            return None
        return launches[0]

    def _idle_at_end(self) -> list[int]:
        """Return which launches the last step needs not: of states that no step follows to read."""
        passing = {stack for _, stack, *_, passage, _ in self.states if passage is not None}
        wanted = {
            symbol.number
            for i, symbol in enumerate(self.scan.stacked)
            if i not in self._unread or i in passing
        }
        for step in reversed(self.plan.steps):
            if any(y.number in wanted for y in step.all_outputs):
                wanted.update(x.number for x in step.operands)
                wanted.update(v.number for v in step.attributes.values() if isinstance(v, Symbol))
        parts = self.plan.entries[0].parts
        return [
            i
            for i, part in enumerate(parts)
            if not any(y.number in wanted for y in part.step.all_outputs)
        ]

    @staticmethod
    def _zeros_before(states: list) -> int:
        """Return for how many steps all states come from outside of the loop, and are zeros."""
        for *_, before in states:
            if any(before.strides) or before.size == 0 or before.flat[0] != 0:
                return 0
        return min((delay for _, _, delay, _ in states), default=0)

    def _moving(self, steps: Steps, stacks: list, keep: list) -> dict[int, tuple]:
        """Return {slot: (address, bytes of a row)} of what each step takes the next rows of."""
        found, memory_of = {}, ffi().from_buffer
        for slot, array in [*steps.rows, *((slot, stacks[i]) for slot, i in self.placed)]:
            if not array.flags.c_contiguous:
                array = np.ascontiguousarray(array)
                keep.append(array)
            found[slot] = (memory_of(array), array.nbytes // len(array))
        return found


def _is_of_rows(ints) -> bool:
    """Whether a product takes rows, each as it lies, with a matrix."""
    _, _, _, counted, turned, _, _ = ints
    return counted == 0 and not turned


def _carried_states(states: list, sequences: int, backwards: bool, keep: list) -> dict[int, tuple]:
    """Return {slot: (stack, before, scratch, bytes of a row, delay)} of the carried states."""
    found, memory_of = {}, ffi().from_buffer
    for slot, stack, delay, before in states:
        outside = np.ascontiguousarray(before)
        size = stack.nbytes // len(stack)
        scratch = np.empty(sequences * size if backwards else 1, np.uint8)
        keep += [outside, scratch]
        found[slot] = (*map(memory_of, (stack, outside, scratch)), size, delay)
    return found


class _Loop:
    """What C is told about a loop of one instance; a run changes addresses and row counts.

    Args:
        segment: the body.
        backwards: whether time runs backwards.
        moving: entries of the table that change with each step.
        spare: memory for panels, a list of arrays for each run at the same time.
    """

    def __init__(self, segment: Segment, backwards: bool, moving: set[int], spare: list) -> None:
        c = ffi()
        entries = len(segment.entries)
        self.segment, self.block, self._spare = segment, c.new("scan *"), spare
        self._slices = c.new("scan_slice[]", max(entries, 1))
        self._states = c.new("scan_state[]", max(entries, 1))
        # of right matrices that stay; turned ones must be put right, the others may be
        panels = [p for p in segment.panels if p[0] not in moving and p[2][0] is not None]
        panels.sort(key=lambda panel: not panel[2][2])
        self._panels = c.new("scan_panels[]", max(len(panels), 1))
        self._floats = []
        for block, (right, entry, (k, columns, turned)) in zip(self._panels, panels):
            block.k, block.columns, block.turned = k, columns, turned
            block.right, block.entry = right, entry
            self._floats.append(-(-columns // _PANEL) * _PANEL * k)
        self._turned = sum(turned for _, _, (_, _, turned) in panels)
        turned_ones_stay = all(p[0] not in moving for p in segment.panels if p[2][2])
        block = self.block
        block.slices, block.states, block.panels = self._slices, self._states, self._panels
        block.backwards, block.entries = backwards, segment.size
        block.layouts = len(segment.layouts)
        self._first: Any = None  # launches for steps whose states are zeros
        self._kept: list[Any] = []  # what C is told of
        block.shared = turned_ones_stay and all(launch.share for launch in segment.launches)
        self._work = sum((k or 1) * columns for _, _, (k, columns, _) in segment.panels)

    def shorten(self, moving: set[int], carries: set[int], idle_at_end: list[int]) -> None:
        """Say what the first steps and the last one may leave out.

        Args:
            moving: entries of the table that change with each step.
            carries: those of states.
            idle_at_end: positions of launches that the last step does not need.
        """
        for i, launch in enumerate(self.segment.launches):
            at = self.segment.block[i].at
            if launch.name == "product_f32" and at[0] in carries and at[1] not in moving:
                ints = ffi().new("int64_t[]", list(launch.ints))
                if not _is_of_rows(ints):
                    continue
                ints[_K] = 1  # of zeros, one is as good as many
                self._first = self._first or self._copy()
                self._first[i].ints = ints
                self._kept.append(ints)
        if idle_at_end:
            last = self.block.last = self._copy()
            for i in idle_at_end:
                last[i].run = last[i].share = ffi().NULL

    def _copy(self) -> Any:
        """Return a copy of the launches of the segment."""
        copy = ffi().new("launch[]", len(self.segment.launches))
        ffi().memmove(copy, self.segment.block, ffi().sizeof(copy))
        self._kept.append(copy)
        return copy

    def run(self, table, slices: list, carried: list, starts, sizes, zeros: int) -> None:
        """Run it.

        Args:
            table: the pointers of the instance.
            slices: ((address, bytes of a row), entry) of what moves on with each step.
            carried: ((stack, before, scratch, bytes of a row, delay), entry) of each state.
            starts, sizes: first row, and rows, of each step.
            zeros: for how many steps all states are zeros from outside of the loop.
        """
        c, loop, segment = ffi(), self.block, self.segment
        worth_it = zeros and self._first is not None and sizes[0] >= _MANY
        loop.first, loop.first_steps = self._first if worth_it else c.NULL, zeros
        for block, ((base, size), entry) in zip(self._slices, slices):
            block.base, block.bytes, block.entry = base, size, entry
        for block, ((stack, before, scratch, size, delay), entry) in zip(self._states, carried):
            block.stack, block.before, block.scratch = stack, before, scratch
            block.bytes = size
            block.delay, block.entry = delay, entry
        loop.slice_count, loop.state_count = len(slices), len(carried)
        loop.steps, loop.sequences = len(sizes), int(sizes[0])
        loop.work = self._work * loop.sequences
        memory = self._lend_panels(len(sizes))
        launches = len(segment.launches)
        at, of = (c.from_buffer("int64_t[]", array) for array in (starts, sizes))
        seconds = c.new("double[]", launches) if segment.is_timed else c.NULL
        begin = time.perf_counter()
        lib().run_scan(segment.block, launches, table.pointers, table.rows, loop, at, of, seconds)
        self._spare.append(memory)
        segment.check()
        if segment.is_timed:  # as if each launch had run for all steps before the next one did
            for recording, began, taken in segment.recorded(begin, seconds):
                recording.ran_in_loop(began, taken, len(sizes), int(sizes.sum()))

    def _lend_panels(self, steps: int) -> list[np.ndarray]:
        """Have memory for panels, as far as they are worth their making; return it."""
        count = len(self._floats) if steps >= _REUSED else self._turned
        self.block.panel_count = count
        try:
            memory = self._spare.pop()
        except IndexError:
            memory = []
        for floats in self._floats[len(memory) : count]:
            memory.append(np.empty(floats + _APART // 4, np.float32))
        for block, array in zip(self._panels, memory):
            block.memory = ffi().cast("char *", -(-array.ctypes.data // _APART) * _APART)
        return memory


def _bind(step, inputs, outputs, context):
    """Bind the body of a scan; the returned function runs it over all time steps."""
    unread = {i for i, y in enumerate(step.outputs) if not context.is_read(y)}
    layout = context.layout_slot(step.outputs[0])
    return NativeRunner(step.operator, inputs, outputs, layout, unread).run


declared = [Kernel("scan", _bind, backend="native", priority=10, writes=True)]
