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


def _options(attributes: dict) -> tuple:
    """Return the geometry's options of a gradient."""
    return attributes["options"]


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


def _in_one_order(position: int, asked: Callable, symbols: Callable) -> Callable:
    """Return which symbols of a step share an order of memory: all, where channels do not slide.

    Args:
        position: of the operand that is pooled.
        asked: function of the attributes that returns the geometry's options.
        symbols: function of a step that returns what has rows and channels.
    """

    def groups(step) -> list:
        shape = tuple(step.operands[position].shape)
        pooled = len(pooling_axes(shape, *asked(step.attributes)))
        return [symbols(step)] if pooled == len(shape) - 1 else []

    return groups


def _ints(x, options: tuple, include_pad: bool = False) -> list[int]:
    """Return what the kernels need to know of an operand."""
    shape = tuple(x.shape)
    axes = list(pooling_axes(shape, *options))
    others = math.prod(shape[: len(shape) - len(axes)])
    numbers = [1, others] if x.channels_last else [others, 1]
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
    channels_last=_in_one_order(0, options_of, lambda s: [*s.operands, *s.all_outputs]),
)  # fmt: skip
def bind_max_pooling(step, inputs, outputs, context) -> Callable:
    """Bind the maxima of windows, and where they are."""
    ints = _ints(step.operands[0], options_of(step.attributes))
    symbols, slots = [step.operands[0], *step.all_outputs], [inputs[0], *outputs]
    return _launch("max_pooling_f32", symbols, slots, ints, context)


@kernel(
    "max_pooling_gradient", declared, backend="native", priority=10, writes=True, reads=(0, 1),
    when=_serves(2, _options),
    channels_last=_in_one_order(2, _options, lambda s: [*s.operands[:2], *s.outputs]),
)  # fmt: skip
def bind_max_pooling_gradient(step, inputs, outputs, context) -> Callable:
    """Bind the sum of gradients where the maxima were."""
    dy, argmax, x = step.operands
    ints = _ints(step.outputs[0], step.attributes["options"])
    symbols, slots = [dy, argmax, step.outputs[0]], [inputs[0], inputs[1], outputs[0]]
    return _launch("max_pooling_gradient_f32", symbols, slots, ints, context)


@kernel(
    "average_pooling", declared, backend="native", priority=10, writes=True,
    when=_serves(0, options_of),
    channels_last=_in_one_order(0, options_of, lambda s: [*s.operands, *s.outputs]),
)  # fmt: skip
def bind_average_pooling(step, inputs, outputs, context) -> Callable:
    """Bind the averages of windows."""
    options = options_of(step.attributes)
    ints = _ints(step.operands[0], options, step.attributes["include_pad"])
    symbols, slots = [step.operands[0], step.outputs[0]], [inputs[0], outputs[0]]
    return _launch("average_pooling_f32", symbols, slots, ints, context)


@kernel(
    "average_pooling_gradient", declared, backend="native", priority=10, writes=True, reads=(0,),
    when=_serves(1, _options),
    channels_last=_in_one_order(1, _options, lambda s: [s.operands[0], *s.outputs]),
)  # fmt: skip
def bind_average_pooling_gradient(step, inputs, outputs, context) -> Callable:
    """Bind gradients shared by the cells of windows."""
    dy, x = step.operands
    ints = _ints(step.outputs[0], step.attributes["options"], step.attributes["include_pad"])
    symbols, slots = [dy, step.outputs[0]], [inputs[0], outputs[0]]
    return _launch("average_pooling_gradient_f32", symbols, slots, ints, context)
