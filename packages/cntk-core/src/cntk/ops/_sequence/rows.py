"""Packed rows by index: what sequence operators are in a plan."""

from __future__ import annotations

import numpy as np

from cntk.dtypes import computing_dtype
from cntk.errors import ShapeError
from cntk.operators.declare import Operand, operator
from cntk.ops._sequence.reconcile import reconcile_dynamic_axes
from cntk.sparse import Storage


@operator(family="whole")
def row_index(source: Operand, time_steps: Operand):
    """Return the rows of ``source`` at time steps of the same sequences."""


@row_index.shape
def row_index_shape(source):
    return ()


@row_index.axes
def row_index_axes(time_steps):
    return time_steps.dynamic_axes


@row_index.dtype
def row_index_dtype():
    return np.dtype(np.int64)


@row_index.reference
def row_index_reference(time_steps, layouts):
    source, chosen = layouts
    if source.num_samples != chosen.num_samples:
        raise ShapeError(
            f"PackedIndex: time steps of {chosen.describe()} do not fit {source.describe()}"
        )
    sequence = chosen.sequence_of_row if chosen.has_sequences else np.arange(chosen.num_samples)
    time = time_steps.astype(np.int64)
    beyond = time >= source.frames[sequence]
    if beyond.any():
        row = int(np.argmax(beyond))
        raise ShapeError(
            f"PackedIndex: time step {time[row]} is chosen in sequence {sequence[row]}, which has "
            f"{source.frames[sequence[row]]} frames: the condition belongs to longer sequences"
        )
    return source.row_at(sequence, time) if source.has_sequences else sequence


@operator(family="whole")
def edge_rows(source: Operand, at_end: bool):
    """Return the rows of the first, or of the last, frame of each sequence."""


@edge_rows.shape
def edge_rows_shape(source):
    return ()


@edge_rows.axes
def edge_rows_axes(source):
    return source.dynamic_axes[:1]


@edge_rows.dtype
def edge_rows_dtype():
    return np.dtype(np.int64)


@edge_rows.reference
def edge_rows_reference(at_end, layouts):
    layout = layouts[0]
    layout.check_whole("Sequence::Slice")
    return layout.offsets[layout.lengths - 1] + layout.position if at_end else layout.position


@operator(family="whole", no_gradient=("index",), sparse=("x",))
def gather_rows(x: Operand, index: Operand):
    """Return the rows of ``x`` that an index lists; those of sparse data stay sparse."""


@gather_rows.shape
def gather_rows_shape(x):
    return x.shape


@gather_rows.axes
def gather_rows_axes(index):
    return index.dynamic_axes


@gather_rows.storage
def gather_rows_storage(x):
    return Storage.of(x.is_sparse)


@gather_rows.dtype
def gather_rows_dtype(x):
    return x._dtype


@gather_rows.reference
def gather_rows_reference(x, index):
    return x[index]


@gather_rows.gradient
def gather_rows_gradient(dy, x, index):
    return add_at_rows(dy, index, x), None


@operator(family="whole")
def add_at_rows(x: Operand, index: Operand, like: Operand):
    """Add frames up at the rows that an index lists; the result has the rows of ``like``."""


@add_at_rows.shape
def add_at_rows_shape(x):
    return x.shape


@add_at_rows.axes
def add_at_rows_axes(like):
    return like.dynamic_axes


@add_at_rows.dtype
def add_at_rows_dtype(x):
    return x._dtype


@add_at_rows.reference
def add_at_rows_reference(x, index, layouts):
    own, indexed, target = layouts
    if not own.has_lengths_of(indexed):
        raise ShapeError(
            f"ScatterPacked: the condition chooses {indexed.describe()}, the operand has "
            f"{own.describe()}"
        )
    result = np.zeros((target.rows, *x.shape[1:]), computing_dtype(x.dtype))
    if np.bincount(index, minlength=1).max() > 1:
        np.add.at(result, index, x)
    else:
        result[index] = x
    return result.astype(x.dtype, copy=False)


@add_at_rows.gradient
def add_at_rows_gradient(dy, x, index):
    return reconcile_dynamic_axes(gather_rows(dy, index), x), None, None
