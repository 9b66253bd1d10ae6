"""Delays: packed rows of a time step move to another one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cntk.execution.kernels import Kernel, kernel
from cntk.layout import Layout
from cntk.ops._sequence.delay_rows import delay_rows_reference
from cntk.shape import is_static

declared: list[Kernel] = []


def moves_whole_rows(step) -> bool:
    """Whether all rows come from x, and one boundary serves everywhere."""
    x, boundary = step.operands
    return (
        len(x.dynamic_axes) == 2
        and not (x.is_sparse or boundary.dynamic_axes)
        and is_static(x.shape)
        and x.shape == step.outputs[0].shape
        and x._dtype == step.outputs[0]._dtype
        and step.attributes["steps"] != 0
    )


@kernel("delay_rows", declared, writes=True, when=moves_whole_rows)
def bind_delay_rows(step, inputs, outputs, context) -> Callable:
    """Bind a delay; what sequences in parts need is left to the reference."""
    (x, boundary), (y,) = inputs, outputs
    steps, passage = step.attributes["steps"], step.attributes["passage"]
    here = context.layout_slot(step.operands[0])
    there = None if passage is None else context.slot(passage)

    def run(slots):
        layout = slots[here]
        way = None if there is None else slots[there]
        whole = not (layout.continues or layout.goes_on)
        if not whole or (way is not None and layout.shortest < steps):
            given, edge = slots[x], slots[boundary]
            slots[y][...] = delay_rows_reference(given, edge, steps, way, [layout, None])
            return
        _delay(slots[x], slots[boundary], slots[y], steps, layout)
        if way is not None:
            way.leave(slots[x], steps, layout)

    return run


def _delay(x: np.ndarray, boundary: np.ndarray, y: np.ndarray, steps: int, layout: Layout) -> None:
    """Write each frame's value some steps before, or after for negative steps."""
    later, earlier = layout.partners(abs(steps))
    if steps > 0:
        y[: later.start] = boundary
        if isinstance(earlier, slice):
            y[later] = x[earlier]
        else:
            x.take(earlier, 0, out=y[later], mode="clip")
        return
    y[...] = boundary
    y[earlier] = x[later]
