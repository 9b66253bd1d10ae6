import numpy as np
import pytest

import cntk as C


@pytest.fixture
def target():
    return C.parameter(init=np.array([1, 1], np.float32))


def test_eval_writes_when_it_is_over(target):
    y = C.assign(target, [2, 3]) + target
    np.testing.assert_array_equal(y.eval(), [3, 4])
    np.testing.assert_array_equal(target.value, [2, 3])


def test_a_forward_that_keeps_values_leaves_the_writing_to_backward(target):
    x = C.input_variable(2, needs_gradient=True)
    y = C.assign(target, [2, 3]) + x
    ones = np.ones((1, 2), np.float32)
    state, _ = y.forward({x: ones}, [y.output], {y.output})
    np.testing.assert_array_equal(target.value, [1, 1])
    y.backward(state, {y.output: ones}, [x])
    np.testing.assert_array_equal(target.value, [2, 3])


def test_the_gradient_goes_to_the_value_and_not_to_the_target(target):
    value = C.parameter(init=np.array([5, 6], np.float32))
    x = C.input_variable(2)
    y = C.assign(target, value) * x
    slopes = y.grad({x: np.array([[3, 4]], np.float32)}, [target, value])
    np.testing.assert_array_equal(slopes[target], [0, 0])
    np.testing.assert_array_equal(slopes[value], [3, 4])


def test_a_value_of_another_shape_is_refused(target):
    with pytest.raises(ValueError, match=r"'\[2\]' .* '\[1\]'"):
        C.assign(target, [5])


def test_a_value_with_dynamic_axes_is_refused(target):
    with pytest.raises(ValueError, match="dynamic axes"):
        C.assign(target, C.input_variable(2))


def test_only_parameters_and_constants_can_be_written(target):
    with pytest.raises(TypeError, match="parameter or constant"):
        C.assign(target + 1, target)
