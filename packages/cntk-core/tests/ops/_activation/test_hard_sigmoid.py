import numpy as np

import cntk as C


def test_no_gradient_passes_at_the_corners():
    x = C.input_variable((), needs_gradient=True)
    slopes = C.hard_sigmoid(x, 0.5, 0.5).grad({x: np.array([-1, -0.5, 0.5, 1], np.float32)})
    np.testing.assert_array_equal(slopes, [0, 0.5, 0.5, 0])


def test_attributes_are_stored_in_single_precision():
    block = C.hard_sigmoid(C.input_variable(1), 0.2, 0.5).root_function
    assert block.attributes == {"alpha": float(np.float32(0.2)), "beta": 0.5}
