"""Writing CNTK's binary format from whatever a deserializer reads."""

from __future__ import annotations

import os
from typing import BinaryIO

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.chunk import Chunk, SequenceRows
from cntk.io.deserializer import Deserializer, as_chunk
from cntk.io.deserializers.cbf.header import (
    LARGEST_DIM,
    MAGIC,
    OFFSET,
    PROLOGUE,
    VERSION,
    StoredStream,
    header_bytes,
)
from cntk.storage import replace_file


def write_cbf(path: str | os.PathLike, source: Deserializer) -> int:
    """Write all sequences of a deserializer in CNTK's binary format; return their number.

    Its chunks become those of the file. The file takes its name when it is complete.

    Args:
        path: the file.
        source: what is written; its streams are of float32 or float64.

    Raises:
        ValueError: a stream does not fit the format.
        RuntimeError: the source cannot be read.
    """
    streams = [_stored(info) for info in source.stream_infos()]
    chunks = []
    with replace_file(path) as file:
        offset = file.write(PROLOGUE.pack(MAGIC, VERSION))
        for chunk_id in range(source.num_chunks()):
            chunk = as_chunk(source.get_chunk(chunk_id), source, chunk_id)
            if not chunk.is_valid.all():
                chunk = chunk.take(np.flatnonzero(chunk.is_valid))
            if not chunk.num_sequences:
                continue
            longest = np.maximum.reduce([part.lengths for part in chunk.streams.values()])
            chunks.append((offset, chunk.num_sequences, int(longest.sum())))
            offset += _write_chunk(file, chunk, longest, streams)
        if not chunks:
            raise ArgumentError(f"{source.describe()} has no sequence to write to {path}")
        file.write(header_bytes(streams, chunks) + OFFSET.pack(offset))
    return sum(num_sequences for _, num_sequences, _ in chunks)


def _stored(info) -> StoredStream:
    dtype, dim = np.dtype(info.dtype).newbyteorder("<"), int(np.prod(info.shape, dtype=object))
    if dtype not in (np.dtype("<f4"), np.dtype("<f8")) or not 0 < dim <= LARGEST_DIM:
        raise ArgumentError(
            f"stream '{info.name}' of {dtype.name} with {dim} values: the binary format holds "
            f"float32 or float64 and up to {LARGEST_DIM} values"
        )
    return StoredStream(info.name, info.is_sparse, dtype, dim)


def _write_chunk(file: BinaryIO, chunk: Chunk, longest, streams: list[StoredStream]) -> int:
    """Write a chunk; return its bytes."""
    size = file.write(longest.astype("<u4").tobytes())
    for stream in streams:
        records = (_sparse if stream.is_sparse else _dense)(chunk.streams[stream.name], stream)
        size += file.write(records)
    return size


def _dense(sequences: SequenceRows, stream: StoredStream) -> bytes:
    values = np.ascontiguousarray(sequences.rows, stream.dtype).reshape(-1).view("<u4")
    width = stream.dim * stream.dtype.itemsize // 4
    starts = np.cumsum(1 + sequences.lengths * width) - (1 + sequences.lengths * width)
    words = np.empty(len(values) + len(starts), "<u4")
    is_value = np.ones(len(words), bool)
    is_value[starts] = False
    words[starts] = sequences.lengths
    words[is_value] = values
    return words.tobytes()


def _sparse(sequences: SequenceRows, stream: StoredStream) -> bytes:
    rows = sequences.rows
    data = np.ascontiguousarray(rows.data, stream.dtype).reshape(-1, 1).view("<u4")
    first_values = rows.indptr[sequences.offsets]
    per_sample = np.diff(rows.indptr).astype("<i4")
    parts: list[bytes] = []
    for i, (begin, end) in enumerate(zip(first_values.tolist(), first_values[1:].tolist())):
        samples = slice(*sequences.offsets[i : i + 2].tolist())
        parts += [
            np.array([sequences.lengths[i], end - begin], "<u4").tobytes(),
            data[begin:end].tobytes(),
            rows.indices[begin:end].astype("<i4").tobytes(),
            per_sample[samples].tobytes(),
        ]
    return b"".join(parts)
