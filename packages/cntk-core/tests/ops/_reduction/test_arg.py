import numpy as np
import pytest

import cntk as C

DATA = np.array([[[0, 4, 3], [5, 2, 5]]], np.float32)


@pytest.mark.parametrize(
    "axis, largest, smallest",
    [
        (1, [[1], [0]], [[0], [1]]),
        (0, [[1, 0, 1]], [[0, 1, 0]]),
        (None, 3, 0),
        (C.Axis.all_static_axes(), 3, 0),
    ],
)
def test_the_first_of_equal_elements_is_found(axis, largest, smallest):
    x = C.input_variable((2, 3))
    np.testing.assert_array_equal(C.argmax(x, axis).eval({x: DATA})[0], largest)
    np.testing.assert_array_equal(C.argmin(x, axis).eval({x: DATA})[0], smallest)


@pytest.mark.parametrize(
    "axis", [2, -3, (0, 1), "last", C.Axis.all_axes(), C.Axis.default_batch_axis()]
)
def test_other_axes_are_refused(axis):
    with pytest.raises(ValueError):
        C.argmax(C.input_variable((2, 3)), axis)
