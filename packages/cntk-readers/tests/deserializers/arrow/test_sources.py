"""Where tables come from: files in pieces, streams, and what hands over slices."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from cntk.io import ArrowDeserializer, MinibatchSource, StreamDef, StreamDefs
from cntk.io.deserializers.arrow import library, source
from cntk.testing import check_deserializer

from .tables import ALL, numbered, read, vectors, write

SUFFIXES = [".parquet", ".arrow"]


@pytest.fixture
def small_chunks(monkeypatch):
    """Let chunks end after each row group, and tables be cut into parts of about ten rows."""
    monkeypatch.setattr(source, "CHUNK_BYTES", 600)
    monkeypatch.setattr("cntk.io.deserializers.arrow.files.CHUNK_BYTES", 0)


class Slices:
    """What Hugging Face's ``Dataset`` is to its users."""

    def __init__(self, table, chosen=None, kind=None):
        self.table, self.kind = table, kind
        self.chosen = range(len(table)) if chosen is None else chosen
        self.num_rows = len(self.chosen)

    def __len__(self):
        return self.num_rows

    def with_format(self, kind):
        return Slices(self.table, self.chosen, kind)

    def __getitem__(self, rows):
        assert self.kind == "arrow"
        return self.table.take(list(self.chosen)[rows])


