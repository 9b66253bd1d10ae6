"""The kernels of pooling, unpooling and their gradients, bound to the steps of a plan."""

from __future__ import annotations

import math

from cntk.backends.numpy.binding import bind_twice, static_shape
from cntk.backends.numpy.pooling_average import average_pooling, average_pooling_gradient
from cntk.backends.numpy.pooling_max import (
    max_pooling,
    max_pooling_gather,
    max_pooling_gradient,
    max_unpooling,
)
from cntk.execution.kernels import Kernel
from cntk.ops._pooling import unpooling
from cntk.ops._pooling.max_pooling import options_of

declared: list[Kernel] = []

_NAMES = ("window", "strides", "auto_padding", "lower_pad", "upper_pad", "ceil_out_dim")


def _named(options: tuple) -> dict:
    """Return options of the operators as the computations name them."""
    return dict(zip(_NAMES, options))


def _has_small_window(step) -> bool:
    """Whether an argmax is of bytes, for which the plan provides memory."""
    return math.prod(step.attributes["pooling_window_shape"]) <= 256


@bind_twice("max_pooling", declared, when=_has_small_window)
def bind_max_pooling(step):
    options = _named(options_of(step.attributes))

    def compute(operand, out):
        return max_pooling(operand, out=out[0], argmax=out[1], **options)

    return compute


@bind_twice("max_pooling_gradient", declared, reads=(0, 1))
def bind_max_pooling_gradient(step):
    options, lender = _named(step.attributes["options"]), step.operands[2]

    def compute(by_output, argmax, operand, out):
        shape = static_shape(lender, operand)
        return [max_pooling_gradient(by_output, argmax, operand_shape=shape, out=out[0], **options)]

    return compute


@bind_twice("max_pooling_gather", declared)
def bind_max_pooling_gather(step):
    options = _named(step.attributes["options"])

    def compute(x, argmax, out):
        return [max_pooling_gather(x, argmax, out=out[0], **options)]

    return compute


@bind_twice("max_unpooling", declared)
def bind_max_unpooling(step):
    options = _named(unpooling.options_of(step.attributes))

    def compute(operand, pooling_input, out):
        _, argmax = max_pooling(pooling_input, **options)
        shape = pooling_input.shape[1:]
        return [max_unpooling(operand, argmax, operand_shape=shape, out=out[0], **options)]

    return compute


@bind_twice("average_pooling", declared)
def bind_average_pooling(step):
    options = _named(options_of(step.attributes))
    options["include_pad"] = step.attributes["include_pad"]

    def compute(operand, out):
        return [average_pooling(operand, out=out[0], **options)]

    return compute


@bind_twice("average_pooling_gradient", declared, reads=(0,))
def bind_average_pooling_gradient(step):
    options, lender = _named(step.attributes["options"]), step.operands[1]
    options["include_pad"] = step.attributes["include_pad"]

    def compute(by_output, operand, out):
        shape = static_shape(lender, operand)
        return [average_pooling_gradient(by_output, operand_shape=shape, out=out[0], **options)]

    return compute
