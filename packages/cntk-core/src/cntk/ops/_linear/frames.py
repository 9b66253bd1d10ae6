"""Sums over the frames of each sequence."""

from __future__ import annotations

import numpy as np

from cntk.layout import Layout
from cntk.operators.declare import Operand, operator
from cntk.operators.structure import spread_rows


@operator(family="whole", derives_layout=True)
def total_over_frames(x: Operand):
    """Return the sum over the frames of each sequence."""


@total_over_frames.shape
def total_over_frames_shape(x):
    return x.shape


@total_over_frames.axes
def total_over_frames_axes(x):
    return x.dynamic_axes[:1]


@total_over_frames.reference
def total_over_frames_reference(x, layouts):
    layout = layouts[0]
    ends = np.cumsum(layout.lengths)
    filled = layout.lengths > 0
    result = np.zeros((layout.num_samples, *x.shape[1:]), x.dtype)
    if filled.any():
        starts = (ends - layout.lengths)[filled]
        result[filled] = np.add.reduceat(layout.unpack(x), starts, axis=0)
    return result, Layout(layout.num_samples)


@total_over_frames.gradient
def total_over_frames_gradient(dy, x):
    return spread_rows(dy, x)
