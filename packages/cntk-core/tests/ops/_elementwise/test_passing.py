import numpy as np

import cntk as C


def test_stop_gradient_hides_only_its_own_path():
    x = C.input_variable(1, needs_gradient=True)
    y = x * C.stop_gradient(x * 3)
    np.testing.assert_array_equal(y.grad(np.array([[2]], np.float32)), [[6]])


def test_an_alias_is_a_function_of_its_own():
    x = C.input_variable(1)
    y = C.alias(C.relu(x), name="y")
    assert (y.root_function.op_name, y.name) == ("NoOp", "y")
    np.testing.assert_array_equal(y.eval({x: [[-1], [2]]}), [[0], [2]])
