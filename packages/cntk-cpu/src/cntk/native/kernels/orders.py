"""Copies into another order of memory, in C."""

from __future__ import annotations

import math
from collections.abc import Callable

from cntk.execution.kernels import Kernel, kernel
from cntk.native.launch import Launch, place

declared: list[Kernel] = []


@kernel("reorder", declared, backend="native", priority=10, writes=True)
def bind_reorder(step, inputs, outputs, context) -> Callable:
    """Bind a copy with the channels last, or back."""
    x, y = step.operands[0], step.outputs[0]
    places = [place(x, inputs[0], context), place(y, outputs[0], context)]
    channels, others = x.shape[0], math.prod(x.shape[1:])
    ints = (others, channels) if x.channels_last else (channels, others)
    return Launch(f"reorder_{8 * x._dtype.itemsize}", places, ints, rows=context.layout_slot(x))
