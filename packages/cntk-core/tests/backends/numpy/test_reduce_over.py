"""The kernels agree with NumPy for every choice of axes, however the array lies."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import cntk as C

BATCH = C.Axis.default_batch_axis()
PUBLIC = {
    C.reduce_sum: np.sum,
    C.reduce_mean: np.mean,
    C.reduce_max: np.max,
    C.reduce_min: np.min,
    C.reduce_prod: np.prod,
}
# a short last axis, one too long for the sums by BLAS, and one of each
SHAPES = [(3,), (2, 3), (66_000,), (2, 3, 40)]


def choices(rank):
    for count in range(1, rank + 1):
        for axes in itertools.combinations(range(rank), count):
            yield [*axes]
            yield [*axes, BATCH]


@pytest.mark.parametrize("rows", [1, 40])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("public", PUBLIC, ids=lambda public: public.name)
def test_a_reduction_is_that_of_numpy(public, shape, rows):
    x = C.input_variable(shape)
    data = np.random.default_rng(0).uniform(0.999, 1.001, (rows, *shape)).astype(np.float32)
    for axes in choices(len(shape)):
        over = tuple(0 if axis == BATCH else axis + 1 for axis in axes)
        expected = PUBLIC[public](data.astype(np.float64), axis=over, keepdims=True)
        expected = expected[0] if BATCH in axes else expected
        found = public(x, axis=axes).eval({x: data})
        assert found.shape == expected.shape
        np.testing.assert_allclose(found, expected, rtol=1e-3)
