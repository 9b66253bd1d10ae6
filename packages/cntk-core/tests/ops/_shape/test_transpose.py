import numpy as np
import pytest

import cntk as C


@pytest.mark.parametrize("perm", [(2, 0, 1), (-1, -3, -2), [1, 0, 2], np.array([2, 1, 0])])
def test_axes_are_permuted_like_those_of_numpy(perm):
    x = C.input_variable((2, 3, 4), needs_gradient=True)
    data = np.arange(48, dtype=np.float32).reshape(2, 2, 3, 4)
    turned = C.transpose(x, perm)
    expected = np.stack([one.transpose(perm) for one in data])
    np.testing.assert_array_equal(turned.eval({x: data}), expected)
    slope = (turned * C.constant(expected[0])).grad({x: data[:1]})
    np.testing.assert_array_equal(slope, data[:1])


@pytest.mark.parametrize("perm", [(0, 0), (0, 1, 2), (0,), (0, 2), (0, -3)])
def test_what_is_no_permutation_is_refused(perm):
    with pytest.raises(ValueError):
        C.transpose(C.input_variable((2, 3)), perm)


@pytest.mark.parametrize("perm", [1, "10", None, (0.5, 1)])
def test_what_is_no_list_of_ints_is_refused(perm):
    with pytest.raises(TypeError):
        C.transpose(C.input_variable((2, 3)), perm)


@pytest.mark.parametrize(
    "axes, shape", [((), (3, 2, 4)), ((0, -1), (4, 3, 2)), ((1, 1), (2, 3, 4))]
)
def test_two_axes_are_exchanged(axes, shape):
    assert C.swapaxes(C.input_variable((2, 3, 4)), *axes).shape == shape


@pytest.mark.parametrize("axes", [(0, 3), (-4, 0), (0, C.Axis.default_batch_axis())])
def test_axes_out_of_bounds_are_refused(axes):
    with pytest.raises(ValueError):
        C.swapaxes(C.input_variable((2, 3, 4)), *axes)


def test_a_permutation_is_stored_from_the_last_axis():
    shown = C.transpose(C.input_variable((2, 3, 4)), (2, 0, 1)).root_function.attributes
    assert shown == {"axisVec": [("ordered", "static", i) for i in (1, 2, 0)]}
