import numpy as np

import cntk as C


def test_the_gradient_passes_between_minus_one_and_one():
    x = C.input_variable((), needs_gradient=True)
    y = C.straight_through_impl(x)
    numbers = np.array([-1.5, -1, 0, 1, 1.5], np.float32)
    slopes, values = y.grad({x: numbers}, outputs=[y.output])
    np.testing.assert_array_equal(values, [-1, -1, -1, 1, 1])
    np.testing.assert_array_equal(slopes, [0, 1, 1, 1, 0])
