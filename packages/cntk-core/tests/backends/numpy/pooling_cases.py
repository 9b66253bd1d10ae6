"""Operands, windows and options of pooling, and the cells of their windows one by one."""

from __future__ import annotations

import itertools

from hypothesis import assume
from hypothesis import strategies as st

from cntk.errors import ShapeError
from cntk.ops._convolution.arguments import flags, numbers
from cntk.ops._pooling.geometry import pooling_axes


def as_options(window, strides=1, auto_padding=False, ceil_out_dim=False):
    """Return a call's arguments as the kernels take them."""
    return {
        "window": numbers("window", window),
        "strides": numbers("strides", strides),
        "auto_padding": flags("auto_padding", auto_padding),
        "ceil_out_dim": ceil_out_dim,
    }


@st.composite
def pooled(draw):
    """Return a static shape and options for it."""
    rank = draw(st.integers(1, 3))
    each = lambda least, most: draw(st.tuples(*[st.integers(least, most)] * rank))
    window = each(1, 4)
    operand = tuple(k + more for k, more in zip(window, each(0, 5)))
    options = {
        "window": window[draw(st.integers(0, rank - 1)) :],
        "strides": each(1, 4)[draw(st.integers(0, rank - 1)) :],
        "auto_padding": draw(st.tuples(*[st.booleans()] * rank)),
        "lower_pad": (draw(st.integers(0, 1)),),
        "upper_pad": (draw(st.integers(0, 1)),),
        "ceil_out_dim": draw(st.booleans()),
    }
    try:
        pooling_axes(operand, **options)
    except ShapeError:
        assume(False)
    return operand, options


def naive_windows(axes):
    """Yield (output, [cells inside the data]) along the pooled axes, row-major."""
    for output in itertools.product(*(range(axis.output) for axis in axes)):
        reads = [
            [
                o * axis.stride - axis.lower + k
                for k in range(axis.window)
                if 0 <= o * axis.stride - axis.lower + k < axis.size
            ]
            for o, axis in zip(output, axes)
        ]
        yield output, list(itertools.product(*reads))