def sources(folder, count=60):
    """Return the same rows in each kind of source."""
    table = numbered(count)
    halves = [table.slice(0, count // 2), table.slice(count // 2)]
    found = {
        "table": table,
        "reader": pa.RecordBatchReader.from_batches(table.schema, table.to_batches(7)),
        "data frame": table.to_pandas(),
        "slices": Slices(table),
    }
    for suffix in SUFFIXES:
        found[suffix] = write(table, folder / f"t{suffix}", 10)
        paths = [write(half, folder / f"{i}{suffix}", 10) for i, half in enumerate(halves)]
        found[f"two files {suffix}"] = paths
    return found


KINDS = ["table", "reader", "data frame", "slices", *SUFFIXES, "two files .parquet",
         "two files .arrow"]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_source_gives_the_same_rows(tmp_path, kind, small_chunks):
    streams = StreamDefs(**{name: ALL[name] for name in ALL})
    # of numpy's arrays pandas makes lists of any length
    reader = ArrowDeserializer(sources(tmp_path)[kind], streams)
    assert read(reader) == read(ArrowDeserializer(numbered(60), streams))
    assert reader.num_chunks() > 3
    assert reader.categories == {"kind": [f"kind {i}" for i in range(4)]}


@pytest.mark.parametrize("kind", KINDS)
def test_it_keeps_the_promises_of_deserializers(tmp_path, kind, small_chunks):
    check_deserializer(ArrowDeserializer(sources(tmp_path)[kind], ALL))
    check_deserializer(ArrowDeserializer(sources(tmp_path)[kind], ALL, key="id"))


def numbers(minibatch, reading) -> list[int]:
    return minibatch[reading.streams.x].asarray()[:, 0, 0].astype(int).tolist()


@pytest.mark.parametrize("kind", ["table", ".parquet"])
def test_shuffling_workers_and_checkpoints(tmp_path, kind, small_chunks):
    given = sources(tmp_path)[kind]
    streams = StreamDefs(x=ALL.x)

    def reading(**options):
        reader = ArrowDeserializer(given, streams)
        return MinibatchSource(reader, randomization_window_in_chunks=3, **options)

    one = reading()
    whole = [numbers(one.next_minibatch(7), one) for _ in range(18)]
    flat = sum(whole, [])
    assert sorted(flat[:60]) == list(range(60)) == sorted(flat[60:120])
    assert flat[:60] != flat[60:120] != list(range(60))
    parts = []
    for i in range(3):
        worker = reading(max_sweeps=1)
        while minibatch := worker.next_minibatch(9, None, None, 3, i):
            parts += numbers(minibatch, worker)
    assert sorted(parts) == list(range(60))
    later = reading()
    first = reading()
    for _ in range(5):
        first.next_minibatch(7)
    later.restore_from_checkpoint(first.get_checkpoint_state())
    assert [numbers(later.next_minibatch(7), later) for _ in range(3)] == whole[5:8]


def test_slices_in_another_order():
    shuffled = Slices(numbered(9), [5, 0, 7])
    assert read(shuffled, id=StreamDef("id")) == {"id": [[[1005]], [[1000]], [[1007]]]}


def test_only_the_columns_of_streams_are_read(tmp_path):
    table = numbered(8).append_column("large", pa.array(["x" * 1000] * 8))
    for suffix in SUFFIXES:
        path = write(table, tmp_path / f"t{suffix}", 4)
        reader = ArrowDeserializer(path, StreamDefs(x=ALL.x))
        part = reader._parts[0]
        assert reader._source.read(part, ["x"]).column_names == ["x"]


def test_small_row_groups_are_read_together(tmp_path):
    path = write(numbered(60), tmp_path / "t.parquet", 1)
    assert ArrowDeserializer(path, StreamDefs(x=ALL.x)).num_chunks() == 1


def test_a_row_group_that_is_too_large_is_not_read(tmp_path):
    path = write(numbered(1000), tmp_path / "t.parquet", 1000)
    reader = ArrowDeserializer(path, StreamDefs(x=ALL.x), max_chunk_bytes=1000 - 1)
    with pytest.raises(RuntimeError, match="row group 0: 1000 rows of 1 columns"):
        reader.num_chunks()
    reader = ArrowDeserializer(path, StreamDefs(x=ALL.x), max_chunk_bytes=7999)
    with pytest.raises(RuntimeError, match=r"row group 0: 8... bytes, and more, in \['x'\]"):
        reader.get_chunk(0)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_row_of_a_file_is_named(tmp_path, suffix):
    paths = [
        write(pa.table({"c": [1, 2, missing, 4]}), tmp_path / f"{missing}{suffix}", 2)
        for missing in (3, None)
    ]
    with pytest.raises(RuntimeError, match=rf"None{suffix}, row 2, input 'c': .* found null"):
        read(paths, c=StreamDef())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_files_with_other_columns_are_refused(tmp_path, suffix):
    first = write(pa.table({"a": [1], "b": [2]}), tmp_path / f"1{suffix}", 1)
    other = write(pa.table({"b": [4], "a": [3]}), tmp_path / f"2{suffix}", 1)
    assert read([first, other], a=StreamDef()) == {"a": [[[1]], [[3]]]}  # in another order
    for table, found in (({"a": ["x"]}, "found +string"), ({"b": [1]}, "found +no such column")):
        wrong = write(pa.table(table), tmp_path / f"3{suffix}", 1)
        with pytest.raises(RuntimeError, match=rf"3{suffix}' has other columns(.|\n)*{found}"):
            read([first, wrong], a=StreamDef())


def test_files_that_cannot_be_read(tmp_path):
    (tmp_path / "text").write_text("a,b\n1,2\n")
    for path, message in (
        (tmp_path / "none.parquet", "is not open"),
        (tmp_path / "text", r"neither a Parquet nor an Arrow file(.|\n)*b'a,b"),
        (write(numbered(0), tmp_path / "empty.parquet", 1), "has no rows"),
        (write(numbered(0), tmp_path / "empty.arrow", 1), "has no rows"),
    ):
        with pytest.raises(RuntimeError, match=message):
            read(path, x=ALL.x)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_that_is_changed_while_it_is_read(tmp_path, suffix, small_chunks):
    path = write(numbered(60), tmp_path / f"t{suffix}", 10)
    reading = MinibatchSource(ArrowDeserializer(path, StreamDefs(x=ALL.x)), randomize=False)
    reading.next_minibatch(5)
    write(numbered(50), path, 10)
    with pytest.raises(RuntimeError, match=f"t{suffix}' was changed while it is being read"):
        for _ in range(12):
            reading.next_minibatch(5)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_truncated_file_is_damaged(tmp_path, suffix):
    path = write(numbered(60), tmp_path / f"t{suffix}", 10)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(RuntimeError, match=rf"t{suffix}' is damaged\.\n  pyarrow  \w+"):
        read(path, x=ALL.x)


@pytest.mark.parametrize("source", [5, {"x": [1]}, [1, 2], [], b"x", None])
def test_what_is_no_source(source):
    with pytest.raises(ValueError, match="a source is a path|the list of files is empty"):
        ArrowDeserializer(source, StreamDefs(x=ALL.x))


def test_a_stream_that_fails():
    class Failing:
        def __arrow_c_stream__(self, requested_schema=None):
            raise ValueError("the query was cancelled")

    with pytest.raises(RuntimeError, match="Failing cannot be read(.|\n)*the query was cancelled"):
        read(Failing(), x=ALL.x)


def test_other_arguments_are_checked():
    table = numbered(3)
    with pytest.raises(ValueError, match="no streams to read"):
        ArrowDeserializer(table, StreamDefs())
    with pytest.raises(ValueError, match=r"categories of no stream: \['y'\]"):
        ArrowDeserializer(table, StreamDefs(x=ALL.x), categories={"y": ["a"]})
    with pytest.raises(ValueError, match="stream 'x' has categories, but column 'label' is int64"):
        streams = StreamDefs(x=StreamDef("label", 3, True))
        ArrowDeserializer(table, streams, categories={"x": ["a"]}).stream_infos()
    with pytest.raises(ValueError, match="keys are whole numbers or texts; column 'x' is fixed"):
        ArrowDeserializer(table, StreamDefs(x=ALL.x), key="x").stream_infos()
    with pytest.raises(ValueError, match="has no column 'z'"):
        ArrowDeserializer(table, StreamDefs(x=ALL.x), key="z").stream_infos()


def test_tables_are_joined_by_a_column():
    left = pa.table({"id": ["b", "a", "c"], "x": [1, 2, 3]})
    right = pa.table({"name": ["a", "b"], "y": [20, 10]})
    readers = [
        ArrowDeserializer(left, StreamDefs(x=StreamDef()), key="id"),
        ArrowDeserializer(right, StreamDefs(y=StreamDef()), key="name"),
    ]
    reading = MinibatchSource(readers, randomize=False, max_sweeps=1)
    minibatch = reading.next_minibatch(10)
    values = {info.name: data.asarray().ravel().tolist() for info, data in minibatch.items()}
    assert values == {"x": [1, 2], "y": [10, 20]}
    without = pa.table({"id": ["b", None], "x": [1, 2]})
    with pytest.raises(RuntimeError, match="row 1, input 'id': expected a key, found null"):
        read(ArrowDeserializer(without, StreamDefs(x=StreamDef()), key="id"))


def test_data_frames():
    frame = pd.DataFrame(
        {
            "height": [1.5, np.nan, 1.8],
            "vector": [np.zeros(2), np.ones(2), np.ones(2)],
            "kind": pd.Categorical(["v", "u", "v"], categories=["u", "v", "never"]),
        },
        index=[7, 3, 3],
    )
    streams = {
        "height": StreamDef(),
        "vector": StreamDef(shape=2),
        "kind": StreamDef(is_sparse=True),
    }
    with pytest.raises(RuntimeError, match="DataFrame.*\n  row 1, input 'height': .* found null"):
        read(frame, **streams)
    assert read(frame, max_errors=1, **streams) == {
        "height": [[[1.5]], [[np.float32(1.8)]]],
        "vector": [[[0, 0]], [[1, 1]]],
        "kind": [[[0, 1, 0]], [[0, 1, 0]]],
    }


def test_vectors_share_the_memory_of_the_table():
    table = pa.table({"x": vectors(np.arange(8), 2)})
    rows = ArrowDeserializer(table, StreamDefs(x=ALL.x)).get_chunk(0).streams["x"].rows
    assert np.shares_memory(rows, table.column("x").chunk(0).values.to_numpy())


def test_without_pyarrow_the_command_that_brings_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    library.pyarrow.cache_clear()
    try:
        with pytest.raises(ImportError, match=r"pip install cntk-readers\[arrow\]"):
            ArrowDeserializer("t.parquet", StreamDefs(x=ALL.x))
    finally:
        monkeypatch.undo()
        library.pyarrow.cache_clear()


def test_minibatches_in_the_order_of_the_table_share_its_memory():
    table = pa.table({"x": vectors(np.arange(16), 2)})
    reading = MinibatchSource(ArrowDeserializer(table, StreamDefs(x=ALL.x)), randomize=False)
    minibatch = reading.next_minibatch(3)[reading.streams.x]
    values = table.column("x").chunk(0).values.to_numpy()
    assert np.shares_memory(minibatch.data.rows, values)
    found = minibatch.asarray()
    found[:] = -1  # is the user's own
    assert values.tolist() == list(range(16))
