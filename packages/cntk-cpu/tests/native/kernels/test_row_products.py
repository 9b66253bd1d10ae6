"""One row by a large matrix gives what NumPy gives, with any number of threads."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C


@pytest.mark.parametrize("sizes", [(1, 70000), (17, 4099), (300, 300), (4096, 17), (70000, 1)])
def test_one_row_by_a_large_matrix(threads, sizes):
    random = np.random.default_rng(sizes[0])
    row, matrix = (random.uniform(-1, 1, shape).astype(np.float32) for shape in (sizes[0], sizes))
    x, w = C.input_variable(sizes[0]), C.parameter(sizes, init=0)
    w.value = matrix
    y = C.times(x, w)
    one, two = (threads(count, lambda: y.eval({x: row[None]})) for count in (1, 2))
    np.testing.assert_array_equal(one, two)
    expected = row.astype(np.float64) @ matrix
    np.testing.assert_allclose(one[0], expected, rtol=1e-5, atol=1e-4)
