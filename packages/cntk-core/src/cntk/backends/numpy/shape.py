"""Views with other axes, which only cost a call, and what is joined in the plan's memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cntk.execution.kernels import Kernel, kernel
from cntk.ops._indexing.cut import window
from cntk.shape import is_static

declared: list[Kernel] = []


def _is_known(step) -> bool:
    """Whether all sizes but the number of rows are known."""
    return is_static(step.operands[0].shape) and is_static(step.outputs[0].shape)


@kernel("set_shape", declared, view=True, when=_is_known)
def bind_set_shape(step, inputs, outputs, context) -> Callable:
    """Bind a view of the same elements in another shape."""
    (x,), (y,) = inputs, outputs
    shape, has_rows = step.attributes["shape"], step.outputs[0].has_rows

    def run(slots):
        array = slots[x]
        slots[y] = array.reshape((len(array), *shape) if has_rows else shape)

    return run


@kernel("permute", declared, view=True)
def bind_permute(step, inputs, outputs, context) -> Callable:
    """Bind a view with axes in another order."""
    (x,), (y,) = inputs, outputs
    order = step.attributes["order"]
    if step.outputs[0].has_rows:
        order = (0, *(axis + 1 for axis in order))

    def run(slots):
        slots[y] = slots[x].transpose(order)

    return run


@kernel("cut", declared, view=True, when=_is_known)
def bind_cut(step, inputs, outputs, context) -> Callable:
    """Bind a view of a part."""
    (x,), (y,) = inputs, outputs
    where = _indices(step.operands[0], step.attributes["ranges"])

    def run(slots):
        slots[y] = slots[x][where]

    return run


def _indices(x, ranges: tuple) -> tuple[slice, ...]:
    """Return the index that picks ranges from the array of a value of known sizes."""
    found = window((1, *x.shape), ranges)
    return found if x.has_rows else found[1:]


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


def _like_is_known(step) -> bool:
    return is_static(step.operands[1].shape)


@kernel("put_back", declared, writes=True, reads=(0,), when=_like_is_known)
def bind_put_back(step, inputs, outputs, context) -> Callable:
    """Bind zeros and one copy; the second operand only lends its shape."""
    x, y = inputs[0], outputs[0]
    where = _indices(step.outputs[0], step.attributes["ranges"])

    def run(slots):
        out = slots[y]
        out.fill(0)
        out[where] = slots[x]

    return run
