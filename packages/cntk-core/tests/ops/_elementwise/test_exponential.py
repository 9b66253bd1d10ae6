import numpy as np
import pytest

import cntk as C


def values_and_slopes(function, numbers, dtype):
    x = C.input_variable((), dtype=dtype, needs_gradient=True)
    y = function(x)
    slopes, values = y.grad({x: np.array(numbers, dtype)}, outputs=[y.output])
    return values, slopes


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_log_is_floored_for_zero_negative_and_tiny_numbers(dtype):
    values, slopes = values_and_slopes(C.log, [0, -1, 1e-38], dtype)
    np.testing.assert_allclose(values, [np.float32(-85.1)] * 3, rtol=1e-7)
    np.testing.assert_allclose(slopes, [9.0878206e36] * 3, rtol=1e-5)


def test_log_of_zero_is_finite_in_half_precision():
    values, _ = values_and_slopes(C.log, [0, 1], np.float16)
    np.testing.assert_allclose(values, [-16.64, 0], rtol=1e-3)


def test_log_just_above_the_floor_is_the_logarithm():
    values, slopes = values_and_slopes(C.log, [1e-36], np.float64)
    np.testing.assert_allclose(values, np.log(1e-36))
    np.testing.assert_allclose(slopes, 1e36)
