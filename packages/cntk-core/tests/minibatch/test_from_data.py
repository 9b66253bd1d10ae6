"""MinibatchSourceFromData. Numbers without another remark were printed by CNTK 2.7."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cntk.axis import Axis
from cntk.graph.types import VariableType
from cntk.minibatch import FULL_DATA_SWEEP, MinibatchSourceFromData
from cntk.sparse import SparseRows
from cntk.value import Value

ROWS = np.arange(8, dtype=np.float32).reshape(4, 2)
SEQUENCES = VariableType(shape=(3,), dynamic_axes=[*Axis.default_input_variable_dynamic_axes()])
RAGGED = [np.full((length, 3), length, np.float32) for length in (2, 1, 4)]


def counts(source: MinibatchSourceFromData, size: int, times: int) -> list:
    """Return (samples, end of sweep) of some minibatches, None where there is none."""
    found = []
    for _ in range(times):
        minibatch = source.next_minibatch(size)
        data = minibatch.get(source.streams.x) if minibatch else None
        found.append(data and (data.num_samples, data.end_of_sweep))
    return found


def test_the_end_of_the_data_is_never_crossed():
    source = MinibatchSourceFromData(dict(x=ROWS))
    assert counts(source, 3, 4) == [(3, False), (1, True), (3, False), (1, True)]
    assert source.get_checkpoint_state() == {"cursor": 0, "total_num_samples": 8}
    assert not source.is_infinite()


def test_max_samples():
    source = MinibatchSourceFromData(dict(x=ROWS), max_samples=6)
    assert counts(source, 3, 4) == [(3, False), (1, True), (2, True), None]
    # CNTK 2.7 takes this constant for a large number
    source = MinibatchSourceFromData(dict(x=ROWS), max_samples=FULL_DATA_SWEEP)
    assert counts(source, 3, 3) == [(3, False), (1, True), None]


def test_data_frames_and_whatever_numpy_takes_as_an_array():
    frame = pd.DataFrame({"a": [1, 2, 3], "b": [0.5, 1.5, 2.5], "c": ["u", "v", "w"]})
    source = MinibatchSourceFromData(dict(x=frame[["a", "b"]], y=frame["a"]))
    minibatch = source.next_minibatch(2)
    assert minibatch[source.streams.x].asarray().tolist() == [[1, 0.5], [2, 1.5]]
    assert minibatch[source.streams.y].asarray().ravel().tolist() == [1, 2]
    with pytest.raises(ValueError, match="stream 'x': data type object is not supported"):
        MinibatchSourceFromData(dict(x=frame))


def test_dense_and_sparse_streams():
    eye = SparseRows.from_dense(np.eye(4, 3, dtype=np.float32))
    source = MinibatchSourceFromData(dict(x=ROWS, y=eye))
    assert str(source.stream_infos()) == "[x([2]), y([3])]"
    minibatch = source.next_minibatch(3)
    assert minibatch[source["x"]].shape == (3, 2)
    assert minibatch[source["y"]].is_sparse
    np.testing.assert_array_equal(minibatch[source["y"]].value.rows.to_dense(), np.eye(3))


def test_sequences_are_given_whole():
    source = MinibatchSourceFromData(dict(x=(RAGGED, SEQUENCES), y=np.ones((3, 1), np.float32)))
    # at least one sequence, where CNTK 2.7 fails for want of one that fits
    assert counts(source, 1, 3) == [(2, False), (1, False), (4, True)]
    minibatch = source.next_minibatch(3)
    values = [sequence[:, 0].tolist() for sequence in minibatch[source["x"]].as_sequences()]
    assert values == [[2, 2], [1]]
    assert minibatch[source["y"]].num_samples == 2


def test_sequences_of_one_length_may_be_one_array():
    source = MinibatchSourceFromData(dict(x=(np.ones((3, 4, 2), np.float32), SEQUENCES)))
    data = source.next_minibatch(9)[source["x"]]
    assert (data.num_sequences, data.num_samples, data.shape) == (2, 8, (2, 4, 2))


@pytest.mark.parametrize(
    ("dtype", "expected"), [(np.float64, 2), (np.float32, 1), (np.int64, 1), (bool, 1)]
)
def test_element_types(dtype, expected):
    source = MinibatchSourceFromData(dict(x=np.ones((3, 2), dtype)))
    assert source["x"].m_element_type == expected
    assert source.next_minibatch(2)[source["x"]].value.dtype == source["x"].dtype


def test_a_value_keeps_its_sequences():
    source = MinibatchSourceFromData(dict(x=Value(RAGGED)))
    assert counts(source, 3, 2) == [(3, False), (4, True)]


# CNTK 2.7 gives the last row to both workers
@pytest.mark.parametrize(("rank", "expected"), [(0, [[0, 4], [6]]), (1, [[2], []])])
def test_each_worker_gets_each_nth_sample(rank, expected):
    source = MinibatchSourceFromData(dict(x=ROWS))
    found = [source.next_minibatch(3, 2, rank)[source["x"]] for _ in expected]
    assert [data.asarray()[:, 0].tolist() for data in found] == expected
    assert [data.num_samples for data in found] == [len(own) for own in expected]


def test_a_checkpoint_continues():
    source = MinibatchSourceFromData(dict(x=ROWS))
    source.restore_from_checkpoint({"cursor": 2, "total_num_samples": 6})
    assert source.next_minibatch(3)[source["x"]].asarray().tolist() == ROWS[2:].tolist()
    assert source.get_checkpoint_state() == {"cursor": 0, "total_num_samples": 8}
    with pytest.raises(KeyError, match="cursor"):
        source.restore_from_checkpoint({})
    with pytest.raises(ValueError, match="cursor 9 is not one of the 4"):
        source.restore_from_checkpoint({"cursor": 9, "total_num_samples": 9})


@pytest.mark.parametrize(
    ("streams", "error", "message"),
    [
        ({}, ValueError, "at least one stream must be specified"),
        (dict(x=ROWS, y=ROWS[:3]), TypeError, "must have the same first dimension"),
        (dict(x=[1, 2, 3]), TypeError, "data must be a numpy.array"),
        (dict(x="abc"), TypeError, "data must be a numpy.array"),
        (dict(x=RAGGED), TypeError, "a list of sequences and needs a type"),
        (dict(x=ROWS[:0]), ValueError, "data is empty"),
        (dict(x=np.array(["a"])), ValueError, "is not supported"),
        (dict(x=np.array(1.0)), ValueError, "needs a first axis"),
        (dict(x=([np.ones((0, 3))], SEQUENCES)), ValueError, "at least one sample"),
    ],
)
def test_other_data_are_refused(streams, error, message):
    with pytest.raises(error, match=message):
        MinibatchSourceFromData(streams)


def test_the_size_is_positive():
    with pytest.raises(ValueError, match="must be > 0"):
        MinibatchSourceFromData(dict(x=ROWS)).next_minibatch(0)


def test_a_value_needs_samples():
    value = Value.from_packed(np.ones((2, 3), np.float32), None)
    with pytest.raises(ValueError, match="without a batch axis"):
        MinibatchSourceFromData(dict(x=value))
