import numpy as np
import pytest

import cntk as C


@pytest.mark.parametrize("axis", [-1, 1, 0, -2])
def test_the_largest_come_first_and_of_equal_ones_the_first(axis):
    x = C.input_variable((3, 4))
    data = np.array([[[1, 3, 3, 2], [0, 5, 1, 5], [9, 0, 7, 1]]], np.float32)
    values, indices = C.top_k(x, 2, axis).eval({x: data}).values()
    order = np.argsort(-data[0], axis=axis, kind="stable").take([0, 1], axis)
    np.testing.assert_array_equal(indices[0], order)
    np.testing.assert_array_equal(values[0], np.take_along_axis(data[0], order, axis))


def test_the_gradient_goes_to_the_chosen_elements():
    x = C.input_variable(4, needs_gradient=True)
    values, indices = C.top_k(x, 2).outputs
    data = {x: np.array([[1, 7, 3, 5]], np.float32)}
    np.testing.assert_array_equal((values * [10, 20]).grad(data), [[0, 10, 0, 20]])
    np.testing.assert_array_equal((indices * 2).grad(data), [[0, 0, 0, 0]])


@pytest.mark.parametrize("arguments", [(0,), (5,), (1.5,), (2, 2), (2, C.Axis.all_static_axes())])
def test_what_does_not_fit_is_refused(arguments):
    with pytest.raises(ValueError):
        C.top_k(C.input_variable((3, 4)), *arguments)


def test_a_free_axis_must_hold_enough_when_data_come():
    x = C.input_variable(C.FreeDimension)
    largest = C.top_k(x, 3)
    assert [output.shape for output in largest.outputs] == [(3,), (3,)]
    with pytest.raises(ValueError, match="has 2 elements"):
        largest.eval({x: np.ones((1, 2), np.float32)})


def test_names_of_the_outputs():
    x = C.input_variable((3, 4))
    assert [o.name for o in C.top_k(x, 2, name="t").outputs] == ["t", "t_TopKIndexMask"]
    assert [o.name for o in C.top_k(x, 2, axis=0, name="t").outputs] == ["t", "t"]
    assert [o.name for o in C.top_k(x, 2).outputs] == ["", ""]
