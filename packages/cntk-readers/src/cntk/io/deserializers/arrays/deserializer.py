"""NumPyDeserializer: arrays in npy and npz files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.chunk import Chunk, SequenceRows
from cntk.io.deserializer import Deserializer
from cntk.io.deserializers.arrays.archive import ArrayArchive, is_zip
from cntk.io.deserializers.arrays.rows import ClassRows, DenseRows, MatrixRows
from cntk.io.deserializers.arrays.stored import Array, open_npy
from cntk.io.problems import Problem, data_error
from cntk.io.streams import sample_shape
from cntk.minibatch import StreamInformation

CHUNK_BYTES = 32 << 20
LARGEST_COMPRESSED = 1 << 30
_READER = "NumPyDeserializer"


class NumPyDeserializer(Deserializer):
    """Reads arrays that NumPy saved: ``numpy.savez``, ``numpy.save``, ``scipy.sparse.save_npz``.

    The first axis of an array counts the samples. With ``is_sparse=True`` an array of whole numbers
    holds classes, which become one-hot. ``lengths`` names arrays with the lengths of sequences,
    whose samples follow each other; streams without are one sample each.

    Rows are read where they are needed, so that files may be larger than memory; arrays that
    ``numpy.savez_compressed`` wrote are read whole. Nothing is unpickled. NaN is a number here.

    Args:
        source: path of an npz file; of an npy file; or a dictionary from fields to npy files and
            to npz files of sparse matrices.
        streams: :class:`StreamDefs`; ``field`` is the name of the array, by default that of the
            stream; ``shape`` may be left out, but for classes.
        lengths: name of the array with the lengths of sequences; a dictionary, where streams have
            different ones.
        dtype: element type of samples.
        max_bytes: compressed arrays take at most so much memory.

    Raises:
        ValueError: a stream's definition does not fit its array.
        RuntimeError: a file is missing or damaged.

    >>> import tempfile
    >>> from cntk.io import MinibatchSource, StreamDef, StreamDefs
    >>> path = tempfile.mkdtemp() + "/train.npz"
    >>> np.savez(path, x=[[1, 2], [3, 4], [5, 6]], y=[0, 1], size=[1, 2])
    >>> streams = StreamDefs(x=StreamDef(), y=StreamDef(shape=2, is_sparse=True))
    >>> reader = NumPyDeserializer(path, streams, lengths={"x": "size"})
    >>> source = MinibatchSource(reader, randomize=False)
    >>> [part.tolist() for part in source.next_minibatch(3)[source.streams.x].as_sequences()]
    [[[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]]]
    """

    reads_ahead = True

    def __init__(
        self,
        source,
        streams,
        lengths: str | Mapping[str, str] | None = None,
        dtype=np.float32,
        max_bytes: int = LARGEST_COMPRESSED,
    ) -> None:
        if not streams:
            raise ArgumentError(f"{_READER}: no streams to read; give StreamDefs(name=...)")
        if not isinstance(source, (str, os.PathLike, Mapping)) or not source:
            raise ArgumentError(
                f"{_READER}: a source is a path, or a dictionary from fields to paths, "
                f"not {source!r}"
            )
        self._definitions, self._dtype, self._max_bytes = dict(streams), np.dtype(dtype), max_bytes
        self._source: str | dict[str, str] = (
            {field: os.fspath(path) for field, path in source.items()}
            if isinstance(source, Mapping)
            else os.fspath(source)
        )
        given = dict.fromkeys(streams, lengths) if isinstance(lengths, str) else dict(lengths or {})
        self._lengths_of: dict[str, str] = {k: v for k, v in given.items() if v is not None}
        unknown = sorted(set(self._lengths_of) - set(self._definitions))
        if unknown:
            raise ArgumentError(f"{_READER}: lengths of no stream: {unknown}")
        counting = [name for name, d in streams.items() if d.get("defines_mb_size")]
        if len(counting) > 1:
            raise ArgumentError(f"{_READER}: only one of {counting} can define the size")
        self._defining = counting[0] if counting else None

    @cached_property
    def _archive(self) -> ArrayArchive | None:
        """The npz file, where there is one for all streams."""
        if isinstance(self._source, dict) or not is_zip(self._source):
            return None
        return ArrayArchive(self._source, self._max_bytes)

    def _path(self, stream: str, field: str) -> str:
        """Return the file of a field, where each has its own."""
        if isinstance(self._source, dict):
            if field not in self._source:
                raise ArgumentError(
                    f"{_READER}: stream '{stream}' has the field '{field}', of which no file is "
                    f"given; there are {list(self._source)}"
                )
            return self._source[field]
        if len(self._definitions) > 1 or self._lengths_of:
            raise ArgumentError(
                f"{_READER}: {self._source} holds one array; "
                "try: a dictionary from fields to files, or numpy.savez"
            )
        return self._source

    def _array(self, stream: str, field: str) -> Array:
        if self._archive is not None:
            return self._archive.array(field)
        return open_npy(self._path(stream, field))

    @cached_property
    def _rows(self) -> dict[str, DenseRows | ClassRows | MatrixRows]:
        return {name: self._rows_of(name, given) for name, given in self._definitions.items()}

    def _rows_of(self, name: str, definition) -> DenseRows | ClassRows | MatrixRows:
        field = str(definition.get("stream_alias") or name)
        shape = sample_shape(_READER, name, definition) if "dim" in definition else None
        is_sparse = bool(definition.get("is_sparse"))
        if self._archive is None and is_sparse:
            path = self._path(name, field)
            if is_zip(path):
                archive = ArrayArchive(path, self._max_bytes)
                return MatrixRows(name, archive, path, shape, self._dtype)
        kind = ClassRows if is_sparse else DenseRows
        return kind(name, self._array(name, field), shape, self._dtype)

    @cached_property
    def _offsets(self) -> dict[str, np.ndarray]:
        """First sample of each sequence of a stream, and the number of samples at the end."""
        found: dict[str, np.ndarray] = {}
        for name, rows in self._rows.items():
            field = self._lengths_of.get(name)
            if field is None:
                found[name] = np.arange(rows.count + 1)
            else:
                found[name] = _offsets(name, self._array(name, field), rows.count)
        counts = {name: len(offsets) - 1 for name, offsets in found.items()}
        if len(set(counts.values())) > 1:
            raise data_error(
                f"{self.describe()}: streams have different numbers of sequences.",
                f"found  {counts}",
                hint="lengths={...} names the arrays with the lengths of sequences",
            )
        if not next(iter(counts.values())):
            raise data_error(f"{self.describe()} holds no samples.")
        return found

    @cached_property
    def _bounds(self) -> np.ndarray:
        """First sequence of each chunk, and the number of sequences at the end."""
        sizes = [
            offsets * self._rows[name].row_bytes + np.arange(len(offsets))
            for name, offsets in self._offsets.items()
        ]
        passed = np.sum(sizes, axis=0)
        marks = np.arange(CHUNK_BYTES, passed[-1], CHUNK_BYTES)
        inner = np.searchsorted(passed, marks)
        return np.unique(np.concatenate(([0], inner, [len(passed) - 1])))

    def stream_infos(self) -> list[StreamInformation]:
        """Return the streams."""
        return [
            StreamInformation(
                name,
                number,
                "dense" if isinstance(rows, DenseRows) else "sparse",
                self._dtype,
                rows.shape,
                name == self._defining,
            )
            for number, (name, rows) in enumerate(self._rows.items())
        ]

    def num_chunks(self) -> int:
        """Return the number of chunks."""
        return len(self._bounds) - 1

    def get_chunk(self, chunk_id: int) -> Chunk:
        """Return some sequences.

        Raises:
            RuntimeError: there are more malformed ones than allowed, or a file was changed.
        """
        begin, end = self._bounds[chunk_id : chunk_id + 2].tolist()
        is_valid = np.ones(end - begin, bool)
        streams: dict[str, SequenceRows] = {}
        for name, rows in self._rows.items():
            offsets = self._offsets[name][begin : end + 1]
            first, stop = int(offsets[0]), int(offsets[-1])
            values, wrong = rows.read(first, stop - first)
            lengths = np.diff(offsets)
            streams[name] = SequenceRows(values, lengths)
            bad = lengths == 0
            for sequence in np.flatnonzero(bad).tolist():
                self._report(chunk_id, begin + sequence, name, "at least one sample", "none")
            if wrong is not None:
                owner = np.repeat(np.arange(end - begin), lengths)
                for row in np.flatnonzero(wrong).tolist():
                    found = f"others in row {first + row}"
                    if not bad[owner[row]]:
                        self._report(chunk_id, begin + owner[row], name, rows.expected, found)
                    bad[owner[row]] = True
            is_valid &= ~bad
        self.problems.chunk_is_read(chunk_id)
        keys = self.sequence_keys(chunk_id)
        return Chunk(streams, keys, self.sequence_sizes(chunk_id), is_valid)

    def _report(self, chunk_id: int, sequence: int, name: str, expected: str, found: str) -> None:
        self.problems.error(chunk_id, Problem(f"sequence {sequence}", name, expected, found))

    def sequence_sizes(self, chunk_id: int) -> np.ndarray:
        """Return how much each sequence counts."""
        begin, end = self._bounds[chunk_id : chunk_id + 2].tolist()
        counting = [self._defining] if self._defining else list(self._rows)
        lengths = [np.diff(self._offsets[name][begin : end + 1]) for name in counting]
        return np.maximum.reduce(lengths)

    def sequence_keys(self, chunk_id: int) -> np.ndarray:
        """Return the numbers of the sequences."""
        return np.arange(*self._bounds[chunk_id : chunk_id + 2]).astype(np.uint64)

    def describe(self) -> str:
        """Return the name of the file, or of the first of several."""
        if isinstance(self._source, str):
            return self._source
        paths = list(self._source.values())
        return paths[0] + (f" and {len(paths) - 1} more" if len(paths) > 1 else "")


def _offsets(name: str, array: Array, num_rows: int) -> np.ndarray:
    """Return where sequences begin, by the array of their lengths."""
    if len(array.shape) != 1 or array.dtype.kind not in "iu":
        raise ArgumentError(
            f"{_READER}: stream '{name}': lengths are whole numbers; {array.name} is an array of "
            f"{array.dtype} of shape {array.shape}"
        )
    lengths = array.read(0, array.shape[0])
    too_long = (lengths < 0) | (lengths > num_rows)
    total = int(np.where(too_long, 0, lengths).astype(np.int64).sum())
    if too_long.any() or total != num_rows:
        found = f"{lengths[too_long][0]} among them" if too_long.any() else f"a sum of {total}"
        raise data_error(
            f"{array.name} does not hold the lengths of sequences.",
            f"expected  lengths of the sum {num_rows}, the samples of stream '{name}'",
            f"found     {found}",
        )
    return np.concatenate(([0], np.cumsum(lengths.astype(np.int64))))
