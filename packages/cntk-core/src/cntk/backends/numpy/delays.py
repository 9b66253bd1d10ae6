"""Delays: packed rows of a time step move to another one as they lie, in one copy."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from cntk.execution.kernels import Kernel, kernel
from cntk.layout import Layout
from cntk.ops._sequence.delay_rows import delay_rows_reference
from cntk.shape import is_static

declared: list[Kernel] = []


def _moves_whole_rows(step) -> bool:
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


@kernel("delay_rows", declared, writes=True, when=_moves_whole_rows)
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
    starts, count = layout.offsets.tolist(), abs(steps)
    spans = list(pairwise(starts))
    if steps > 0:
        y[: starts[min(count, len(spans))]] = boundary
        for (first, last), (other, _) in zip(spans[count:], spans):
            y[first:last] = x[other : other + last - first]
        return
    y[starts[max(len(spans) - count, 0)] :] = boundary
    for (first, last), (other, end) in zip(spans, spans[count:]):
        alive = first + end - other
        y[first:alive] = x[other:end]
        y[alive:last] = boundary
