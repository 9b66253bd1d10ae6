"""The numbers of each channel of batch normalization, in C."""

from __future__ import annotations

import math
from collections.abc import Callable

from cntk.execution.kernels import Kernel, kernel
from cntk.native.launch import Launch, place
from cntk.shape import is_static

declared: list[Kernel] = []


def _is_float32(step) -> bool:
    static = all(is_static(x.shape) for x in step.operands)
    return static and all(x._dtype.name == "float32" and not x.is_sparse for x in step.operands)


def _counts(x, spatial: bool) -> tuple[int, int, int]:
    """Return (outer per row, channels, inner) of an operand."""
    width = math.prod(x.shape)
    channels = x.shape[0] if spatial else width
    inner = width // channels
    return (inner, channels, 1) if x.channels_last else (1, channels, inner)


@kernel(
    "batch_factors", declared, backend="native", priority=10, writes=True, when=_is_float32,
    channels_last=lambda step: [step.operands[:1]] if step.attributes["spatial"] else [],
)  # fmt: skip
def bind_batch_factors(step, inputs, outputs, context) -> Callable:
    """Bind statistics of a minibatch, and what they make of the running ones."""
    options, x = step.attributes, step.operands[0]
    symbols, slots = [*step.operands, *step.outputs], [*inputs, *outputs]
    places = [place(symbol, slot, context) for symbol, slot in zip(symbols, slots)]
    floats = [options["normalization_time_constant"], options["epsilon"]]
    ints = _counts(x, options["spatial"])
    return Launch("batch_factors_f32", places, ints, floats, context.layout_slot(x))


@kernel(
    "gradient_factors", declared, backend="native", priority=10, writes=True, when=_is_float32,
    channels_last=lambda step: [step.operands[:2]] if step.attributes["spatial"] else [],
)  # fmt: skip
def bind_gradient_factors(step, inputs, outputs, context) -> Callable:
    """Bind the sums that the gradients of batch normalization need."""
    x = step.operands[1]
    symbols, slots = [*step.operands, *step.outputs], [*inputs, *outputs]
    places = [place(symbol, slot, context) for symbol, slot in zip(symbols, slots)]
    ints = _counts(x, step.attributes["spatial"])
    return Launch("gradient_factors_f32", places, ints, rows=context.layout_slot(x))
