"""Pooling over one or two axes, in C."""

from __future__ import annotations

import math
from collections.abc import Callable

from cntk.execution.kernels import Kernel, kernel
from cntk.native.launch import Launch, place
from cntk.ops._pooling.geometry import pooling_axes
from cntk.ops._pooling.max_pooling import options_of
from cntk.shape import is_static, is_unknown

declared: list[Kernel] = []


def _serves(position: int, asked: Callable) -> Callable:
    """Return the condition on a step.

    Args:
        position: of the operand that is pooled.
        asked: function of the attributes that returns the geometry's options.
    """

    def condition(step) -> bool:
        x = step.operands[position]
        options = asked(step.attributes)
        if is_unknown(options[0]) or not is_static(x.shape):
            return False
        if step.operands[0]._dtype.name != "float32" or not step.outputs[0].has_rows:
            return False
        axes = pooling_axes(tuple(x.shape), *options)
        return 1 <= len(axes) <= 2 and math.prod(axis.window for axis in axes) <= 256

    return condition


def _ints(shape: tuple[int, ...], options: tuple, include_pad: bool = False) -> list[int]:
    """Return what the kernels need to know of an operand of a shape."""
    axes = list(pooling_axes(tuple(shape), *options))
    outer = math.prod(shape[: len(shape) - len(axes)])
    numbers = [outer, 1]
    if len(axes) == 1:
        numbers += [1, 1, 1, 1, 0]
    for axis in axes:
        numbers += [axis.size, axis.output, axis.window, axis.stride, axis.lower]
    return [*numbers, include_pad]


def _launch(name: str, symbols, slots, ints, context) -> Launch:
    places = [place(symbol, slot, context) for symbol, slot in zip(symbols, slots)]
    return Launch(name, places, ints, rows=context.layout_slot(symbols[0]))


@kernel(
    "max_pooling", declared, backend="native", priority=10, writes=True,
    when=_serves(0, options_of),
)  # fmt: skip
def bind_max_pooling(step, inputs, outputs, context) -> Callable:
    """Bind the maxima of windows, and where they are."""
    ints = _ints(step.operands[0].shape, options_of(step.attributes))
    symbols, slots = [step.operands[0], *step.all_outputs], [inputs[0], *outputs]
    return _launch("max_pooling_f32", symbols, slots, ints, context)


@kernel(
    "max_pooling_gradient", declared, backend="native", priority=10, writes=True, reads=(0, 1),
    when=_serves(2, lambda attributes: attributes["options"]),
)  # fmt: skip
def bind_max_pooling_gradient(step, inputs, outputs, context) -> Callable:
    """Bind the sum of gradients where the maxima were."""
    dy, argmax, x = step.operands
    ints = _ints(x.shape, step.attributes["options"])
    symbols, slots = [dy, argmax, step.outputs[0]], [inputs[0], inputs[1], outputs[0]]
    return _launch("max_pooling_gradient_f32", symbols, slots, ints, context)


@kernel(
    "average_pooling", declared, backend="native", priority=10, writes=True,
    when=_serves(0, options_of),
)  # fmt: skip
def bind_average_pooling(step, inputs, outputs, context) -> Callable:
    """Bind the averages of windows."""
    options = options_of(step.attributes)
    ints = _ints(step.operands[0].shape, options, step.attributes["include_pad"])
    symbols, slots = [step.operands[0], step.outputs[0]], [inputs[0], outputs[0]]
    return _launch("average_pooling_f32", symbols, slots, ints, context)


@kernel(
    "average_pooling_gradient", declared, backend="native", priority=10, writes=True, reads=(0,),
    when=_serves(1, lambda attributes: attributes["options"]),
)  # fmt: skip
def bind_average_pooling_gradient(step, inputs, outputs, context) -> Callable:
    """Bind gradients shared by the cells of windows."""
    dy, x = step.operands
    ints = _ints(x.shape, step.attributes["options"], step.attributes["include_pad"])
    symbols, slots = [dy, step.outputs[0]], [inputs[0], outputs[0]]
    return _launch("average_pooling_gradient_f32", symbols, slots, ints, context)
