"""Sparse records by C, where the package was compiled: what :mod:`records` does with arrays.

Only sound records are read so; as soon as one is not, NumPy reads them all and tells which.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from cntk.io.deserializers.cbf.header import StoredStream


class SparseRecords(NamedTuple):
    """What sound records hold, and the word after them.

    Attributes:
        samples: number of samples of each record.
        values: values of all samples.
        places: the place of each value.
        counts: number of values of each sample.
        end: word after the last record.
    """

    samples: np.ndarray
    values: np.ndarray
    places: np.ndarray
    counts: np.ndarray
    end: int


@cache
def library() -> Any:
    """Return the extension module if it was built and reads records, or None."""
    try:
        module = import_module("cntk.io._native")
    except ImportError:
        return None
    return module if hasattr(module.lib, "cbf_read_sparse") else None


def read_sparse(
    words: np.ndarray, at: int, longest: np.ndarray, stream: StoredStream
) -> SparseRecords | None:
    """Return the records of a sparse stream; None where NumPy has to look at them.

    Args:
        words: the chunk, uint32.
        at: word at which the first record begins.
        longest: most samples of each record.
        stream: what is stored.
    """
    module = library()
    if module is None:
        return None
    lib, per_value, count = module.lib, stream.dtype.itemsize // 4, len(longest)
    from_buffer = module.ffi.from_buffer
    chunk = from_buffer("uint32_t[]", np.ascontiguousarray(words, np.uint32))
    starts, samples, sizes = found = np.empty((3, count), np.int64)
    places_of = [from_buffer("int64_t[]", line) for line in found]
    end = lib.cbf_find_sparse(chunk, len(words), at, count, per_value, *places_of)
    if end < 0:
        return None
    total = int(sizes.sum())
    values, places = np.empty(total * per_value, np.uint32), np.empty(total, np.int64)
    counts = np.empty(int(samples.sum()), np.int64)
    unsound = lib.cbf_read_sparse(
        chunk,
        count,
        per_value,
        stream.dim,
        *places_of,
        from_buffer("int64_t[]", np.ascontiguousarray(longest, np.int64)),
        from_buffer("uint32_t[]", values),
        from_buffer("int64_t[]", places),
        from_buffer("int64_t[]", counts),
    )
    if unsound >= 0:
        return None
    return SparseRecords(samples, values.view(stream.dtype), places, counts, end)
