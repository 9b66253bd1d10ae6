"""Moving frames along time, in packed rows."""

from __future__ import annotations

import itertools

import numpy as np

from cntk.continuation import Passage
from cntk.errors import ShapeError
from cntk.layout import Layout
from cntk.operators.declare import Operand, operator
from cntk.operators.structure import sum_frames
from cntk.shape import broadcast_shapes


@operator(family="whole")
def delay_rows(x: Operand, boundary: Operand, steps: int, passage: Passage | None = None):
    """Return each frame's value ``steps`` frames before (later if negative), or the boundary's.

    ``boundary`` has no dynamic axes, or is per sample, or has a value for each frame of the result;
    ``x`` may lack dynamic axes if the boundary has all of them. Where a sequence goes on in another
    minibatch, frames of that are read through ``passage``, and are zeros without it.
    """


@delay_rows.shape
def delay_rows_shape(x, boundary):
    return broadcast_shapes(x.shape, boundary.shape)


@delay_rows.axes
def delay_rows_axes(x, boundary):
    return x.dynamic_axes or boundary.dynamic_axes


@delay_rows.reference
def delay_rows_reference(x, boundary, steps, passage, layouts):
    layout = layouts[0] or layouts[1]
    x, boundary = _with_ranks(x, layouts[0], boundary, layouts[1])
    shape = np.broadcast_shapes(x.shape[1:], boundary.shape[1:])
    result = np.empty((layout.rows, *shape), x.dtype)
    later, earlier = layout.partners(abs(steps))
    target, source = (later, earlier) if steps > 0 else (earlier, later)
    result[target] = x[source] if layouts[0] else x
    outside = np.ones(layout.rows, bool)
    outside[target] = False
    result[outside] = _at(boundary, layouts[1], layout, outside)
    if passage is not None:
        before = None
        if layout.continues or layout.shortest < steps:
            initial = _per_sequence(boundary, layouts[1], layout)
            initial = np.broadcast_to(initial, (layout.num_samples, *shape))
            before = passage.before(initial, steps, layout)
            for time, rows, _ in itertools.islice(layout.steps(), steps):
                result[rows] = before[time, : rows.stop - rows.start]
        if x.shape != result.shape:
            x = np.broadcast_to(x, result.shape)
        passage.leave(x, steps, layout, before)
    elif layout.continues and steps > 0:
        parted = ~layout.begins[layout.place_of_row]
        result[outside & parted] = 0
    elif layout.goes_on and steps < 0:
        parted = ~layout.finishes[layout.place_of_row]
        result[outside & parted] = 0
    return result


def _with_ranks(x, x_layout, boundary, boundary_layout):
    """Return both arrays with a row axis and static axes of the same rank."""
    arrays = [a if lay else a[None] for a, lay in ((x, x_layout), (boundary, boundary_layout))]
    rank = max(array.ndim for array in arrays)
    return [a.reshape(len(a), *(1,) * (rank - a.ndim), *a.shape[1:]) for a in arrays]


def _at(boundary, own: Layout | None, layout: Layout, rows: np.ndarray) -> np.ndarray:
    if own is None:
        return boundary
    return boundary[rows if own.has_sequences else layout.sequence_of_row[rows]]


def _per_sequence(boundary, own: Layout | None, layout: Layout) -> np.ndarray:
    """Return what stands before the first frame of each sequence, in the order of packing."""
    if own is None:
        return boundary
    return boundary[: layout.num_samples] if own.has_sequences else boundary[layout.order]


@delay_rows.gradient
def delay_rows_gradient(dy, x, boundary, steps, wanted):
    dx = delay_rows(dy, 0, -steps) if "x" in wanted else None
    if "boundary" not in wanted:
        return dx, None
    outside = delay_rows(0, dy, steps)
    return dx, sum_frames(outside) if len(boundary.dynamic_axes) == 1 else outside


@operator(family="whole")
def boundary_rows(initial: Operand, x: Operand, steps: int):
    """Return, for frames of ``x`` whose delayed value lies outside, the row of ``initial`` instead.

    The sequences of ``initial`` lie before those of ``x``, or behind them for negative ``steps``.
    Other frames get any row.
    """


@boundary_rows.shape
def boundary_rows_shape():
    return ()


@boundary_rows.axes
def boundary_rows_axes(x):
    return x.dynamic_axes


@boundary_rows.dtype
def boundary_rows_dtype():
    return np.dtype(np.int64)


@boundary_rows.reference
def boundary_rows_reference(steps, layouts):
    initial, layout = layouts
    count = abs(steps)
    for each in layouts:
        each.check_whole("PastValue with a sequence as initial state")
    if ((initial.lengths != 1) & (initial.lengths < count)).any():
        raise ShapeError(
            f"PastValue operation requires second argument (initialState) sequences to be either "
            f"of length 1 or at least as long as the timestep ({count}); there are "
            f"{initial.describe()}"
        )
    sequence, time = layout.sequence_of_row, layout.time_of_row
    lengths = initial.lengths[sequence]
    seen = time + (lengths - count if steps > 0 else count - layout.lengths[sequence])
    return initial.row_at(sequence, np.clip(seen, 0, lengths - 1))
