import pytest

import cntk as C


@pytest.mark.parametrize(
    "axis, shape", [(0, (2, 1, 3)), (1, (2, 3, 1)), (-1, (2, 3, 1)), (-3, (1, 2, 3))]
)
def test_a_new_axis_comes_behind_or_at_a_place_from_the_end(axis, shape):
    assert C.expand_dims(C.input_variable((2, 3)), axis).shape == shape


@pytest.mark.parametrize("axis", [2, -4, C.Axis.default_batch_axis(), 0.5])
def test_places_out_of_bounds_are_refused(axis):
    with pytest.raises(ValueError):
        C.expand_dims(C.input_variable((2, 3)), axis)
