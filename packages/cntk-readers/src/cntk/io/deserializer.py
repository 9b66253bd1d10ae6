"""The interface between data formats and :class:`MinibatchSource`: three methods."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.chunk import Chunk, SequenceRows
from cntk.io.problems import Problems
from cntk.minibatch import StreamInformation
from cntk.sparse import SparseRows, is_csr


class Deserializer(ABC):
    """Reads data of one format, chunk by chunk.

    A subclass says what it holds (:meth:`stream_infos`), in how many chunks (:meth:`num_chunks`),
    and reads one of them (:meth:`get_chunk`). A chunk is what is read from disk at once, and what
    shuffling works with: some ten megabytes, so that sources larger than memory work. Minibatches,
    shuffling, checkpoints and the division among workers are for the :class:`MinibatchSource`.

    Malformed inputs go to ``self.problems.error(chunk_id, Problem(...))``, which raises beyond the
    ``max_errors`` of the source; the sequence is then marked in ``Chunk(is_valid=...)``.

    >>> class Squares(Deserializer):
    ...     def stream_infos(self):
    ...         return [StreamInformation("square", 0, "dense", np.float32, (1,))]
    ...     def num_chunks(self):
    ...         return 2
    ...     def get_chunk(self, chunk_id):
    ...         numbers = np.arange(3 * chunk_id, 3 * chunk_id + 3, dtype=np.float32)
    ...         return {"square": numbers.reshape(3, 1) ** 2}
    >>> from cntk.io import MinibatchSource
    >>> source = MinibatchSource(Squares(), randomize=False, max_sweeps=1)
    >>> source.next_minibatch(4)[source.streams.square].asarray().ravel()
    array([0., 1., 4., 9.], dtype=float32)
    """

    is_composable = True
    """Whether its sequences have keys by which other deserializers can be joined."""

    reads_ahead = False
    """Whether another thread may read a chunk while the one before it is used."""

    broadcast_streams: frozenset[str] = frozenset()
    """Streams whose one sample belongs to all samples of the sequence that they are joined to."""

    @cached_property
    def problems(self) -> Problems:
        """Where malformed inputs are reported; :class:`MinibatchSource` puts its own here."""
        return Problems(self.describe())

    @abstractmethod
    def stream_infos(self) -> list[StreamInformation]:
        """Return the streams."""

    @abstractmethod
    def num_chunks(self) -> int:
        """Return the number of chunks."""

    @abstractmethod
    def get_chunk(self, chunk_id: int) -> Chunk | dict:
        """Return the data of one chunk.

        Args:
            chunk_id: 0, 1, ... below :meth:`num_chunks`.

        Returns:
            For each stream's name: one array or CSR matrix (each row a sample), or a list of
            arrays ``(samples, *shape)`` or CSR matrices (each a sequence); or a :class:`Chunk`.
        """

    def sequence_sizes(self, chunk_id: int) -> np.ndarray | None:
        """Return how much each sequence of a chunk counts, if that is known without reading it."""
        return None

    def sequence_keys(self, chunk_id: int) -> np.ndarray | None:
        """Return the keys of a chunk's sequences, if they are known without reading it."""
        return None

    def in_frames(self) -> bool:
        """Return whether frame mode takes sequences apart; else it refuses long ones."""
        return False

    def describe(self) -> str:
        """Return a name for messages."""
        return type(self).__name__


class UserDeserializer(Deserializer):
    """Base class for data that a script provides; it stands alone in its MinibatchSource.

    It is written as a :class:`Deserializer` is; the example there works with this class, too.
    """

    is_composable = False


def as_chunk(data: Chunk | dict, deserializer: Deserializer, chunk_id: int) -> Chunk:
    """Return what :meth:`Deserializer.get_chunk` gave as a checked :class:`Chunk`.

    Raises:
        ValueError: a stream is missing, or its data do not fit its StreamInformation.
    """
    if isinstance(data, Chunk):
        return data
    where = f"get_chunk({chunk_id}) of {deserializer.describe()}"
    if not isinstance(data, dict):
        raise ArgumentError(f"{where}: expected a dict of streams, got {type(data).__name__}")
    streams = {}
    for info in deserializer.stream_infos():
        if info.name not in data:
            raise ArgumentError(
                f"{where}: stream '{info.name}' is missing; there are {sorted(map(str, data))}"
            )
        streams[info.name] = _pack(data[info.name], info, f"{where}: stream '{info.name}'")
    return Chunk(streams)


def _pack(data, info: StreamInformation, where: str) -> SequenceRows:
    if isinstance(data, np.ndarray) or is_csr(data):
        rows = _rows(data, info, where)
        return SequenceRows(rows, np.ones(len(rows), np.int64))
    if not isinstance(data, Sequence) or not len(data):
        raise ArgumentError(
            f"{where}: expected an array, a CSR matrix, or a list of them with one entry for each "
            f"sequence, got {type(data).__name__}"
        )
    parts = [_rows(part, info, f"{where}, sequence {i}") for i, part in enumerate(data)]
    lengths = np.array([len(part) for part in parts])
    if not lengths.all():
        raise ArgumentError(f"{where}: sequence {int(lengths.argmin())} is empty")
    stack: Any = SparseRows.stack if info.is_sparse else np.concatenate
    return SequenceRows(stack(parts), lengths)


def _rows(data, info: StreamInformation, where: str) -> np.ndarray | SparseRows:
    """Return one array or matrix as rows of the stream's shape and type."""
    if is_csr(data):
        sparse = SparseRows.from_csr(data, info.dtype)
        rows = sparse if info.is_sparse else sparse.to_dense()
        return _check_shape(rows, rows.shape[1:], info, where)
    array = np.asarray(data)
    if array.dtype.kind not in "fiub":
        raise ArgumentError(f"{where}: expected numbers, got {array.dtype}")
    array = array.astype(info.dtype, copy=False)
    if not info.is_sparse:
        return _check_shape(array, array.shape[1:], info, where)
    flat = _check_shape(array, array.shape[1:], info, where).reshape(len(array), -1)
    return SparseRows.from_dense(flat)


def _check_shape(rows, shape, info: StreamInformation, where: str):
    expected = info.shape
    if tuple(shape) != expected and tuple(shape) != (int(np.prod(expected)),):
        raise ArgumentError(
            f"{where}: expected samples of shape {expected}, got {tuple(shape)} "
            "(the first axis counts the samples)"
        )
    if isinstance(rows, np.ndarray):
        return rows.reshape(len(rows), *expected)
    return rows
