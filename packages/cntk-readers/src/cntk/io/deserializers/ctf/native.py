"""Regular lines by the reader in C, in threads: what :mod:`bulk` does with arrays, and faster.

The C code (``c/ctf.c``) is optional: it is compiled when the package is installed, and where that
was not possible, :mod:`bulk` reads. Both read the same lines, and to the same numbers. The lines of
a chunk are divided into as many parts as there are threads; the parts are put together in their
order, so the number of threads does not matter.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from cntk.io.deserializers.ctf.layout import Input, Rows
from cntk.io.deserializers.ctf.scratch import Scratch, borrowed

_MOST_THREADS = 4
_LEAST_BYTES = 256 << 10  # of a part
_SHORTEST_VALUE = 2  # bytes: a digit and a blank


@cache
def _loaded() -> Any:
    try:
        return import_module("cntk.io._native")
    except ImportError as error:
        return error


def is_available() -> bool:
    """Return whether the C code was built and loads."""
    return not isinstance(_loaded(), ImportError)


def reason() -> str | None:
    """Return why the C code is not there; None where it is."""
    loaded = _loaded()
    return str(loaded) if isinstance(loaded, ImportError) else None


@cache
def num_threads() -> int:
    """Return the number of threads that read a chunk."""
    known = hasattr(os, "sched_getaffinity")
    cores = len(os.sched_getaffinity(0)) if known else os.cpu_count() or 1
    return min(cores, _MOST_THREADS)


def line_starts(text: np.ndarray, begin: int, end: int) -> np.ndarray:
    """Return the first byte of each line of ``text[begin:end]``, which ends with a newline."""
    ffi, lib = _loaded().ffi, _loaded().lib
    capacity = max(1024, (end - begin) // 64)
    while True:
        starts = np.empty(capacity, np.int64)
        found = lib.ctf_find_lines(
            ffi.from_buffer("uint8_t[]", text), begin, end, _longs(starts), capacity
        )
        if found < 0:
            raise ValueError("the text does not end with a newline")
        if found <= capacity:
            return starts[:found]
        capacity = found


def sequence_ids(text: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the sequence id that each line begins with (uint64), and the byte after it.

    Raises:
        OverflowError: an id does not fit in 64 bits.
    """
    ffi, lib = _loaded().ffi, _loaded().lib
    starts = np.ascontiguousarray(starts, np.int64)
    ids, ends = np.empty(len(starts), np.uint64), np.empty(len(starts), np.int64)
    wrong = lib.ctf_read_ids(
        ffi.from_buffer("uint8_t[]", text),
        len(text),
        _longs(starts),
        len(starts),
        ffi.from_buffer("uint64_t[]", ids),
        _longs(ends),
    )
    if wrong >= 0:
        raise OverflowError(int(starts[wrong]))
    return ids, ends


