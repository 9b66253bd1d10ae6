"""Average pooling: numbers of CNTK 2.7, and a naive loop."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cntk.backends.numpy import planes
from cntk.backends.numpy.pooling_average import average_pooling, average_pooling_gradient
from cntk.ops._pooling.geometry import pooling_axes

from .golden import Golden, cases
from .pooling_cases import as_options, naive_windows, pooled


@pytest.mark.parametrize("case", cases("pooling", "AVG_POOLING"))
def test_values_and_gradients_of_cntk(case):
    golden = Golden(case)

    def check(x, pooling_type, *window_and_strides, include_pad=False, **options):
        options = {"include_pad": include_pad, **as_options(*window_and_strides, **options)}
        y = average_pooling(x, **options)
        golden.check(y, "y")
        dx = average_pooling_gradient(np.ones_like(y), operand_shape=x.shape[1:], **options)
        golden.check(dx, "x0")
        return True

    assert golden.run(pooling=check)


@settings(max_examples=150, deadline=None)
@given(pooled(), st.booleans(), st.integers(0, 2), st.sampled_from([1, 2**17]))
def test_any_geometry_against_a_naive_loop(case, include_pad, num_rows, chunk_cells):
    operand, options = case
    rng = np.random.default_rng(0)
    x = rng.normal(size=(num_rows, *operand))
    axes = pooling_axes(operand, **options)
    options = {"include_pad": include_pad, **options}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planes, "CHUNK_CELLS", chunk_cells)
        y = average_pooling(x, **options)
        dy = rng.normal(size=y.shape)
        dx = average_pooling_gradient(dy, operand_shape=operand, **options)
    expected_y, expected_dx = np.empty_like(y), np.zeros_like(x)
    whole = math.prod(axis.window for axis in axes)
    for leading in itertools.product(*map(range, x.shape[: x.ndim - len(axes)])):
        for output, cells in naive_windows(axes):
            divisor = whole if include_pad else len(cells)
            expected_y[leading + output] = sum(x[leading + cell] for cell in cells) / divisor
            for cell in cells:
                expected_dx[leading + cell] += dy[leading + output] / divisor
    np.testing.assert_allclose(y, expected_y, atol=1e-13)
    np.testing.assert_allclose(dx, expected_dx, atol=1e-13)


def test_small_floats_are_summed_in_larger_ones():
    x = np.full((1, 4096), 1, np.float16)  # a float16 sum of ones stops at 2048
    assert average_pooling(x, window=(4096,)) == 1


def test_results_go_to_out():
    x = np.arange(16.0).reshape(1, 4, 4)
    options = as_options((2, 2), (2, 2))
    out = np.full((1, 2, 2), np.nan)
    assert average_pooling(x, out=out, **options) is out
    np.testing.assert_array_equal(out, [[[2.5, 4.5], [10.5, 12.5]]])
    back = np.full((1, 4, 4, 2), np.nan)[..., 0]
    given_shape = {"operand_shape": (4, 4)}
    assert average_pooling_gradient(out, out=back, **given_shape, **options) is back
    np.testing.assert_array_equal(back, np.kron(out[0], np.full((2, 2), 0.25))[None])


def test_windows_at_the_border_average_what_they_hold():
    x = np.arange(16, dtype=np.float32).reshape(1, 4, 4)
    options = {"window": (3, 3), "strides": (2,), "auto_padding": (True,)}
    np.testing.assert_allclose(average_pooling(x, **options), [[[2.5, 4], [8.5, 10]]])
    padded = average_pooling(x, include_pad=True, **options)
    np.testing.assert_allclose(padded, [[[10 / 9, 8 / 3], [17 / 3, 10]]], rtol=1e-6)
