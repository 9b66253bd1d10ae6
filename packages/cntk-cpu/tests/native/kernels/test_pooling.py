"""Pooling in C against NumPy's, for windows that overlap, leave gaps, or hang over the edge."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

CASES = {
    "2 x 2": ((3, 8, 8), dict(pooling_window_shape=(2, 2), strides=(2, 2))),
    "3 x 3, stride 2, padded": (
        (5, 9, 7),
        dict(pooling_window_shape=(3, 3), strides=(2, 2), auto_padding=[True]),
    ),
    "overlapping": ((17, 6, 6), dict(pooling_window_shape=(3, 2), strides=(1, 1))),
    "gaps": ((1, 10, 10), dict(pooling_window_shape=(2, 2), strides=(3, 3))),
    "whole image": ((4, 5, 5), dict(pooling_window_shape=(5, 5))),
    "one axis": ((3, 9), dict(pooling_window_shape=(3,), strides=(2,))),
}


@pytest.mark.parametrize("rows", [1, 3, 17])
@pytest.mark.parametrize("kind", [C.MAX_POOLING, C.AVG_POOLING], ids=["max", "average"])
@pytest.mark.parametrize("name", CASES)
def test_pooling_and_its_gradient(compared, name, kind, rows):
    shape, options = CASES[name]
    x = C.input_variable(shape, needs_gradient=True)
    y = C.pooling(x, kind, **options)
    data = np.random.default_rng(rows).normal(size=(rows, *shape)).astype(np.float32)

    def both():
        gradient, value = C.sin(y).grad({x: data}, [x], outputs=[y.output])
        return [value, gradient]

    operator = "max_pooling" if kind == C.MAX_POOLING else "average_pooling"
    compared(both, operator, f"{operator}_gradient")


def test_nan_counts_as_in_numpy(compared):
    x = C.input_variable((1, 2, 4))
    data = np.array([[[[1, np.nan, 3, 4], [5, 6, 7, 8]]]], np.float32)
    y = C.pooling(x, C.MAX_POOLING, (2, 2), (2, 2))
    compared(lambda: [y.eval({x: data})], "max_pooling")
