import pytest

import cntk as C


@pytest.mark.parametrize(
    "axes, shape", [(None, (3,)), (0, (3, 1)), (-1, (1, 3)), ([0, -1], (3,)), (C.Axis(2), (1, 3))]
)
def test_axes_of_size_one_go(axes, shape):
    assert C.squeeze(C.input_variable((1, 3, 1)), axes).shape == shape


@pytest.mark.parametrize("axes", [1, 3, (0, 5), C.Axis.default_batch_axis(), "x"])
def test_other_axes_are_refused(axes):
    with pytest.raises(ValueError):
        C.squeeze(C.input_variable((1, 3, 1)), axes)


def test_free_sizes_stay():
    assert C.squeeze(C.input_variable((C.FreeDimension, 1))).shape == (-3,)
    with pytest.raises(ValueError):
        C.squeeze(C.input_variable((C.FreeDimension, 1)), 0)
