import numpy as np
import pytest

import cntk as C

BATCH = C.Axis.default_batch_axis()


def test_there_and_back_again_is_the_operand():
    x = C.input_variable((2, 3), needs_gradient=True)
    whole = C.unpack_batch(x)
    assert (whole.shape, whole.dynamic_axes) == ((-3, 2, 3), ())
    again = C.to_batch(whole * 2) + x
    data = np.arange(24, dtype=np.float32).reshape(4, 2, 3)
    for rows in (4, 1, 3):
        slope, value = again.grad({x: data[:rows]}, [x], outputs=[again.output])
        np.testing.assert_array_equal(value, 3 * data[:rows])
        np.testing.assert_array_equal(slope, np.full((rows, 2, 3), 3))


def test_a_product_over_the_batch():
    x = C.input_variable(2, needs_gradient=True)
    whole = C.unpack_batch(x)
    gram = C.times(C.transpose(whole, (1, 0)), whole)
    assert gram.shape == (2, 2)
    data = np.arange(6, dtype=np.float32).reshape(3, 2)
    slope, value = gram.grad({x: data}, [x], outputs=[gram.output])
    np.testing.assert_allclose(value, data.T @ data)
    np.testing.assert_allclose(slope, 2 * data.sum(1, keepdims=True) * np.ones((1, 2)))


def test_a_parameter_makes_a_minibatch_of_its_own():
    rows = C.parameter(init=np.arange(6, dtype=np.float32).reshape(3, 2))
    function = C.exp(C.to_batch(rows) * 0.5)
    assert (function.shape, function.dynamic_axes) == ((2,), (BATCH,))
    np.testing.assert_allclose(function.eval(), np.exp(rows.value / 2), rtol=1e-6)
    expected = np.exp(rows.value / 2) / 2
    np.testing.assert_allclose(function.grad({}, [rows]), expected, rtol=1e-6)
    state, _ = function.forward({}, keep_for_backward=[function.output])
    found = function.backward(state, {function.output: np.ones((3, 2), np.float32)}, [rows])
    np.testing.assert_allclose(found[rows], expected, rtol=1e-6)


def test_another_number_of_samples_is_refused():
    x, rows = C.input_variable(2), C.parameter((3, 2), init=1)
    function = C.to_batch(rows) + x
    function.eval({x: np.ones((3, 2), np.float32)})
    with pytest.raises(RuntimeError, match="3 samples"):
        function.eval({x: np.ones((2, 2), np.float32)})


def test_operands_with_other_axes_are_refused():
    sequence = C.input_variable(3, dynamic_axes=[BATCH, C.Axis.default_dynamic_axis()])
    for function, operand in (
        (C.unpack_batch, sequence),
        (C.unpack_batch, C.parameter((2, 3))),
        (C.to_batch, C.input_variable(3)),
        (C.to_batch, C.parameter(())),
    ):
        with pytest.raises(RuntimeError):
            function(operand)
