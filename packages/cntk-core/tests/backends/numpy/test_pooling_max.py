"""Maximum pooling and unpooling: numbers of CNTK 2.7, and a naive loop."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cntk.backends.numpy import planes
from cntk.backends.numpy.pooling_max import (
    max_pooling,
    max_pooling_gather,
    max_pooling_gradient,
    max_unpooling,
)
from cntk.ops._pooling.geometry import pooling_axes

from .golden import Golden, cases
from .pooling_cases import as_options, naive_windows, pooled


@pytest.mark.parametrize("case", cases("pooling", "MAX_POOLING"))
def test_values_and_gradients_of_cntk(case):
    golden = Golden(case)

    def check(x, pooling_type, *window_and_strides, include_pad=False, **options):
        options = as_options(*window_and_strides, **options)
        y, argmax = max_pooling(x, **options)
        golden.check(y, "y")
        shape = {"operand_shape": x.shape[1:]}
        golden.check(max_pooling_gradient(np.ones_like(y), argmax, **shape, **options), "x0")
        return True

    assert golden.run(pooling=check)


@pytest.mark.parametrize("case", cases("unpooling"))
def test_unpooled_values_of_cntk(case):
    golden = Golden(case)

    def pool(x, pooling_type, *window_and_strides):
        return max_pooling(x, **as_options(*window_and_strides))[0]

    def check(x, pooling_input, unpooling_type, *window_and_strides):
        options = as_options(*window_and_strides)
        argmax = max_pooling(pooling_input, **options)[1]
        y = max_unpooling(x, argmax, operand_shape=pooling_input.shape[1:], **options)
        golden.check(y, "y")
        return True

    assert golden.run(pooling=pool, unpooling=check)


@settings(max_examples=150, deadline=None)
@given(pooled(), st.integers(0, 2), st.sampled_from([1, 2**17]))
def test_any_geometry_against_a_naive_loop(case, num_rows, chunk_cells):
    operand, options = case
    rng = np.random.default_rng(0)
    x = rng.integers(0, 4, size=(num_rows, *operand)).astype(float)  # many equal maxima
    axes = pooling_axes(operand, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planes, "CHUNK_CELLS", chunk_cells)
        y, argmax = max_pooling(x, **options)
        dy = rng.integers(-3, 4, size=y.shape).astype(float)
        dx = max_pooling_gradient(dy, argmax, operand_shape=operand, **options)
        gathered = max_pooling_gather(x, argmax, **options)
        unpooled = max_unpooling(dy, argmax, operand_shape=operand, **options)
    expected_dx, expected_unpooled = np.zeros_like(x), np.zeros_like(x)
    for leading in itertools.product(*map(range, x.shape[: x.ndim - len(axes)])):
        for output, cells in naive_windows(axes):
            first = max(cells, key=lambda cell: x[leading + cell])  # max returns the first
            assert y[leading + output] == x[leading + first]
            expected_dx[leading + first] += dy[leading + output]
            expected_unpooled[leading + first] = dy[leading + output]
    np.testing.assert_array_equal(gathered, y)
    np.testing.assert_array_equal(dx, expected_dx)
    np.testing.assert_array_equal(unpooled, expected_unpooled)


def test_the_first_of_equal_maxima_counts():
    x = np.zeros((1, 4, 4), np.float32)
    _, argmax = max_pooling(x, window=(2, 2), strides=(2,))
    dx = max_pooling_gradient(
        np.ones((1, 2, 2), np.float32), argmax, operand_shape=(4, 4), window=(2, 2), strides=(2,)
    )
    np.testing.assert_array_equal(dx[0], [[1, 0, 1, 0], [0] * 4, [1, 0, 1, 0], [0] * 4])


@pytest.mark.parametrize("window", [(2,), (3,)])
def test_nan_is_passed_over(window):
    """As CNTK 2.7 does; a window of nothing else is nan here and minus infinity there."""
    x = np.array([[1, np.nan, 3, 2, np.nan, np.nan, np.nan]])
    y, argmax = max_pooling(x, window=window)
    expected = {2: [1, 3, 3, 2, np.nan, np.nan], 3: [3, 3, 3, 2, np.nan]}[window[0]]
    np.testing.assert_array_equal(y, [expected])
    gathered = max_pooling_gather(x, argmax, window=window)
    np.testing.assert_array_equal(gathered, y)


@pytest.mark.parametrize("size, dtype", [(256, np.uint8), (257, np.uint16), (70000, np.uint32)])
def test_argmax_is_as_small_as_the_window_allows(size, dtype):
    x = np.zeros((1, size), np.float32)
    x[0, -1] = 1
    y, argmax = max_pooling(x, window=(size,))
    assert argmax.dtype == dtype
    assert (y.item(), argmax.item()) == (1, size - 1)


def test_results_go_to_out():
    x = np.random.default_rng(1).normal(size=(2, 4, 4))
    options = as_options((2, 2), (2, 2))
    y, argmax = max_pooling(x, **options)
    out = np.full((2, 2, 2), np.nan)
    assert max_pooling(x, out=out, **options)[0] is out
    np.testing.assert_array_equal(out, y)
    out = np.full((4, 4, 2), np.nan).T
    assert max_pooling_gradient(y, argmax, operand_shape=(4, 4), out=out, **options) is out
    np.testing.assert_array_equal(out, np.where(np.isin(x, y), x, 0))


def test_a_window_shape_of_nothing_known_is_the_whole_operand():
    x = np.random.default_rng(2).normal(size=(2, 3, 4, 5))
    y, _ = max_pooling(x, window=(-2,))
    np.testing.assert_array_equal(y, x.max(axis=(2, 3), keepdims=True))
