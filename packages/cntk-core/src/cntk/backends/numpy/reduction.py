"""Sums and broadcasts that fit operands to each other; what only lends its shape is not read."""

from __future__ import annotations

import numpy as np

from cntk.execution.kernels import Kernel, kernel
from cntk.shape import is_static

declared: list[Kernel] = []


def _like_is_static(step) -> bool:
    return is_static(step.operands[1].shape)


@kernel("expand_to", declared, view=True, reads=(0,), when=_like_is_static)
def bind_expand_to(step, inputs, outputs, context):
    """Bind a broadcast to the rows and static shape of the second operand."""
    x, like = step.operands
    source, target = inputs[0], outputs[0]
    shape, layout = tuple(like.shape), context.layout_slot(like)
    inner = (1,) * (len(like.shape) - len(x.shape)) + tuple(x.shape)

    def run(slots):
        array = slots[source]
        if x.has_rows:
            array = array.reshape(len(array), *inner)
        rows = () if layout is None else (slots[layout].rows,)
        slots[target] = np.broadcast_to(array, rows + shape)

    return run


@kernel("sum_to", declared, writes=True, reads=(0,), when=_like_is_static)
def bind_sum_to(step, inputs, outputs, context):
    """Bind a sum over the rows and the static axes that the second operand does not have."""
    x, like = step.operands
    source, target = inputs[0], outputs[0]
    keep_rows = x.has_rows and like.has_rows
    lead = len(x.shape) - len(like.shape)
    aligned = (1,) * lead + tuple(like.shape)
    static = [i for i, (n, m) in enumerate(zip(x.shape, aligned)) if n != m]
    first = 1 if x.has_rows else 0
    axes = tuple(i + first for i in static)
    if x.has_rows and not keep_rows:
        axes = (0, *axes)
    if axes == (0,) and x.has_rows and not lead and not keep_rows:
        return _sum_rows(source, target)

    def run(slots):
        out = slots[target]
        view = out.reshape(*out.shape[:1], *aligned) if keep_rows else out.reshape(aligned)
        array = slots[source]
        kept = tuple(1 if i in axes else n for i, n in enumerate(array.shape))
        into = view.reshape(kept)
        if array.dtype == np.float16:
            into[...] = np.sum(array, axis=axes, dtype=np.float32, keepdims=True)
        else:
            np.sum(array, axis=axes, out=into, keepdims=True)

    return run


def _sum_rows(source: int, target: int):
    """Sum over rows as a product with ones: BLAS is several times faster than a reduction."""

    def run(slots):
        array, out = slots[source], slots[target]
        if array.dtype == np.float16:
            out[...] = np.sum(array, axis=0, dtype=np.float32)
        elif array.flags.c_contiguous:
            ones = np.ones(len(array), array.dtype)
            np.dot(ones, array.reshape(len(array), -1), out=out.reshape(-1))
        else:
            np.sum(array, axis=0, out=out)

    return run
