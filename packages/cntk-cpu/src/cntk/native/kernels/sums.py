"""Sums that undo broadcasting, in C."""

from __future__ import annotations

import math
from collections.abc import Callable

from cntk.execution.kernels import Kernel, kernel
from cntk.execution.passes.forms import SCALAR, Form, form_in, has_own_order
from cntk.native.launch import Launch, place

declared: list[Kernel] = []


def _form(step, channels_last: bool = False) -> Form | None:
    x, like = step.operands
    if x.is_sparse or like.has_rows or x._dtype.name != "float32" or like._dtype != x._dtype:
        return None
    form = form_in(like, x, channels_last)
    return form if form is not None and form.kind in ("scalar", "periodic") else None


def _either(step) -> list:
    x, like = step.operands
    both = not has_own_order(like, x) and _form(step, channels_last=True) is not None
    return [[x]] if both else []


@kernel(
    "sum_to", declared, backend="native", priority=10, writes=True, reads=(0,),
    when=lambda step: _form(step) is not None,
    channels_last=_either,
)  # fmt: skip
def bind_sum_to(step, inputs, outputs, context) -> Callable:
    """Bind a sum over rows and static axes."""
    x = step.operands[0]
    form = _form(step, x.channels_last)
    assert form is not None
    whole = math.prod(x.shape)
    kept, inner = (1, whole) if form == SCALAR else (form.period_or_stride, form.repeat_or_width)
    places = [place(x, inputs[0], context), place(step.outputs[0], outputs[0], context)]
    ints = [whole // (kept * inner), kept, inner]
    return Launch("sum_to_f32", places, ints, rows=context.layout_slot(x))
