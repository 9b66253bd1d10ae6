"""MinibatchData. The texts were printed by CNTK 2.7."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.minibatch import MinibatchData
from cntk.value import Value

ROWS = np.float32([[1, 2], [3, 4], [5, 6]])


def test_plain_samples():
    data = MinibatchData(Value.from_rows(ROWS, [1, 1, 1]), 3, 3, True)
    assert repr(data) == "MinibatchData(data=Value([3 x 1 x 2], CPU), samples=3, seqs=3)"
    assert (data.num_sequences, data.num_samples, data.end_of_sweep) == (3, 3, True)
    assert (data.shape, len(data), data.is_sparse) == ((3, 1, 2), 3, False)
    np.testing.assert_array_equal(data.asarray(), ROWS[:, None])
    assert data.data is data.value
    with pytest.raises(AttributeError, match="no mask"):
        assert data.mask


def test_ragged_sequences():
    data = MinibatchData(Value.from_rows(ROWS, [2, 1]), 2, 3, False)
    assert data.mask.tolist() == [[2, 1], [2, 0]]
    assert [s.tolist() for s in data.as_sequences()] == [[[1, 2], [3, 4]], [[5, 6]]]


def test_counts_can_be_set():
    data = MinibatchData(Value.from_rows(ROWS, None), 3, 3, True)
    data.sweep_end, data.number_of_samples, data.number_of_sequences = False, 9, 4
    assert (data.num_samples, data.num_sequences, data.end_of_sweep) == (9, 4, False)


def test_only_a_value_will_do():
    with pytest.raises(ValueError, match="takes a Value, not ndarray"):
        MinibatchData(ROWS, 3, 3, False)
