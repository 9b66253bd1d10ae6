"""Minibatches as Values: packed as core packs them, layouts shared, memory of their own."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.io import Chunk, SequenceRows
from cntk.io.packing import packed
from cntk.sparse import SparseRows
from cntk.value import Value

LENGTHS = np.array([2, 3, 1])
DENSE = np.arange(12, dtype=np.float32).reshape(6, 2)
SPARSE = SparseRows.from_dense(DENSE % 3)


@pytest.mark.parametrize("has_c", [True, False])
def test_rows_are_those_of_core(monkeypatch, has_c):
    if not has_c:
        monkeypatch.setattr("cntk.io.gathering.library", lambda: None)
    streams = {"x": SequenceRows(DENSE, LENGTHS), "s": SequenceRows(SPARSE, LENGTHS)}
    for (value, _), rows in zip(packed(Chunk(streams), streams), (DENSE, SPARSE)):
        expected = Value.from_rows(rows, LENGTHS)
        for one, other in zip(value.as_sequences(), expected.as_sequences()):
            one, other = (x if isinstance(x, np.ndarray) else x.toarray() for x in (one, other))
            np.testing.assert_array_equal(one, other)


def test_streams_of_equal_lengths_share_a_layout():
    streams = {
        "x": SequenceRows(DENSE, LENGTHS),
        "y": SequenceRows(DENSE, LENGTHS.copy()),
        "z": SequenceRows(DENSE[:3], np.ones(3, np.int64)),
    }
    layouts = [layout for _, layout in packed(Chunk(streams), streams)]
    assert layouts[0] is layouts[1] is not layouts[2]


def test_writing_to_a_minibatch_does_not_change_its_chunk():
    rows = DENSE.copy()
    streams = {"x": SequenceRows(rows[1:4], np.ones(3, np.int64))}
    ((value, _),) = packed(Chunk(streams), streams)
    value.rows[...] = 0
    np.testing.assert_array_equal(rows, DENSE)


def test_rows_that_are_not_there_are_refused():
    streams = {"x": SequenceRows(DENSE, np.array([2, 3]))}
    with pytest.raises(ValueError, match="'x': lengths add up to 5 samples, and there are 6 rows"):
        list(packed(Chunk(streams), streams))
