import numpy as np
import pytest

import cntk as C


@pytest.mark.parametrize(
    "axis, shape",
    [(None, (1, 24)), (0, (1, 24)), (1, (2, 12)), (3, (24, 1)), (-1, (24, 1)), (-3, (2, 12))],
)
def test_the_axis_divides_rows_from_columns(axis, shape):
    assert C.flatten(C.input_variable((2, 3, 4)), axis).shape == shape


@pytest.mark.parametrize("axis", [4, -5, C.Axis.new_leading_axis(), "x"])
def test_axes_out_of_bounds_are_refused(axis):
    with pytest.raises(ValueError):
        C.flatten(C.input_variable((2, 3, 4)), axis)


@pytest.mark.parametrize("axis, shape", [(None, (1, 24)), (1, (2, 12)), (-2, (6, 4))])
def test_a_placeholder_is_flattened_when_it_is_replaced(axis, shape):
    p = C.placeholder()
    assert C.flatten(p, axis).replace_placeholders({p: C.input_variable((2, 3, 4))}).shape == shape


def test_free_sizes_make_free_rows_or_columns_or_both():
    data = np.arange(24, dtype=np.float32).reshape(1, 2, 3, 4)
    for shape, axis, actual in [((-3, 3, 4), 1, (2, 12)), ((-3, 3, -3), 2, (6, 4))]:
        x = C.input_variable(shape)
        np.testing.assert_array_equal(C.flatten(x, axis).eval({x: data})[0], data.reshape(actual))
