"""Writing CNTK's text format from whatever a deserializer reads."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.chunk import Chunk, SequenceRows
from cntk.io.deserializer import Deserializer, as_chunk
from cntk.sparse import SparseRows
from cntk.storage import replace_file


def write_ctf(path: str | os.PathLike, source: Deserializer) -> int:
    """Write all sequences of a deserializer in CNTK's text format; return their number.

    Lines carry ids, which number the sequences, if any sequence of a chunk has several samples.
    Numbers are written with as many digits as it takes to read the same float32 again.

    Args:
        path: the file; it takes its name when it is complete.
        source: what is written.

    Raises:
        ValueError: the format cannot hold a name or a value.
        RuntimeError: the source cannot be read.
    """
    for info in source.stream_infos():
        if not info.name or set(info.name) & set(" \t\r\n|") or info.name.startswith("#"):
            raise ArgumentError(f"'{info.name}' cannot be the name of an input in a text file")
    first = 0
    with replace_file(path) as file:
        for chunk_id in range(source.num_chunks()):
            chunk = as_chunk(source.get_chunk(chunk_id), source, chunk_id)
            chunk = chunk.take(np.flatnonzero(chunk.is_valid))
            file.write("".join(_lines(chunk, first)).encode())
            first += chunk.num_sequences
    return first


def _lines(chunk: Chunk, first: int) -> Iterator[str]:
    """Yield the lines of a chunk."""
    has_ids = first > 0 or not all(part.is_plain for part in chunk.streams.values())
    columns = [(_samples(name, part), part.offsets) for name, part in chunk.streams.items()]
    longest = np.maximum.reduce([part.lengths for part in chunk.streams.values()])
    for sequence, steps in enumerate(longest.tolist()):
        prefix = f"{first + sequence}\t" if has_ids else ""
        for step in range(steps):
            inputs = [
                samples[offsets[sequence] + step]
                for samples, offsets in columns
                if offsets[sequence] + step < offsets[sequence + 1]
            ]
            yield prefix + " ".join(inputs) + "\n"


def _samples(name: str, sequences: SequenceRows) -> list[str]:
    """Return the text of each sample of a stream."""
    rows = sequences.rows
    values = rows.data if isinstance(rows, SparseRows) else rows
    if not np.isfinite(values).all():
        raise ArgumentError(f"stream '{name}': the text format has no infinite values and no NaN")
    if not isinstance(rows, SparseRows):
        texts, dim = _texts(rows), rows[0].size
        return [f"|{name} " + " ".join(texts[i * dim : (i + 1) * dim]) for i in range(len(rows))]
    pairs = [f" {i}:{v}" for i, v in zip(rows.indices.tolist(), _texts(rows.data))]
    bounds = rows.indptr.tolist()
    return [f"|{name}" + "".join(pairs[a:b]) for a, b in zip(bounds, bounds[1:])]


def _texts(values: np.ndarray) -> list[str]:
    """Return the shortest text of each number; whole numbers without a point."""
    return [text.removesuffix(".0") for text in values.ravel().astype("U").tolist()]
