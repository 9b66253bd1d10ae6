"""Loops over time: one call in C for all steps, where the body is one segment."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from cntk.execution.kernels import Kernel
from cntk.execution.recurrence.run import Runner, Steps
from cntk.native.library import ffi, lib
from cntk.native.segment import Segment


class NativeRunner(Runner):
    """Runs a recurrence in C; in Python where its body has steps in Python."""

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
            else:
                table.point(i, inner[slot], place._replace(slot=slot), inner)
        _run(segment, table, slices, found, self.scan.backwards, starts, sizes, keep)

    @property
    def _segment(self) -> Segment | None:
        """The one segment that the body is; None where there is more to it."""
        launches = self.plan.launches
        plain = len(launches) == 1 and isinstance(launches[0], Segment) and not self.copied
        if not plain or launches[0].is_exact or self.step_layout_slot is not None:
            return None
        return launches[0]

    def _moving(self, steps: Steps, stacks: list, keep: list) -> dict[int, tuple]:
        """Return {slot: (address, bytes of a row)} of what each step takes the next rows of."""
        found = {}
        for slot, array in [*steps.rows, *((slot, stacks[i]) for slot, i in self.placed)]:
            whole = np.ascontiguousarray(array)
            keep.append(whole)
            found[slot] = (whole.ctypes.data, whole.nbytes // len(whole))
        return found


def _carried_states(states: list, sequences: int, backwards: bool, keep: list) -> dict[int, tuple]:
    """Return {slot: (stack, before, scratch, bytes of a row, delay)} of the carried states."""
    found = {}
    for slot, stack, delay, before in states:
        outside = np.ascontiguousarray(before)
        size = stack.nbytes // len(stack)
        scratch = np.empty(sequences * size if backwards else 1, np.uint8)
        keep += [outside, scratch]
        addresses = (stack.ctypes.data, outside.ctypes.data, scratch.ctypes.data)
        found[slot] = (*addresses, size, delay)
    return found


def _run(segment: Segment, table, slices, carried, backwards: bool, starts, sizes, keep) -> None:
    """Run the loop."""
    c = ffi()
    slice_block = c.new("scan_slice[]", max(len(slices), 1))
    for block, ((base, size), entry) in zip(slice_block, slices):
        block.base, block.bytes, block.entry = c.cast("char *", base), size, entry
    state_block = c.new("scan_state[]", max(len(carried), 1))
    for block, ((stack, before, scratch, size, delay), entry) in zip(state_block, carried):
        block.stack, block.before = c.cast("char *", stack), c.cast("char *", before)
        block.scratch, block.bytes = c.cast("char *", scratch), size
        block.delay, block.entry = delay, entry
    loop = c.new("scan *")
    loop.slices, loop.slice_count = slice_block, len(slices)
    loop.states, loop.state_count = state_block, len(carried)
    loop.steps, loop.sequences, loop.backwards = len(sizes), int(sizes[0]), backwards
    launches, layouts = len(segment.launches), len(segment.layouts)
    at, of = (c.cast("int64_t *", array.ctypes.data) for array in (starts, sizes))
    seconds = c.new("double[]", launches) if segment.is_timed else c.NULL
    begin, block = time.perf_counter(), segment.block
    lib().run_scan(block, launches, table.pointers, table.rows, layouts, loop, at, of, seconds)
    if segment.is_timed:  # as if each launch had run for all steps before the next one did
        for recording, began, taken in segment.recorded(begin, seconds):
            recording.ran_in_loop(began, taken, len(sizes), int(sizes.sum()))


def _bind(step, inputs, outputs, context):
    """Bind the body of a scan; the returned function runs it over all time steps."""
    return NativeRunner(step.operator, inputs, outputs, context.layout_slot(step.outputs[0])).run


declared = [Kernel("scan", _bind, backend="native", priority=10, writes=True)]
