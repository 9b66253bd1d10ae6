import numpy as np
import pytest

import cntk as C


def slopes(function, x, data):
    return function.grad({x: np.array([data], np.float32)})[0].tolist()


def test_all_elements_that_share_an_extremum_get_the_whole_gradient():
    x = C.input_variable(4, needs_gradient=True)
    assert slopes(C.reduce_max(x), x, [1, 5, 5, 2]) == [0, 1, 1, 0]
    assert slopes(C.reduce_min(x), x, [1, 5, 1, 1]) == [1, 0, 1, 1]


def test_a_zero_factor_takes_all_gradients_of_a_product():
    x = C.input_variable((2, 3), needs_gradient=True)
    found = slopes(C.reduce_prod(x, axis=1), x, [[0, 2, 3], [1, 2, 3]])
    assert found == [[0, 0, 0], [6, 3, 2]]


def test_at_zero_the_euclidean_norm_has_no_gradient_and_the_sum_of_absolutes_has_none_there():
    x = C.input_variable(2, needs_gradient=True)
    assert np.isnan(slopes(C.reduce_l2(x), x, [0, 0])).all()
    assert slopes(C.reduce_l1(x), x, [0, -3]) == [0, -1]


@pytest.mark.parametrize("value", [-np.inf, 1000, -1000])
def test_log_sum_exp_neither_overflows_nor_becomes_nan(value):
    x = C.input_variable(2)
    found = C.reduce_log_sum_exp(x).eval({x: np.full((1, 2), value, np.float32)})
    np.testing.assert_allclose(found, [value + np.log(2)], rtol=1e-6)


def test_the_gradient_of_a_batch_mean_is_shared_by_the_samples():
    x = C.input_variable(2, needs_gradient=True)
    mean = C.reduce_mean(x, axis=C.Axis.default_batch_axis())
    for rows in (4, 1, 3):
        np.testing.assert_allclose(
            mean.grad({x: np.ones((rows, 2), "f")}), np.full((rows, 2), 1 / rows)
        )


def test_no_gradient_flows_to_the_operand_of_argmax():
    x = C.input_variable((2, 3), needs_gradient=True)
    assert slopes(C.argmax(x, axis=0), x, [[1, 2, 3], [4, 1, 1]]) == [[0, 0, 0], [0, 0, 0]]
