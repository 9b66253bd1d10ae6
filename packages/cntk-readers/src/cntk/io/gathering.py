"""Rows of chunks gathered into minibatches: in C where the package was compiled.

NumPy gathers sparse rows by an index of every value, and rows of many chunks by sorting them by
chunk and back. The C code (``c/gather.c``) copies each run of rows once.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from cntk.io.chunk import Chunk, SequenceRows, is_run
from cntk.io.randomize import Step
from cntk.sparse import SparseRows


@cache
def library() -> Any:
    """Return the extension module if it was built and can gather, or None."""
    try:
        module = import_module("cntk.io._native")
    except ImportError:
        return None
    return module if hasattr(module.lib, "gather_dense") else None


class RowSources:
    """Rows of one kind in several arrays.

    Args:
        parts: arrays ``(rows, *shape)`` of one shape and type, or :class:`SparseRows`;
            :meth:`accepts` tells which.

    >>> sources = RowSources([np.array([[1], [2]]), np.array([[3], [4]])])
    >>> sources.take(np.array([1, 0]), np.array([1, 2]), np.array([0, 1])).ravel()
    array([2, 3, 4])
    """

    def __init__(self, parts: list[Any]) -> None:
        first = parts[0]
        self._is_sparse = isinstance(first, SparseRows)
        values = first.data if self._is_sparse else first
        self._dtype, self._shape = values.dtype, values.shape[1:]
        self._width = first.width if self._is_sparse else 0
        self._row_size = values.dtype.itemsize * int(np.prod(self._shape, dtype=np.int64))
        self._keep = parts
        ffi = library().ffi
        self._records = ffi.new("gather_source[]", len(parts))
        for record, part in zip(self._records, parts):
            record.num_rows = len(part)
            if self._is_sparse:
                record.values = ffi.from_buffer("uint8_t[]", part.data)
                record.places, record.bounds = _longs(part.indices), _longs(part.indptr)
                record.num_values = min(len(part.data), len(part.indices))
            else:
                record.values = ffi.cast("uint8_t *", part.ctypes.data)  # rows may lie apart
                record.stride = part.strides[0]

    @staticmethod
    def accepts(parts: list[Any]) -> bool:
        """Return whether C can gather such rows: there is C, and they lie side by side."""
        if library() is None or len({type(part) for part in parts}) != 1:
            return False
        if isinstance(parts[0], SparseRows):
            kinds = {(part.data.dtype, part.width) for part in parts}
            arrays = [a for p in parts for a in (p.data, p.indices, p.indptr)]
            return len(kinds) == 1 and all(a.ndim == 1 and a.flags.c_contiguous for a in arrays)
        if type(parts[0]) is not np.ndarray:
            return False
        return len({(part.dtype, part.shape[1:]) for part in parts}) == 1 and all(
            part.ndim > 0 and not part.dtype.hasobject and _is_packed(part) for part in parts
        )

    def take(
        self,
        firsts: np.ndarray,
        counts: np.ndarray | None = None,
        part_of: np.ndarray | None = None,
    ) -> Any:
        """Return runs of rows, one after the other, in memory of their own.

        Args:
            firsts: first row of each run.
            counts: rows of each run; default: one.
            part_of: the array that each run comes from; default: the first.

        Raises:
            IndexError: a run leaves its array, or bounds of sparse rows do not rise.
        """
        module = library()
        ffi, lib = module.ffi, module.lib
        runs, values = ffi.new("gather_runs *"), ffi.new("int64_t *")
        keep = [
            None if each is None else np.ascontiguousarray(each, np.int64)
            for each in (part_of, firsts, counts)
        ]
        runs.source_of, runs.firsts, runs.counts = map(_longs, keep)
        runs.num_runs = len(firsts)
        num_rows = lib.gather_check(self._records, len(self._keep), runs, values)
        if num_rows < 0:
            raise IndexError("rows to be gathered lie outside of their chunk")
        if not self._is_sparse:
            rows = np.empty((num_rows, *self._shape), self._dtype)
            out = ffi.from_buffer("uint8_t[]", rows)
            lib.gather_dense(self._records, runs, self._row_size, out)
            return rows
        data, places = np.empty(values[0], self._dtype), np.empty(values[0], np.int64)
        bounds = np.empty(num_rows + 1, np.int64)
        out = ffi.from_buffer("uint8_t[]", data)
        size = self._dtype.itemsize
        lib.gather_sparse(self._records, runs, size, out, _longs(places), _longs(bounds))
        return SparseRows(data, places, bounds, self._width)


def _is_packed(array: np.ndarray) -> bool:
    """Return whether the values of a row lie side by side; rows may lie apart."""
    return array.flags.c_contiguous or (array.strides[0] > 0 and array[0].flags.c_contiguous)


def _longs(array: np.ndarray | None) -> Any:
    ffi = library().ffi
    return ffi.NULL if array is None else ffi.from_buffer("int64_t[]", array)


class StepSources:
    """The sequences of a step, gathered from all of its chunks at once.

    Args:
        step: the order.
        chunks: the data of ``step.chunk_ids``.
    """

    def __init__(self, step: Step, chunks: list[Chunk]) -> None:
        self._step = step
        self._streams = {}
        for name in chunks[0].streams:
            parts = [chunk.streams[name] for chunk in chunks]
            firsts, lengths = np.empty((2, len(step.index)), np.int64)
            for part, here in zip(parts, step.by_chunk):
                index = step.index[here]
                firsts[here], lengths[here] = part.offsets[:-1][index], part.lengths[index]
            self._streams[name] = RowSources([part.rows for part in parts]), firsts, lengths

    @staticmethod
    def accept(chunks: list[Chunk]) -> bool:
        """Return whether C can gather all streams of some chunks."""
        return all(
            RowSources.accepts([chunk.streams[name].rows for chunk in chunks])
            for name in chunks[0].streams
        )

    def take(self, chosen: np.ndarray) -> dict[str, SequenceRows]:
        """Return the streams of some sequences, given by their numbers in the step."""
        if is_run(chosen):
            chosen = slice(int(chosen[0]), int(chosen[-1]) + 1)  # type: ignore[assignment]
        chunk_of = self._step.chunk_of[chosen]
        return {
            name: SequenceRows(sources.take(firsts[chosen], own, chunk_of), own)
            for name, (sources, firsts, lengths) in self._streams.items()
            for own in [lengths[chosen]]
        }