def read_lines(
    text: np.ndarray, begins: np.ndarray, prefix_ends: np.ndarray, end: int, inputs: list[Input]
) -> tuple[list[Rows], np.ndarray]:
    """Return the samples of regular lines for each input, and the irregular lines.

    Args:
        text: padded uint8 array.
        begins: first byte of each line.
        prefix_ends: byte after the sequence id of each line.
        end: byte after the newline of the last line.
        inputs: what is wanted.
    """
    bounds = np.append(begins, end)
    prefix_ends = np.ascontiguousarray(prefix_ends, np.int64)
    irregular = np.empty(len(begins), np.uint8)
    count = max(1, min(num_threads(), (end - int(begins[0])) // _LEAST_BYTES))
    wanted = int(begins[0]) + (end - int(begins[0])) * np.arange(1, count) // count
    cuts = [0, *np.searchsorted(begins, wanted).tolist(), len(begins)]
    with ExitStack() as stack:
        parts = [
            _Part(
                text,
                bounds,
                prefix_ends,
                slice(first, last),
                inputs,
                irregular,
                stack.enter_context(borrowed("samples")),
            )
            for first, last in zip(cuts, cuts[1:])
        ]
        run: Callable = _threads(os.getpid()).map if count > 1 else map
        list(run(_Part.read, parts))
        rows = [_joined([part.rows(i) for part in parts], run) for i in range(len(inputs))]
    return rows, np.flatnonzero(irregular)


@cache
def _threads(process: int) -> ThreadPoolExecutor:
    """Return the threads of a process; a forked one has its own."""
    return ThreadPoolExecutor(num_threads(), "cntk.io.ctf")


class _Part:
    """Lines that one thread reads, and the arrays that it fills."""

    def __init__(
        self, text, bounds, prefix_ends, lines: slice, inputs, irregular, scratch: Scratch
    ) -> None:
        ffi = _loaded().ffi
        self._text, self._bounds, self._ends = text, bounds, prefix_ends
        self._lines, self._inputs, self._irregular = lines, inputs, irregular
        size = int(bounds[lines.stop] - bounds[lines.start])
        self._records = ffi.new("ctf_input[]", len(inputs))
        self._arrays: list[tuple[np.ndarray, ...]] = []
        self._kept = []
        for i, (record, wanted) in enumerate(zip(self._records, inputs)):
            # memory that nothing is written to is never taken from the system
            most_values = size // (2 * _SHORTEST_VALUE if wanted.is_sparse else _SHORTEST_VALUE) + 1
            samples = lines.stop - lines.start
            arrays = (
                scratch.array(f"values {i}", most_values, np.float32),
                scratch.array(f"places {i}", most_values if wanted.is_sparse else 1, np.int64),
                scratch.array(f"lines {i}", samples, np.int64),
                scratch.array(f"counts {i}", samples, np.int64),
            )
            alias = ffi.from_buffer("uint8_t[]", wanted.alias)
            record.alias, record.alias_size = alias, len(wanted.alias)
            record.is_sparse, record.dim = wanted.is_sparse, wanted.dim
            record.values = ffi.from_buffer("float[]", arrays[0])
            record.places, record.lines, record.counts = map(_longs, arrays[1:])
            record.value_capacity, record.sample_capacity = most_values, samples
            record.seen = -1
            self._arrays.append(arrays)
            self._kept.append(alias)

    def read(self) -> None:
        """Read the lines; other Python threads run meanwhile."""
        ffi, lib = _loaded().ffi, _loaded().lib
        lib.ctf_read_lines(
            ffi.from_buffer("uint8_t[]", self._text),
            _longs(self._bounds),
            _longs(self._ends),
            self._lines.start,
            self._lines.stop,
            self._records,
            len(self._inputs),
            ffi.from_buffer("uint8_t[]", self._irregular),
        )

    def rows(self, i: int) -> Rows:
        """Return the samples of one input."""
        record, wanted = self._records[i], self._inputs[i]
        values, places, lines, counts = self._arrays[i]
        values, lines = values[: record.num_values], lines[: record.num_samples]
        if not wanted.is_sparse:
            return Rows(lines, values.reshape(len(lines), wanted.dim))
        return Rows(lines, values, places[: record.num_values], counts[: record.num_samples])


def _longs(array: np.ndarray):
    """Return an array of int64 as C sees it."""
    return _loaded().ffi.from_buffer("int64_t[]", array)


def _joined(parts: list[Rows], run: Callable) -> Rows:
    """Return the samples of all parts, in memory of their own."""
    columns = ["lines", "values"]
    if parts[0].counts is not None:
        columns += ["indices", "counts"]
    joined, copies = [], []
    for name in columns:
        arrays = [getattr(part, name) for part in parts]
        whole = np.empty((sum(map(len, arrays)), *arrays[0].shape[1:]), arrays[0].dtype)
        ends = np.cumsum([len(array) for array in arrays]).tolist()
        copies.append([(whole[e - len(array) : e], array) for e, array in zip(ends, arrays)])
        joined.append(whole)
    list(run(_copy, zip(*copies)))
    return Rows(*joined)


def _copy(pairs) -> None:
    for target, source in pairs:
        target[...] = source
