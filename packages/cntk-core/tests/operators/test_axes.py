import numpy as np
import pytest

import cntk as C
from cntk.operators.axes import axis_argument, from_last, shape_of, static_axis_argument


def test_a_static_axis_is_an_int_and_others_stay():
    batch = C.Axis.default_batch_axis()
    given = [C.Axis(1), C.Axis(-1), np.int64(2), 0, batch, C.Axis.new_leading_axis()]
    assert [axis_argument(axis, "Op") for axis in given] == [1, -1, 2, 0, *given[-2:]]


@pytest.mark.parametrize("axis", ["x", 0.5, None, (0,), C.Axis.all_axes(), C.Axis("frames")])
def test_what_is_no_static_axis_is_refused(axis):
    with pytest.raises(ValueError, match="Op"):
        static_axis_argument(axis, "Op")


def test_axes_are_counted_from_the_last_within_bounds():
    assert [from_last(axis, 3, "Op") for axis in (0, 2, -1, -3)] == [-3, -1, -1, -3]
    for axis in (3, -4):
        with pytest.raises(ValueError, match="out of bounds"):
            from_last(axis, 3, "Op")


def test_the_shape_of_anything_that_can_be_an_operand():
    x = C.input_variable((2, 3))
    for operand in (x, C.relu(x), np.ones((2, 3)), [[1, 2, 3], [4, 5, 6]]):
        assert shape_of(operand) == (2, 3)
    assert shape_of(1.5) == ()
    assert shape_of(C.placeholder()) is None
