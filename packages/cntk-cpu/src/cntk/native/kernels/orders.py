"""Copies into another order of memory, in C."""

from __future__ import annotations

import math
from collections.abc import Callable

from cntk.execution.kernels import Kernel, kernel
from cntk.native.launch import Launch, place
from cntk.shape import is_static

declared: list[Kernel] = []


@kernel("reorder", declared, backend="native", priority=10, writes=True)
def bind_reorder(step, inputs, outputs, context) -> Callable:
    """Bind a copy with the channels last, or back."""
    x, y = step.operands[0], step.outputs[0]
    places = [place(x, inputs[0], context), place(y, outputs[0], context)]
    channels, others = x.shape[0], math.prod(x.shape[1:])
    ints = (others, channels) if x.channels_last else (channels, others)
    return Launch(f"reorder_{8 * x._dtype.itemsize}", places, ints, rows=context.layout_slot(x))


def _turned_matrix(step) -> tuple[int, int] | None:
    """Return (lines, width) of the matrix that a new order of axes turns; None for other orders."""
    x, order = step.operands[0], step.attributes["order"]
    first = order[0] if order else 0
    turned = tuple(range(first, len(order))) + tuple(range(first))
    if x.is_sparse or x.has_rows or not is_static(x.shape) or first == 0 or order != turned:
        return None
    return math.prod(x.shape[:first]), math.prod(x.shape[first:])


@kernel(
    "permute", declared, backend="native", priority=10, writes=True,
    when=lambda step: _turned_matrix(step) is not None,
)  # fmt: skip
def bind_permute(step, inputs, outputs, context) -> Callable:
    """Bind a copy of weights with their axes in another order, as other kernels can read it."""
    x, y = step.operands[0], step.outputs[0]
    places = [place(x, inputs[0], context), place(y, outputs[0], context)]
    return Launch(f"reorder_{8 * x._dtype.itemsize}", places, _turned_matrix(step))
