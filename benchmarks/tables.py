"""Speed of tables: ``python benchmarks tables``, beside a copy of their values in memory.

Rows of numbers become minibatches of 1024, from a table in memory, an Arrow file and a Parquet file
that the system has in its memory; in their order, and shuffled. All are measured in turn, several
times; rates and ratios are medians over the rounds.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import cntk as C

BATCH = 1024
WIDTHS = (100, 3072)


def make_table(megabytes: int, width: int) -> pa.Table:
    """Return rows of random numbers in pieces of 16 MB."""
    rows = (megabytes << 20) // (4 * width)
    values = np.random.default_rng(0).random((rows, width), dtype=np.float32)
    column = pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), width)
    piece = (16 << 20) // (4 * width)
    batches = [
        pa.record_batch({"x": column.slice(begin, piece)}) for begin in range(0, rows, piece)
    ]
    return pa.Table.from_batches(batches)


def make_sources(folder: Path, table: pa.Table) -> dict[str, object]:
    """Return the table in each form."""
    arrow, parquet = folder / "t.arrow", folder / "t.parquet"
    with pa.ipc.new_file(arrow, table.schema) as writer:
        writer.write_table(table)
    pieces = max(batch.num_rows for batch in table.to_batches())
    pq.write_table(table, parquet, row_group_size=pieces, use_dictionary=False)
    return {"in memory": table, "Arrow file": arrow, "Parquet file": parquet}


def seconds(source: object, width: int, is_shuffled: bool) -> float:
    """Return the time of the second sweep: in the first one memory is new to the process."""
    streams = C.io.StreamDefs(x=C.io.StreamDef(shape=width))
    reading = C.io.MinibatchSource(
        C.io.ArrowDeserializer(source, streams), randomize=is_shuffled, max_sweeps=2
    )
    begin = time.perf_counter()
    while minibatch := reading.next_minibatch(BATCH):
        if minibatch[reading.streams.x].end_of_sweep:
            taken, begin = time.perf_counter() - begin, time.perf_counter()
    return taken


def copy_seconds(table: pa.Table, target: np.ndarray) -> float:
    """Return the time of a copy to memory that was written before."""
    at, begin = 0, time.perf_counter()
    for piece in table.column("x").chunks:
        values = piece.flatten().to_numpy()
        target[at : at + len(values)] = values
        at += len(values)
    return time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("--megabytes", type=int, default=300, help="of the table")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print("| numbers in a row | table | order | MB/s | by a copy |")
    print("|---|---|---|---|---|")
    for width in WIDTHS:
        with tempfile.TemporaryDirectory() as folder:
            table = make_table(given.megabytes, width)
            sources = make_sources(Path(folder), table)
            target = np.zeros(table.num_rows * width, np.float32)
            cases = [(name, order) for name in sources for order in (False, True)]
            taken: dict[tuple[str, bool], list[tuple[float, float]]] = {case: [] for case in cases}
            for _ in range(given.rounds):
                for name, is_shuffled in cases:
                    own = seconds(sources[name], width, is_shuffled)
                    taken[name, is_shuffled].append((own, copy_seconds(table, target)))
            for (name, is_shuffled), pairs in taken.items():
                rate = statistics.median(table.nbytes / 1e6 / own for own, _ in pairs)
                ratio = statistics.median(copy / own for own, copy in pairs)
                order = "shuffled" if is_shuffled else "its own"
                print(f"| {width} | {name} | {order} | {rate:.0f} | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    main()
