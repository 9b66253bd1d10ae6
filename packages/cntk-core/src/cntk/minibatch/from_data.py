"""MinibatchSourceFromData: minibatches from arrays in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from cntk.dtypes import FLOAT32, as_dtype
from cntk.errors import ArgumentError
from cntk.minibatch.data import MinibatchData
from cntk.minibatch.limits import FULL_DATA_SWEEP, INFINITELY_REPEAT
from cntk.minibatch.stream import StreamInformation
from cntk.minibatch.user_source import UserMinibatchSource
from cntk.sparse import SparseRows, is_csr
from cntk.value import Value


class MinibatchSourceFromData(UserMinibatchSource):
    """Gives data that lie in memory, in their order, again and again.

    A minibatch never crosses the end of the data: 4 samples by 3 give 3, 1, 3, 1, ...

    Args:
        data_streams: for each stream's name an array or CSR matrix (first axis: samples), a Value,
            what NumPy takes as an array (columns of a data frame: ``frame[["a", "b"]]``), or a pair
            of a list of arrays and a type such as ``Sequence[Tensor[3]]``.
        max_samples: samples after which the source ends; ``FULL_DATA_SWEEP``: one pass.

    Raises:
        TypeError: data of another kind, or streams of different lengths.
        ValueError: no streams, or no data.

    >>> source = MinibatchSourceFromData(dict(x=np.zeros((4, 2), np.float32)))
    >>> [source.next_minibatch(3)[source.streams.x].num_samples for _ in range(3)]
    [3, 1, 3]
    """

    def __init__(self, data_streams, max_samples=INFINITELY_REPEAT) -> None:
        if not data_streams:
            raise ArgumentError(
                "at least one stream must be specified, in the form name=data or name=(data, type)"
            )
        self._data = {name: _as_sequences(name, given) for name, given in data_streams.items()}
        counts = {name: len(data) for name, data in self._data.items()}
        if len(set(counts.values())) > 1:
            raise TypeError(f"all data items must have the same first dimension, got {counts}")
        self._num_sequences = next(iter(counts.values()))
        self._sizes = np.maximum.reduce([data.sizes for data in self._data.values()])
        total = int(self._sizes.sum())
        self._max_samples = total if max_samples == FULL_DATA_SWEEP else max_samples
        self._cursor = self._total = 0
        self._infos = [
            StreamInformation(
                name, i, "sparse" if data.is_sparse else "dense", data.dtype, data.shape
            )
            for i, (name, data) in enumerate(self._data.items())
        ]
        super().__init__()

    def stream_infos(self) -> list[StreamInformation]:
        """Return the streams, in the order in which the data were given."""
        return list(self._infos)

    def next_minibatch(
        self, num_samples, number_of_workers=1, worker_rank=0, device=None
    ) -> dict[StreamInformation, MinibatchData]:
        """Return the next minibatch, ``{}`` when ``max_samples`` are given out.

        Args:
            num_samples: samples of the minibatch, all workers together; at least one sequence.
            number_of_workers: processes that train together.
            worker_rank: which of them asks; it gets each ``number_of_workers``-th sequence.
            device: where the data are wanted.
        """
        if num_samples <= 0:
            raise ArgumentError(
                f"next_minibatch: the minibatch size must be > 0, got {num_samples}"
            )
        if self._total >= self._max_samples:
            return {}
        wanted = min(num_samples, self._max_samples - self._total)
        ends = np.cumsum(self._sizes[self._cursor : self._cursor + wanted])
        count = max(1, int(np.searchsorted(ends, wanted, side="right")))
        begin, end = self._cursor, self._cursor + count
        self._total += int(ends[count - 1])
        self._cursor = end % self._num_sequences
        is_last = self._cursor == 0 or self._total >= self._max_samples
        chosen = slice(begin + worker_rank, end, number_of_workers)
        return {info: self._data[info.name].minibatch(chosen, is_last) for info in self._infos}

    def get_checkpoint_state(self) -> dict:
        """Return the position in the data, and the samples given so far."""
        return {"cursor": self._cursor, "total_num_samples": self._total}

    def restore_from_checkpoint(self, checkpoint: dict) -> None:
        """Continue from a position.

        Args:
            checkpoint: what :meth:`get_checkpoint_state` returned.

        Raises:
            KeyError: ``cursor`` or ``total_num_samples`` is missing.
            ValueError: the position does not lie in these data.
        """
        cursor, total = checkpoint["cursor"], checkpoint["total_num_samples"]
        if not 0 <= cursor < self._num_sequences or total < 0:
            raise ArgumentError(
                f"restore_from_checkpoint: cursor {cursor} is not one of the "
                f"{self._num_sequences} sequences of these data"
            )
        self._cursor, self._total = int(cursor), int(total)


@dataclass(frozen=True)
class _Sequences:
    """The data of one stream, sequences one after the other; without lengths: single samples."""

    rows: Any
    lengths: Any

    def __len__(self) -> int:
        return len(self.rows) if self.lengths is None else len(self.lengths)

    @property
    def sizes(self) -> np.ndarray:
        return np.ones(len(self), np.int64) if self.lengths is None else self.lengths

    @cached_property
    def ends(self) -> np.ndarray:
        return np.cumsum(self.lengths)

    @property
    def is_sparse(self) -> bool:
        return isinstance(self.rows, SparseRows)

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.rows.shape[1:])

    @property
    def dtype(self) -> np.dtype:
        return self.rows.dtype

    def minibatch(self, chosen: slice, is_last: bool) -> MinibatchData:
        if self.lengths is None:
            rows, lengths = self.rows[chosen], None
        else:
            lengths = self.lengths[chosen]
            shift = self.ends[chosen] - np.cumsum(lengths)
            rows = self.rows[np.repeat(shift, lengths) + np.arange(lengths.sum())]
        count = len(rows) if lengths is None else len(lengths)
        return MinibatchData(Value.from_rows(rows, lengths), count, len(rows), is_last)


def _as_sequences(name: str, given) -> _Sequences:
    data, kind = given if isinstance(given, tuple) and len(given) == 2 else (given, None)
    has_sequences = _is_sequence_type(kind)
    if not isinstance(data, (Value, np.ndarray)) and not is_csr(data):
        if hasattr(data, "__array__"):  # a data frame, or a tensor of another library
            data = np.asarray(data)
    if isinstance(data, Value):
        rows, lengths = _unpacked(name, data)
    elif is_csr(data) or isinstance(data, np.ndarray):
        rows, lengths = _rows(name, data), None
        if has_sequences and not is_csr(data):
            # (sequences, time, *shape): all of one length
            lengths = np.full(len(rows), rows.shape[1] if rows.ndim > 1 else 1, np.int64)
            rows = rows.reshape(-1, *rows.shape[2:])
    elif isinstance(data, list) and data and all(_is_rows(part) for part in data):
        rows, lengths = _join(name, data, has_sequences)
    else:
        raise TypeError(
            f"stream '{name}': data must be a numpy.array or scipy.sparse.csr_matrix, or a list "
            f"of those, got {type(data).__name__}"
        )
    if not len(rows):
        raise ArgumentError(f"stream '{name}': data is empty")
    return _Sequences(rows, lengths)


def _is_sequence_type(kind) -> bool:
    """Return whether a type, a dictionary such as ``Sequence[Tensor[3]]``, has a sequence axis."""
    return isinstance(kind, Mapping) and len(kind.get("dynamic_axes", ())) > 1


def _unpacked(name: str, value: Value) -> tuple[Any, Any]:
    rows: Any = value.rows
    if value.layout is None:
        raise ArgumentError(f"stream '{name}': a Value without a batch axis has no samples")
    return value.layout.unpack(rows), value.layout.lengths


def _join(name: str, data: list, has_sequences: bool):
    if not has_sequences:
        raise TypeError(
            f"stream '{name}': a list of arrays is a list of sequences and needs a type; "
            f"try: {name}=(data, Sequence[Tensor[...]])"
        )
    parts = [_rows(name, part) for part in data]
    if len({part.shape[1:] for part in parts}) > 1 or not all(len(part) for part in parts):
        raise ArgumentError(
            f"stream '{name}': sequences must have at least one sample and one sample shape, got "
            f"arrays of shapes {sorted({part.shape for part in parts})}"
        )
    lengths = np.array([len(part) for part in parts])
    if isinstance(parts[0], SparseRows):
        return SparseRows.stack(parts), lengths
    return np.concatenate(parts), lengths


def _is_rows(data) -> bool:
    return is_csr(data) or (isinstance(data, np.ndarray) and data.ndim > 0)


def _rows(name: str, data) -> Any:
    """Return an array or matrix in an element type of the graph."""
    if is_csr(data):
        rows = SparseRows.from_csr(data)
        return SparseRows.from_csr(rows, _dtype_for(name, rows.dtype))
    if data.ndim == 0:
        raise ArgumentError(f"stream '{name}': data needs a first axis that counts the samples")
    return data.astype(_dtype_for(name, data.dtype), copy=False)


def _dtype_for(name: str, dtype: np.dtype) -> np.dtype:
    if dtype.kind in "iub":
        return FLOAT32
    if dtype.kind != "f":
        raise ArgumentError(f"stream '{name}': data type {dtype} is not supported")
    return as_dtype(dtype)
