"""Tables for the tests, and what sources give of them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cntk.io import ArrowDeserializer, MinibatchSource, StreamDef, StreamDefs


def vectors(values, size: int) -> pa.Array:
    """Return an array of lists of one size."""
    flat = pa.array(np.asarray(values, np.float32).ravel())
    return pa.FixedSizeListArray.from_arrays(flat, size)


def pairs(rows: list) -> pa.Array:
    """Return sparse samples; each is ``{"indices": [...], "values": [...]}``."""
    kind = pa.struct([("indices", pa.list_(pa.int64())), ("values", pa.list_(pa.float32()))])
    return pa.array(rows, kind)


def numbered(count: int) -> pa.Table:
    """Return rows that tell their number, as a vector, a class, a category and a sequence."""
    number = np.arange(count)
    return pa.table(
        {
            "x": vectors(np.stack([number, number + 0.5], axis=1), 2),
            "label": pa.array(number % 3),
            "kind": pa.array([f"kind {i % 4}" for i in range(count)]).dictionary_encode(),
            "words": pa.array([list(range(1 + i % 3)) for i in range(count)]),
            "id": pa.array(number + 1000),
        }
    )


ALL = StreamDefs(
    x=StreamDef(field="x", shape=2),
    label=StreamDef(field="label", shape=3, is_sparse=True),
    kind=StreamDef(field="kind", is_sparse=True),
    words=StreamDef(field="words", shape=3, is_sparse=True),
)


def write(table: pa.Table, path, rows: int):
    """Write a Parquet or Arrow file in pieces of some rows; return its path."""
    if path.suffix == ".parquet":
        pq.write_table(table, path, row_group_size=rows)
    else:
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table, max_chunksize=rows)
    return path


def read(source, size=100, max_errors=0, **streams) -> dict[str, list]:
    """Return the sequences of all rows by stream: of a table, or of a deserializer."""
    given = source
    if not isinstance(source, ArrowDeserializer):
        given = ArrowDeserializer(source, StreamDefs(**streams))
    reading = MinibatchSource(
        given, randomize=False, max_sweeps=1, max_errors=max_errors, trace_level=0
    )
    found: dict[str, list] = {name: [] for name in reading.streams}
    while minibatch := reading.next_minibatch(size):
        for name, info in reading.streams.items():
            for sequence in minibatch[info].as_sequences():
                dense = sequence.toarray() if info.is_sparse else np.asarray(sequence)
                found[name].append(dense.tolist())
    return found
