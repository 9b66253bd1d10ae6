"""Sums over the frames of each sequence."""

from __future__ import annotations

import numpy as np

from cntk.operators.declare import Operand, operator
from cntk.operators.structure import spread_rows


@operator(family="whole")
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
    starts = np.cumsum(layout.lengths) - layout.lengths
    return np.add.reduceat(layout.unpack(x), starts, axis=0)


@total_over_frames.gradient
def total_over_frames_gradient(dy, x):
    return spread_rows(dy, x)
