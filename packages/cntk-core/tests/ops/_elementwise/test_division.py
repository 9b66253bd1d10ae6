import numpy as np

import cntk as C


def test_dividing_by_zero_gives_zero_and_no_gradient():
    left, right = (C.input_variable((), needs_gradient=True) for _ in range(2))
    quotient = left / right
    data = {left: np.array([1, 0, 6], np.float32), right: np.array([0, 0, 2], np.float32)}
    slopes, values = quotient.grad(data, [left, right], outputs=[quotient.output])
    np.testing.assert_array_equal(values, [0, 0, 3])
    np.testing.assert_array_equal(slopes[left], [0, 0, 0.5])
    np.testing.assert_array_equal(slopes[right], [0, 0, -1.5])


def test_the_inner_product_bears_the_name_of_the_division():
    block = C.element_divide(C.input_variable(2), 3, name="share").root_function
    assert block.name == block.block_root.root_function.name == "share"
