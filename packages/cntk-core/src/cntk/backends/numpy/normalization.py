"""Batch normalization in training, and its gradients."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from cntk.backends.numpy.channels import Channels
from cntk.execution.kernels import Kernel, kernel
from cntk.ops._normalization.batch_normalization import forget_factor, moved
from cntk.shape import is_static

declared: list[Kernel] = []
_FLOATS = ("float32", "float64")


def _sees(position: int) -> Callable:
    """Return the condition that an operand's sizes and type are such that kernels can write."""

    def condition(step) -> bool:
        operand = step.operands[position]
        return is_static(operand.shape) and operand._dtype.name in _FLOATS

    return condition


def _channels_of(operand, spatial: bool) -> Callable[[int], Channels]:
    """Return a function that sees an operand of so many rows as channels; it keeps the last one."""
    width = math.prod(operand.shape)
    number = operand.shape[0] if spatial else width
    latest = [Channels(1, number, width // number, operand._dtype)]

    def channels(rows: int) -> Channels:
        known = latest[0]
        if known.rows != rows:
            known = latest[0] = Channels(rows, number, width // number, operand._dtype)
        return known

    return channels


@kernel("batch_normalization", declared, writes=True, in_place=(0,), when=_sees(0))
def bind_batch_normalization(step, inputs, outputs, context) -> Callable:
    """Bind normalization by the statistics of the minibatch."""
    operand, options = step.operands[0], step.attributes
    channels_for, has_rows = _channels_of(operand, options["spatial"]), operand.has_rows
    number, epsilon = operand._dtype.type, operand._dtype.type(options["epsilon"])

    def run(slots):
        x, scale, bias, old_mean, old_variance, old_count = (slots[i] for i in inputs)
        y, mean, inv_std, new_mean, new_variance, new_count = (slots[i] for i in outputs)
        rows = len(x) if has_rows else 1
        channels = channels_for(rows)
        count = rows * channels.size
        matrix = channels.matrix(x)
        centre = channels.sums(matrix) / number(count)
        variance = channels.centred_squares(matrix, centre) / number(count)
        inverse = 1 / np.sqrt(variance + epsilon)
        factor = inverse * scale.reshape(-1)
        channels.scale(matrix, factor, bias.reshape(-1) - centre * factor, channels.matrix(y))
        mean[...], inv_std[...] = centre.reshape(mean.shape), inverse.reshape(mean.shape)

        share = forget_factor(
            options["normalization_time_constant"], rows, float(old_count.reshape(-1)[0])
        )
        # one element has no unbiased variance: nan, as in CNTK 2.7
        unbiased = variance * (number(count) / number(count - 1))
        new_mean[...] = moved(old_mean, centre, share)
        new_variance[...] = moved(old_variance, unbiased, share)
        np.add(old_count, number(rows), new_count)

    return run


@kernel("normalization_gradient", declared, writes=True, in_place=(0, 1), when=_sees(1))
def bind_normalization_gradient(step, inputs, outputs, context) -> Callable:
    """Bind the gradients to operand, scale and bias."""
    operand = step.operands[1]
    channels_for, has_rows = _channels_of(operand, step.attributes["spatial"]), operand.has_rows
    number = operand._dtype.type

    def run(slots):
        dy, x, *vectors = (slots[i] for i in inputs)
        dx, dscale, dbias = (slots[i] for i in outputs)
        scale, mean, inv_std = (vector.reshape(-1) for vector in vectors)
        rows = len(x) if has_rows else 1
        channels = channels_for(rows)
        count = number(rows * channels.size)
        g, matrix = channels.matrix(dy), channels.matrix(x)
        total = channels.sums(g)
        product = (channels.products(g, matrix) - mean * total) * inv_std
        # scale * inv_std * (dy - total / count - normal * product / count) as a sum of products
        from_dy = scale * inv_std
        from_x = -from_dy * inv_std * product / count
        shift = -from_dy * total / count - from_x * mean
        channels.blend(g, matrix, (from_dy, from_x), shift, channels.matrix(dx))
        dscale[...], dbias[...] = product.reshape(dscale.shape), total.reshape(dbias.shape)

    return run
