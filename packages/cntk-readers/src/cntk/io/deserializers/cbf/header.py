"""The header of a CBF file: its streams and where its chunks lie. Everything is little-endian.

A file is: magic (uint64), version (uint32), chunks, header, offset of the header (int64). The
header stands at the end because the chunks are known only when they are written::

    magic uint64, number of chunks uint32, number of streams uint32
    each stream: matrix type uint8, length of the name uint32, name, element type uint8, dim uint32
    each chunk: offset int64, number of sequences uint32, number of samples uint32
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cntk.io.data_file import Stamp, open_data, stamp_of
from cntk.io.problems import data_error

MAGIC = 0x636E746B5F62696E
VERSION = 1
PROLOGUE = struct.Struct("<QI")
COUNTS = struct.Struct("<QII")
CHUNK = np.dtype([("offset", "<i8"), ("sequences", "<u4"), ("samples", "<u4")])
OFFSET = struct.Struct("<q")
ELEMENT_TYPES = (np.dtype("<f4"), np.dtype("<f8"))
LONGEST_NAME = 4096
LARGEST_DIM = 2**31 - 1


@dataclass(frozen=True)
class StoredStream:
    """One stream of a file.

    Attributes:
        name: its name in the file.
        is_sparse: whether samples are stored as values and indices.
        dtype: element type.
        dim: number of values of a sample.
    """

    name: str
    is_sparse: bool
    dtype: np.dtype
    dim: int


@dataclass(frozen=True)
class ChunkPlace:
    """One chunk of a file.

    Attributes:
        offset: its first byte.
        size: its bytes.
        num_sequences: its sequences.
        num_samples: its samples; a sequence counts as its longest stream.
        first: sequences of the chunks before it.
    """

    offset: int
    size: int
    num_sequences: int
    num_samples: int
    first: int


@dataclass(frozen=True)
class Header:
    """What stands at the end of a file, checked against its size.

    Attributes:
        stamp: size and time of change of the file.
        streams: the streams, in the order of the records in chunks.
        chunks: the chunks in the order of the file.
    """

    stamp: Stamp
    streams: tuple[StoredStream, ...]
    chunks: tuple[ChunkPlace, ...]


def damaged(path: str | Path, byte: int, expected: str, found: object) -> RuntimeError:
    """Return the error for a file that is not as the format says."""
    return data_error(
        f"The input ({path}) is not a valid CNTK binary format file.",
        f"byte      {byte}",
        f"expected  {expected}",
        f"found     {found}",
        hint="write it again: python -m cntk convert data.ctf data.cbf --stream NAME=DIM",
    )


def read_header(path: str | Path) -> Header:
    """Return the checked header of a file.

    Raises:
        RuntimeError: the file is missing, or its header is damaged.
    """
    with open_data(path) as file:
        stamp = stamp_of(file)
        size = stamp[0]
        if size < PROLOGUE.size + COUNTS.size + OFFSET.size:
            raise damaged(path, size, "a file with a header", f"the end of a file of {size} bytes")
        magic, version = PROLOGUE.unpack(file.read(PROLOGUE.size))
        if magic != MAGIC:
            raise damaged(path, 0, f"the number {MAGIC:#x}", f"{magic:#x}")
        if version != VERSION:
            raise damaged(path, 8, f"version {VERSION}", version)
        file.seek(size - OFFSET.size)
        (start,) = OFFSET.unpack(file.read(OFFSET.size))
        end = size - OFFSET.size
        if not PROLOGUE.size <= start <= end - COUNTS.size:
            raise damaged(path, end, f"the offset of a header, up to {end - COUNTS.size}", start)
        file.seek(start)
        body = file.read(end - start)
    streams, chunks = _Reader(path, body, start).read()
    return Header(stamp, streams, chunks)


class _Reader:
    """Reads the bytes of a header, each count checked before anything is made of it."""

    def __init__(self, path: str | Path, body: bytes, start: int) -> None:
        self._path, self._body, self._start = path, body, start
        self._at = 0

    def read(self) -> tuple[tuple[StoredStream, ...], tuple[ChunkPlace, ...]]:
        """Return the streams and the chunks."""
        magic, num_chunks, num_streams = COUNTS.unpack(self._take(COUNTS.size, "the header"))
        if magic != MAGIC:
            raise damaged(self._path, self._start, f"the number {MAGIC:#x}", f"{magic:#x}")
        if not num_chunks or not num_streams:
            found = f"{num_chunks} chunks, {num_streams} streams"
            raise self._error("at least one chunk and one stream", found)
        streams = []
        for _ in range(num_streams):
            streams.append(self._stream())
        names = [stream.name for stream in streams]
        if len(set(names)) < len(names):
            raise self._error("streams with different names", names)
        chunks = self._chunks(num_chunks)
        if self._at != len(self._body):
            raise self._error("the end of the header", f"{len(self._body) - self._at} bytes more")
        return tuple(streams), chunks

    def _error(self, expected: str, found: object) -> RuntimeError:
        return damaged(self._path, self._start + self._at, expected, found)

    def _take(self, size: int, what: str) -> bytes:
        if size > len(self._body) - self._at:
            raise self._error(what, "the end of the header")
        self._at += size
        return self._body[self._at - size : self._at]

    def _number(self, code: str, what: str) -> int:
        form = struct.Struct("<" + code)
        return form.unpack(self._take(form.size, what))[0]

    def _stream(self) -> StoredStream:
        kind = self._number("B", "a matrix type")
        if kind > 1:
            raise self._error("a matrix type, 0 (dense) or 1 (sparse)", kind)
        length = self._number("I", "the length of a name")
        if not 0 < length <= LONGEST_NAME:
            raise self._error(f"the length of a name, 1 to {LONGEST_NAME}", length)
        raw = self._take(length, f"a name of {length} bytes")
        try:
            name = raw.decode()
        except UnicodeDecodeError:
            raise self._error("a name in UTF-8", ascii(raw[:40])) from None
        element = self._number("B", "an element type")
        if element >= len(ELEMENT_TYPES):
            raise self._error("an element type, 0 (float) or 1 (double)", element)
        dim = self._number("I", "a dimension")
        if not 0 < dim <= LARGEST_DIM:
            raise self._error(f"a dimension, 1 to {LARGEST_DIM}", dim)
        return StoredStream(name, bool(kind), ELEMENT_TYPES[element], dim)

    def _chunks(self, count: int) -> tuple[ChunkPlace, ...]:
        table = np.frombuffer(self._take(count * CHUNK.itemsize, f"{count} chunks"), CHUNK)
        bounds = np.append(table["offset"].astype(np.int64), self._start)
        bad = np.flatnonzero((bounds[1:] <= bounds[:-1]) | (bounds[:-1] < PROLOGUE.size))
        if len(bad):
            wrong = int(bad[0])
            expected = f"chunks one after the other between byte {PROLOGUE.size} and the header"
            raise self._error(
                expected, f"chunk {wrong} from {bounds[wrong]} to {bounds[wrong + 1]}"
            )
        sizes, counts = np.diff(bounds), table["sequences"].astype(np.int64)
        # a sequence takes four bytes for its length, and four in each stream
        bad = np.flatnonzero((counts < 1) | (counts * 8 > sizes))
        if len(bad):
            wrong = int(bad[0])
            found = f"{counts[wrong]} in the {sizes[wrong]} bytes of chunk {wrong}"
            raise self._error("a number of sequences that fits in its chunk", found)
        firsts = np.cumsum(counts) - counts
        columns = (bounds[:-1], sizes, counts, table["samples"], firsts)
        return tuple(ChunkPlace(*map(int, row)) for row in zip(*columns))


def header_bytes(streams: list[StoredStream], chunks: list[tuple[int, int, int]]) -> bytes:
    """Return a header.

    Args:
        streams: the streams in the order of their records.
        chunks: offset, sequences and samples of each chunk.
    """
    parts = [COUNTS.pack(MAGIC, len(chunks), len(streams))]
    for stream in streams:
        name = stream.name.encode()
        parts += [struct.pack("<BI", stream.is_sparse, len(name)), name]
        parts.append(struct.pack("<BI", ELEMENT_TYPES.index(stream.dtype), stream.dim))
    return b"".join([*parts, np.array(chunks, CHUNK).tobytes()])
