"""One-hot data from indices."""

from __future__ import annotations

from operator import index

import numpy as np

from cntk.dtypes import FLOAT32, as_dtype
from cntk.errors import ArgumentError, ShapeError
from cntk.sparse import SparseRows
from cntk.value import Value


def one_hot_value(batch, num_classes, dtype=FLOAT32) -> Value:
    """Return sparse one-hot data; see :meth:`cntk.Value.one_hot`."""
    if isinstance(batch, np.ndarray):
        batch = batch.tolist()
    shape = _shape(num_classes)
    width, dtype = shape[-1], as_dtype(dtype)
    if not isinstance(batch, (list, tuple)) or not len(batch):
        raise ArgumentError("one_hot: batch must be a list of ints, or a list of lists of ints")
    kinds = {isinstance(part, (list, tuple, np.ndarray)) for part in batch}
    if kinds == {True, False}:
        raise ArgumentError("one_hot: input must be a list of ints, or a list of lists of ints")
    nested = kinds == {True}
    if nested and not all(map(len, batch)):
        empty = next(i for i, part in enumerate(batch) if not len(part))
        raise ArgumentError(
            f"one_hot: input must be a list of list of integers; sequence {empty} has none"
        )
    flat = [i for part in batch for i in part] if nested else list(batch)
    if not all(isinstance(i, (int, np.integer)) and not isinstance(i, bool) for i in flat):
        raise ArgumentError("one_hot: indices must be ints")
    lengths = [len(part) for part in batch] if nested else None
    kept = [i for i in flat if i != Value.ONE_HOT_SKIP]
    if kept and not 0 <= min(kept) <= max(kept) < width:
        wrong = next(i for i in kept if not 0 <= i < width)
        raise ArgumentError(f"one-hot index value ({wrong}) exceeds vocabulary size ({width}).")
    counts = np.array([i != Value.ONE_HOT_SKIP for i in flat], np.int64)
    indptr = np.concatenate(([0], np.cumsum(counts)))
    rows = SparseRows(np.ones(len(kept), dtype), np.array(kept, np.int64), indptr, width)
    if len(shape) > 1:
        return _one_hot_samples(rows, lengths, shape)
    return Value.from_rows(rows, lengths)


def _shape(num_classes) -> tuple[int, ...]:
    try:
        sizes = num_classes if isinstance(num_classes, (tuple, list)) else (num_classes,)
        shape = tuple([index(size) for size in sizes])
    except TypeError:
        shape = ()
    if not shape or min(shape) < 1:
        raise ArgumentError(
            "one_hot: num_classes must be a positive int, or a shape whose last size is the number "
            f"of classes, not {num_classes!r}"
        )
    return shape


def _one_hot_samples(rows: SparseRows, lengths, shape: tuple[int, ...]) -> Value:
    """Return one-hot data whose samples are tensors of several one-hot rows."""
    per_sample = int(np.prod(shape[:-1]))
    if any(n % per_sample for n in (lengths or [len(rows)])):
        raise ShapeError(
            f"one_hot: the number of indices must be a multiple of {per_sample} for {shape}"
        )
    width = per_sample * rows.width
    place = np.arange(len(rows)) % per_sample
    indices = rows.indices + rows.width * place[rows.row_of_value()]
    samples = SparseRows(rows.data, indices, rows.indptr[::per_sample], width)
    counts = [n // per_sample for n in lengths] if lengths is not None else None
    value = Value.from_rows(samples, counts)
    value._tensor_shape = shape
    return value
