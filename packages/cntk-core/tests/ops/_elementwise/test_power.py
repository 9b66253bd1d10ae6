import numpy as np

import cntk as C


def gradients(function, *numbers):
    variables = [C.input_variable((), needs_gradient=True) for _ in numbers]
    data = {v: np.array(n, np.float32) for v, n in zip(variables, numbers)}
    found = function(*variables).grad(data, variables)
    return [found] if len(variables) == 1 else [found[v] for v in variables]


def test_zero_to_a_negative_power_is_zero():
    y = C.pow([0, 0, 0, 2], [-1, 0, 1, -1]).eval()
    np.testing.assert_array_equal(y, [0, 1, 0, 0.5])


def test_a_negative_base_with_a_fractional_exponent_gives_nan():
    assert np.isnan(C.pow([-2], [0.5]).eval()).all()


def test_the_slope_in_the_exponent_is_zero_where_the_base_is_not_positive():
    _, slope = gradients(C.pow, [0, -2, np.e], [1, 2, 1])
    np.testing.assert_allclose(slope, [0, 0, np.e], rtol=1e-6)


def test_squaring_by_pow_takes_any_base():
    np.testing.assert_array_equal(C.pow([-3, 0, 2], 2).eval(), [9, 0, 4])


def test_square_root_of_a_negative_number_is_zero_with_an_infinite_slope():
    (slope,) = gradients(C.sqrt, [-1, 0, 4])
    np.testing.assert_array_equal(slope, [np.inf, np.inf, 0.25])
    np.testing.assert_array_equal(C.sqrt([-1, 0, 4]).eval(), [0, 0, 2])
