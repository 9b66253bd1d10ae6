"""Softmax with cross entropy, and errors, in C."""

from __future__ import annotations

import math
from collections.abc import Callable

from cntk.execution.kernels import Kernel, kernel
from cntk.execution.passes.simplify import number
from cntk.native.launch import Launch, Place, place, sparse_places
from cntk.shape import is_static

declared: list[Kernel] = []


def along_last(step) -> bool:
    """Whether output and target are alike float32 rows, and the axis is the last."""
    by_name = dict(zip(step.operator.signature.operands, step.operands))
    z, t = by_name["output"], by_name["target"]
    axis, rank = step.attributes["axis"], len(z.shape)
    last = axis in (-1, rank - 1) and z.has_rows and t.has_rows and not z.is_sparse
    return last and is_static(z.shape) and z._dtype.name == "float32" and z.shape == t.shape


def row_counts(z) -> tuple[int, int]:
    """Return (elements along the last axis, how many such rows each row of the layout has)."""
    return z.shape[-1], math.prod(z.shape[:-1])


def target_places(t, slot: int, context) -> list[Place]:
    """Return the places of a target, dense or sparse."""
    return sparse_places(t, slot, context) if t.is_sparse else [place(t, slot, context)]


@kernel(
    "softmax_cross_entropy", declared, backend="native", priority=10, writes=True, when=along_last
)
def bind_softmax_cross_entropy(step, inputs, outputs, context) -> Callable:
    """Bind ``log(sum(exp(output))) - sum(target * output)``."""
    z, t = step.operands
    y, log_sum = step.all_outputs
    here = [place(x, slot, context) for x, slot in zip((z, y, log_sum), (inputs[0], *outputs))]
    rows, n = context.layout_slot(z), row_counts(z)
    if t.is_sparse:
        places = [*here, *sparse_places(t, inputs[1], context)]
        return Launch("sparse_cross_entropy_f32", places, n, rows=rows)
    places = [here[0], place(t, inputs[1], context), *here[1:]]
    return Launch("cross_entropy_f32", places, n, rows=rows)


def _is_first_slope(step) -> bool:
    """Whether the step is a gradient, not one of those that a second derivative brings."""
    return step.operands[0].number == step.operands[1].number and along_last(step)


def is_slope_of_a_sum(step) -> bool:
    """Whether what arrives is one number, as for the sum of a minibatch's losses."""
    return number(step.operands[1]) is not None and _is_first_slope(step)


@kernel(
    "softmax_cross_entropy_slope", declared, backend="native", priority=11, writes=True,
    in_place=(2,), reads=(2, 3, 4), when=is_slope_of_a_sum,
)  # fmt: skip
def bind_slope_of_a_sum(step, inputs, outputs, context) -> Callable:
    """Bind ``number * (exp(output - log_sum) - target)``; nobody has to fill rows with it."""
    z = place(step.operands[2], inputs[2], context)
    return _slope(step, inputs, outputs, context, z, number(step.operands[1]))


@kernel(
    "softmax_cross_entropy_slope", declared, backend="native", priority=10, writes=True,
    in_place=(2,), when=_is_first_slope,
)  # fmt: skip
def bind_softmax_cross_entropy_slope(step, inputs, outputs, context) -> Callable:
    """Bind ``dy * (exp(output - log_sum) - target)``."""
    dy = place(step.operands[1], inputs[1], context)
    return _slope(step, inputs, outputs, context, dy, None)


def _slope(step, inputs, outputs, context, dy: Place, scale: float | None) -> Launch:
    """Return the launch of a gradient; ``dy`` is not looked at where ``scale`` stands for it."""
    _, _, z, t, log_sum = step.operands
    places = [
        place(z, inputs[2], context),
        place(log_sum, inputs[4], context),
        dy,
        place(step.outputs[0], outputs[0], context),
        *target_places(t, inputs[3], context),
    ]
    ints = [*row_counts(z), t.is_sparse, scale is not None]
    floats = [1.0 if scale is None else scale]
    return Launch("cross_entropy_slope_f32", places, ints, floats, context.layout_slot(z))


def plain_vectors(step) -> bool:
    """Whether a look-up is of float32 vectors, one per row."""
    x, values = step.operands
    same = x.has_rows and values.has_rows and len(x.shape) == 1 and x.shape == values.shape
    return same and is_static(x.shape) and not x.is_sparse and x._dtype.name == "float32"


@kernel(
    "value_at_largest", declared, backend="native", priority=10, writes=True, when=plain_vectors
)
def bind_value_at_largest(step, inputs, outputs, context) -> Callable:
    """Bind the look-up of a value where another vector is largest."""
    x, values = step.operands
    places = [
        place(x, inputs[0], context),
        place(step.outputs[0], outputs[0], context),
        *target_places(values, inputs[1], context),
    ]
    ints = [x.shape[0], values.is_sparse]
    return Launch("value_at_largest_f32", places, ints, rows=context.layout_slot(x))
