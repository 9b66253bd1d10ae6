"""The numbers of each channel of batch normalization, in C."""

from __future__ import annotations

import math
from collections.abc import Callable

from cntk.errors import OutOfMemoryError
from cntk.execution.kernels import Kernel, kernel
from cntk.native.launch import Launch, place
from cntk.native.library import lib
from cntk.shape import is_static

declared: list[Kernel] = []


class NormalizationLaunch(Launch):
    """A launch that sums in memory of its own."""

    @staticmethod
    def check() -> None:
        """Raise where there was too little memory.

        Raises:
            MemoryError: for a launch in this thread.
        """
        if lib().normalization_failed():
            raise OutOfMemoryError("there is no memory for the sums of a batch normalization")


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
    return NormalizationLaunch("batch_factors_f32", places, ints, floats, context.layout_slot(x))


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
    return NormalizationLaunch("gradient_factors_f32", places, ints, rows=context.layout_slot(x))
