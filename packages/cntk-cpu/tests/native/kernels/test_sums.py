"""Sums that undo broadcasting: sizes around blocks and vectors."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

SHAPES = [
    ((7,), (1,)),
    ((1,), (1,)),
    ((63,), (63,)),
    ((64,), (64,)),
    ((200,), (200,)),
    ((3, 5), (3, 1)),
    ((17, 33), (17, 1)),
    ((3, 5), (1, 5)),
    ((4, 3, 5), (4, 1, 1)),
    ((4, 3, 5), (1, 3, 1)),
    ((5, 4100), (1, 1)),
]


@pytest.mark.parametrize("rows", [1, 3, 17, 300])
@pytest.mark.parametrize(("shape", "small"), SHAPES)
def test_the_gradient_of_what_broadcasts(compared, shape, small, rows):
    x = C.input_variable(shape, needs_gradient=True)
    w = C.parameter(small, init=0.5)
    y = C.tanh(x) * w
    data = np.random.default_rng(rows).normal(size=(rows, *shape)).astype(np.float32)
    gradient = lambda: [y.grad({x: data}, [w])]
    (found,) = compared(gradient, "sum_to", rtol=1e-4, atol=1e-3)
    axes = tuple(i + 1 for i, (n, m) in enumerate(zip(shape, small)) if n != m)
    exact = np.tanh(data.astype(np.float64)).sum(axis=(0, *axes)).reshape(small)
    scale = np.abs(np.tanh(data)).sum(axis=(0, *axes)).reshape(small)
    assert np.all(np.abs(found - exact) <= 1e-5 * scale)


def test_nan_and_infinity_are_summed(compared):
    x, w = C.input_variable(3, needs_gradient=True), C.parameter(3, init=1)
    data = np.array([[1, np.nan, np.inf], [2, 1, 1]], np.float32)
    (found,) = compared(lambda: [(C.plus(x, 0) * w).grad({x: data}, [w])], "sum_to")
    np.testing.assert_array_equal(found, [3, np.nan, np.inf])
