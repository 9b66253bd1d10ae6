"""Products of matrices that the plan's memory takes."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.backends.numpy import linear

ROWS = (1, 3, 4, 16, 32, 33)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rows", ROWS)
def test_rows_times_turned_weights(rows, dtype):
    random = np.random.default_rng(rows)
    data = random.integers(-4, 5, (rows, 256)).astype(dtype)  # sums are exact in any order
    weights = random.integers(-4, 5, (512, 256)).astype(dtype)
    x, w = C.input_variable(256, dtype), C.constant(weights, dtype=dtype)
    found = C.times_transpose(x, w).eval({x: data})
    np.testing.assert_array_equal(found, data @ weights.T)


def test_few_rows_are_multiplied_the_other_way_round():
    turned = {rows: linear.is_turned(rows, 512 * 256, np.dtype(np.float32)) for rows in ROWS}
    assert turned == {1: False, 3: False, 4: True, 16: True, 32: True, 33: False}
    assert not linear.is_turned(16, 512 * 256, np.dtype(np.float64))
    assert not linear.is_turned(16, 64, np.dtype(np.float32))
