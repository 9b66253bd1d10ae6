"""Chunks: what a deserializer hands over, and sequences packed into rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from cntk.sparse import SparseRows


@dataclass(frozen=True)
class SequenceRows:
    """Sequences of one stream, one after the other in the rows of one array.

    Attributes:
        rows: array ``(total samples, *sample shape)``, :class:`SparseRows`, or ``DeferredRows``.
        lengths: samples of each sequence.

    >>> sequences = SequenceRows(np.array([[1.], [2.], [3.]]), np.array([2, 1]))
    >>> sequences.take(np.array([1, 0])).rows.ravel()
    array([3., 1., 2.])
    """

    rows: Any
    lengths: np.ndarray

    @cached_property
    def offsets(self) -> np.ndarray:
        """First row of each sequence, and the number of rows at the end."""
        return np.concatenate(([0], np.cumsum(self.lengths)))

    @cached_property
    def is_plain(self) -> bool:
        """Whether each sequence is one sample."""
        return bool((self.lengths == 1).all())

    def take(self, sequences: np.ndarray) -> SequenceRows:
        """Return chosen sequences, in the order of the indices."""
        if is_run(sequences):  # much faster than gathering
            span = slice(int(sequences[0]), int(sequences[-1]) + 1)
            rows = self.rows[self.offsets[span.start] : self.offsets[span.stop]]
            # what nobody can write, such as the memory of tables, is shared
            own = rows.copy() if isinstance(rows, np.ndarray) and rows.flags.writeable else rows
            return SequenceRows(own, self.lengths[span])
        if self.is_plain:
            return SequenceRows(self.rows[sequences], self.lengths[sequences])
        lengths = self.lengths[sequences]
        shift = self.offsets[sequences] - (np.cumsum(lengths) - lengths)
        return SequenceRows(
            self.rows[np.repeat(shift, lengths) + np.arange(lengths.sum())], lengths
        )

    def shaped(self, shape: tuple[int, ...]) -> SequenceRows:
        """Return the same dense samples with another static shape."""
        return SequenceRows(self.rows.reshape(len(self.rows), *shape), self.lengths)

    @staticmethod
    def join(parts: list[SequenceRows]) -> SequenceRows:
        """Return the sequences of all parts, one part after the other."""
        if len(parts) == 1:
            return parts[0]
        rows = stack_rows([part.rows for part in parts])
        return SequenceRows(rows, np.concatenate([part.lengths for part in parts]))

    @property
    def num_bytes(self) -> int:
        """Memory of the rows and lengths."""
        if isinstance(self.rows, SparseRows):
            arrays = self.rows.data, self.rows.indices, self.rows.indptr, self.lengths
            return sum(a.nbytes for a in arrays)
        return self.rows.nbytes + self.lengths.nbytes


def is_run(numbers: np.ndarray) -> bool:
    """Return whether numbers follow each other without a gap; at least one of them.

    >>> is_run(np.array([3, 4, 5])), is_run(np.array([3, 5, 4])), is_run(np.array([], int))
    (True, False, False)
    """
    count = len(numbers)
    if not count or numbers[-1] - numbers[0] != count - 1:
        return False
    return bool((np.diff(numbers) == 1).all())


def stack_rows(parts: list[Any]) -> Any:
    """Return arrays, or rows of another kind, one after the other."""
    if len(parts) == 1:
        return parts[0]
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)
    return type(parts[0]).stack(parts)


class Parts(NamedTuple):
    """Which parts of sequences stand side by side in a minibatch.

    Attributes:
        starts: whether each begins a sequence, or goes on from the last part in the same slot.
        ends: whether each is the end of a sequence.
        slots: slot of each; those of one slot follow each other in time.
    """

    starts: list[bool]
    ends: list[bool]
    slots: list[int]


class Chunk:
    """A part of a data source that is read at once.

    Args:
        streams: the sequences of each stream by name; all streams have the same number of them.
        keys: identity of each sequence, by which several deserializers are joined; default: none.
        sizes: how much each sequence counts in a minibatch; default: the longest of its streams.
        is_valid: False for sequences that are left out because they are malformed; default: all.
        parts: which parts of sequences they are; default: all are whole.
    """

    def __init__(
        self,
        streams: dict[str, SequenceRows],
        keys=None,
        sizes=None,
        is_valid=None,
        parts: Parts | None = None,
    ) -> None:
        self.streams, self.keys, self.parts = streams, keys, parts
        lengths = [sequences.lengths for sequences in streams.values()]
        if len({len(each) for each in lengths}) > 1:
            counts = {name: len(part.lengths) for name, part in streams.items()}
            raise ValueError(
                f"the streams of a chunk have different numbers of sequences: {counts}"
            )
        self.num_sequences = len(lengths[0])
        self.sizes = np.maximum.reduce(lengths) if sizes is None else sizes
        self.is_valid = np.ones(self.num_sequences, bool) if is_valid is None else is_valid

    def take(self, sequences: np.ndarray) -> Chunk:
        """Return chosen sequences, in the order of the indices."""
        return Chunk(
            {name: part.take(sequences) for name, part in self.streams.items()},
            None if self.keys is None else self.keys[sequences],
            self.sizes[sequences],
            self.is_valid[sequences],
        )

    @cached_property
    def num_bytes(self) -> int:
        """Memory of all streams, keys and sizes."""
        keys = 0 if self.keys is None else self.keys.nbytes
        streams = sum(sequences.num_bytes for sequences in self.streams.values())
        return streams + keys + self.sizes.nbytes + self.is_valid.nbytes


def gather(chunks: list[Chunk], chunk_of: np.ndarray, index: np.ndarray) -> Chunk:
    """Return chosen sequences of several chunks, in the order of the choice.

    Args:
        chunks: at least one.
        chunk_of: for each sequence the position of its chunk in ``chunks``.
        index: for each sequence its number in its chunk.
    """
    if len(chunks) == 1:
        return chunks[0].take(index)
    order = np.argsort(chunk_of, kind="stable")
    bounds = np.searchsorted(chunk_of[order], np.arange(len(chunks) + 1))
    parts = [
        chunk.take(index[order[begin:end]])
        for chunk, begin, end in zip(chunks, bounds, bounds[1:])
        if end > begin
    ] or [chunks[0].take(index)]
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    return join(parts).take(back)


def join(parts: list[Chunk]) -> Chunk:
    """Return the sequences of all parts, one part after the other, without keys."""
    if len(parts) == 1:
        return parts[0]
    streams = {
        name: SequenceRows.join([part.streams[name] for part in parts]) for name in parts[0].streams
    }
    sizes = np.concatenate([part.sizes for part in parts])
    return Chunk(streams, None, sizes, np.concatenate([part.is_valid for part in parts]))
