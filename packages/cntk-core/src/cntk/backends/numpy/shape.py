"""Joining and taking apart, written into the plan's memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cntk.execution.kernels import Kernel, kernel
from cntk.ops._shape.cut import window
from cntk.shape import is_static

declared: list[Kernel] = []


def _fit_as_they_are(step) -> bool:
    """Whether parts agree in rows and in all axes but the one along which they are joined."""
    axis = step.attributes["axis"]
    shapes = {x.shape[:axis] + x.shape[axis + 1 :] for x in step.operands}
    return len(shapes) == 1 and len({x.has_rows for x in step.operands}) == 1


@kernel("join", declared, writes=True, when=_fit_as_they_are)
def bind_join(step, inputs, outputs, context) -> Callable:
    """Bind one copy of each part."""
    y = outputs[0]
    axis = step.attributes["axis"] + step.outputs[0].has_rows

    def run(slots):
        np.concatenate([slots[x] for x in inputs], axis=axis, out=slots[y])

    return run


@kernel("put_back", declared, writes=True, reads=(0,), when=lambda step: is_static(
    step.operands[1].shape))  # fmt: skip
def bind_put_back(step, inputs, outputs, context) -> Callable:
    """Bind zeros and one copy; the second operand only lends its shape."""
    x, y = inputs[0], outputs[0]
    where = window((1, *step.outputs[0].shape), step.attributes["ranges"])
    if not step.outputs[0].has_rows:
        where = where[1:]

    def run(slots):
        out = slots[y]
        out.fill(0)
        out[where] = slots[x]

    return run
