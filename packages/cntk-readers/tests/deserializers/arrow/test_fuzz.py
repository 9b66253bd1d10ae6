"""Whatever Parquet and Arrow files hold, reading gives rows or an error that names the file."""

from __future__ import annotations

import io
import random
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cntk.io import ArrowDeserializer, MinibatchSource, StreamDef

from ...mutants import mutant
from .tables import ALL, numbered, pairs

MOST_SECONDS = 2.0
TABLE = (
    numbered(20)
    .append_column("frames", pa.array([[[i, 1.5]] * (1 + i % 2) for i in range(20)]))
    .append_column("pairs", pairs([{"indices": [i % 3], "values": [i]} for i in range(20)]))
    .append_column("text", pa.array(["yes", "no"] * 10))
)
STREAMS = ALL.updated_with(
    frames=StreamDef(shape=2),
    pairs=StreamDef(shape=3, is_sparse=True),
    text=StreamDef(is_sparse=True),
)


def parquet(**options) -> bytes:
    file = io.BytesIO()
    pq.write_table(TABLE, file, row_group_size=8, **options)
    return file.getvalue()


def arrow(compression: str | None) -> bytes:
    file = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_file(file, TABLE.schema, options=options) as writer:
        writer.write_table(TABLE, max_chunksize=8)
    return file.getvalue()


BODIES = {
    "parquet": [
        parquet(),
        parquet(compression="zstd", data_page_version="2.0", use_dictionary=False),
        parquet(compression="none", use_byte_stream_split=["x"], use_dictionary=["kind"]),
    ],
    "arrow": [arrow(None), arrow("lz4"), arrow("zstd")],
}


def near_the_end(body: bytes, source: random.Random) -> bytes:
    """Return a body with a change where both formats say what is where."""
    at = len(body) - source.randrange(1, min(len(body), 6000))
    return body[:at] + mutant(body[at:], source)


def count_samples(path, max_errors: int) -> int:
    """Return the number of samples; a stream may have millions of classes."""
    given = ArrowDeserializer(path, STREAMS, categories={"text": ["no", "yes"]})
    reading = MinibatchSource(given, max_sweeps=1, max_errors=max_errors, trace_level=0)
    num_samples = 0
    while minibatch := reading.next_minibatch(7):
        num_samples += max(data.num_samples for data in minibatch.values())
    return num_samples


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize("count", [200, pytest.param(10_000, marks=pytest.mark.slow)])
@pytest.mark.timeout(600)
def test_mutants(tmp_path, kind, count):
    chosen, path, num_read = random.Random(count), tmp_path / "a", 0
    for number in range(count):
        change = near_the_end if chosen.random() < 0.5 else mutant
        path.write_bytes(change(chosen.choice(BODIES[kind]), chosen))
        begin = time.process_time()
        try:
            num_read += count_samples(path, chosen.choice((0, 100))) > 0
        except (RuntimeError, ValueError) as error:  # ValueError: other columns than are defined
            assert str(path) in str(error) or "ArrowDeserializer: stream" in str(error), number
        assert time.process_time() - begin < MOST_SECONDS, number
    assert num_read > count / 50
