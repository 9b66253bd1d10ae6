"""The deserializer: what it reads, and what it does with lines that are not numbers."""

import numpy as np
import pytest

import cntk as C
from cntk.io import MinibatchSource, StreamDef, StreamDefs
from cntk.testing import check_deserializer

STREAMS = StreamDefs(point=StreamDef(field="left", shape=2), label=StreamDef(field="y", shape=1))


def source(path, text, **options):
    path.write_text(text)
    reader = C.io.CSVDeserializer(str(path), STREAMS)
    return MinibatchSource(reader, randomize=False, max_sweeps=1, **options)


def read(minibatches, stream, size=100):
    return minibatches.next_minibatch(size)[minibatches.streams[stream]].asarray().squeeze(1)


def test_columns_become_streams(tmp_path):
    table = "y,left,right\n0,1,2\n1,3,4\n"
    np.testing.assert_array_equal(
        read(source(tmp_path / "t.csv", table), "point"), [[1, 2], [3, 4]]
    )
    np.testing.assert_array_equal(read(source(tmp_path / "t.csv", table), "label"), [[0], [1]])


def test_it_hands_over_what_it_announces(tmp_path, monkeypatch):
    monkeypatch.setattr("cntk_example.csv_deserializer.LINES_PER_CHUNK", 2)
    path = tmp_path / "t.csv"
    path.write_text("y,left,right\n0,1,2\n1,3,4\n1,5,6\n")
    check_deserializer(C.io.CSVDeserializer(str(path), STREAMS))


def test_a_file_of_several_chunks(tmp_path, monkeypatch):
    monkeypatch.setattr("cntk_example.csv_deserializer.LINES_PER_CHUNK", 2)
    lines = [f"{i},{i},{i}" for i in range(4)]
    rows = read(source(tmp_path / "t.csv", "\n".join(["y,left,right", *lines])), "label")
    np.testing.assert_array_equal(rows.ravel(), range(4))


@pytest.mark.parametrize("bad", ["1,2", "1,2,3,4", "1,two,3", ""])
def test_a_bad_line_is_an_error_with_its_number(tmp_path, bad):
    table = f"y,left,right\n1,2,3\n{bad}\n4,5,6\n"
    with pytest.raises(RuntimeError, match="line 3"):
        read(source(tmp_path / "t.csv", table), "label")
    allowed = source(tmp_path / "t.csv", table, max_errors=1)
    np.testing.assert_array_equal(read(allowed, "label"), [[1], [4]])


def test_a_missing_column_is_named(tmp_path):
    with pytest.raises(ValueError, match="'left'.*header"):
        source(tmp_path / "t.csv", "y,right\n1,2\n")


def test_an_empty_table_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no line"):
        source(tmp_path / "t.csv", "y,left,right\n")
