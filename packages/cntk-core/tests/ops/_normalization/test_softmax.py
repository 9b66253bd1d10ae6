import numpy as np
import pytest

import cntk as C

X = np.array([[[0, 1, 2], [3, 4, 5]]], np.float32)
ROW = [0.0900306, 0.2447285, 0.6652409]


def op(function):
    return function.root_function.op_name, function.root_function.is_block


def test_without_an_axis_all_elements_of_a_sample_share():
    x = C.input_variable((2, 3))
    shares = C.softmax(x)
    assert op(shares) == ("Softmax", False)
    np.testing.assert_allclose(shares.eval({x: X}).sum(), 1, rtol=1e-6)


def test_of_a_parameter_the_last_axis_is_a_sample():
    np.testing.assert_allclose(C.softmax(C.parameter(init=X[0])).eval(), [ROW, ROW], rtol=1e-5)
    chosen = C.hardmax(C.parameter(init=X[0])).eval()
    np.testing.assert_array_equal(chosen, [[0, 0, 1], [0, 0, 1]])


def test_along_an_axis_it_is_a_block():
    x = C.input_variable((2, 3))
    shares = C.softmax(x, axis=1)
    assert op(shares) == ("Softmax", True)
    np.testing.assert_allclose(shares.eval({x: X})[0], [ROW, ROW], rtol=1e-5)


def test_the_last_axis_of_a_vector_needs_no_block():
    assert op(C.softmax(C.input_variable(3), axis=-1)) == ("Softmax", False)
    assert op(C.softmax(C.input_variable(3), axis=0)) == ("Softmax", True)


def test_an_axis_of_a_placeholder_counts_when_its_rank_is_known():
    x, later = C.input_variable((2, 3)), C.placeholder()
    shares = C.softmax(later, axis=-1).replace_placeholders({later: x})
    np.testing.assert_allclose(shares.eval({x: X})[0], [ROW, ROW], rtol=1e-5)


def test_large_numbers_do_not_overflow():
    x = C.input_variable(3)
    data = np.array([[1e4, 0, 1e4], [-np.inf, 0, 0]], np.float32)
    np.testing.assert_allclose(C.softmax(x).eval({x: data}), [[0.5, 0, 0.5], [0, 0.5, 0.5]])
    logarithms = C.log_softmax(x).eval({x: data})
    np.testing.assert_allclose(logarithms[0], [-0.6931472, -10000.693, -0.6931472], rtol=1e-6)


@pytest.mark.parametrize("softmax", [C.softmax, C.log_softmax])
@pytest.mark.parametrize(
    "axis, message",
    [
        (2, "out of bounds"),
        (-3, "out of bounds"),
        (C.Axis.default_dynamic_axis(), "static axes"),
        ((0, 1), "an int or a C.Axis"),
        (1.5, "an int or a C.Axis"),
    ],
)
def test_an_axis_is_one_static_axis(softmax, axis, message):
    with pytest.raises(ValueError, match=message):
        softmax(C.input_variable((2, 3)), axis=axis)


def test_log_softmax_can_go_along_the_batch():
    x = C.input_variable(2)
    data = np.array([[1, 2], [3, 2]], np.float32)
    found = C.log_softmax(x, axis=C.Axis.default_batch_axis()).eval({x: data})
    np.testing.assert_allclose(np.exp(found).sum(axis=0), [1, 1], rtol=1e-6)
