"""Numbers printed by CNTK 2.7."""

import numpy as np
import pytest

import cntk as C


def column(*numbers):
    return np.array(numbers, np.float32).reshape(-1, 1)


def loss_of(p, t, w, factor=1):
    output = C.input_variable(1, needs_gradient=True)
    target, weight = C.input_variable(1), C.input_variable(1)
    loss = factor * C.weighted_binary_cross_entropy(output, target, weight)
    assert loss.dynamic_axes == () and loss.shape == ()
    data = {output: column(*p), target: column(*t), weight: column(*w)}
    gradient, value = loss.grad(data, [output], outputs=[loss.output])
    return float(value), gradient.ravel()


def test_the_value_is_a_weighted_mean_and_the_gradient_that_of_the_weighted_sum():
    value, gradient = loss_of((0.8, 0.9, 0.3), (1, 1, 0), (2, 3, 1))
    assert value == pytest.approx(0.5595218)
    np.testing.assert_allclose(gradient, [-2.5, -3.3333333, 1.4285715], rtol=1e-6)


def test_a_factor_scales_value_and_gradient():
    value, gradient = loss_of((0.8, 0.9, 0.3), (1, 1, 0), (2, 3, 1), factor=2)
    assert value == pytest.approx(1.1190436)
    np.testing.assert_allclose(gradient, [-5, -6.6666667, 2.857143], rtol=1e-6)


def test_targets_may_be_probabilities():
    value, gradient = loss_of((0.8, 0.9, 0.3), (0.7, 0.2, 0.5), (2, 3, 1))
    assert value == pytest.approx(2.84522)
    np.testing.assert_allclose(gradient, [-1.2903224, 6.9230776, 0], rtol=1e-5)


def test_impossible_truths_cost_no_more_than_85():
    value, gradient = loss_of((0, 1, 0), (1, 1, 0), (2, 3, 1))
    assert value == pytest.approx(85.1)
    np.testing.assert_allclose(gradient, [-2e30, -3, 1], rtol=1e-6)


def test_one_number_per_sample():
    p, t, w = (C.input_variable(size) for size in (5, 5, 1))
    data = {p: np.zeros((3, 5), np.float32), t: np.zeros((3, 5), np.float32), w: column(1, 1, 1)}
    with pytest.raises(ValueError, match="one number per sample"):
        C.weighted_binary_cross_entropy(p, t, w).eval(data)
