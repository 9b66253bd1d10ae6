import numpy as np
import pytest

import cntk as C

MATRIX = np.arange(12, dtype=np.float32).reshape(3, 4)


@pytest.mark.parametrize(
    "arguments, like_numpy",
    [
        ((0, 1, 3), np.s_[1:3]),
        ((1, -2, 0), np.s_[:, -2:]),
        ((1, 0, -1), np.s_[:, :-1]),
        ((C.Axis(1), 1, 0), np.s_[:, 1:]),
        ((-1, 0, 4, 3), np.s_[:, ::3]),
        ((1, 0, 0, -1), np.s_[:, ::-1]),
        ((1, 0, 3, -2), np.s_[:, 2::-2]),
        (([0, 1], [1, 0], [0, 2]), np.s_[1:, :2]),
        (([0, 1], [0, 1], [0, 4], [-1, 2]), np.s_[::-1, 1:4:2]),
        (([0], [1], [2]), np.s_[1:2]),
        ((0, np.int64(1), [2]), np.s_[1:2]),
        ((0, 0, 0), np.s_[:]),
    ],
)
def test_a_slice_is_that_of_numpy_with_zero_as_the_end(arguments, like_numpy):
    x = C.input_variable((3, 4), needs_gradient=True)
    part = C.slice(x, *arguments)
    slope, value = part.grad({x: MATRIX[None]}, [x], outputs=[part.output])
    np.testing.assert_array_equal(value[0], MATRIX[like_numpy])
    chosen = np.zeros_like(MATRIX)
    chosen[like_numpy] = 1
    np.testing.assert_array_equal(slope[0], chosen)


@pytest.mark.parametrize(
    "arguments",
    [
        (0, 0, 4),
        (0, 2, 1),
        (0, 1, 1),
        (0, -4, 0),
        (0, 0, -4),
        (2, 0, 1),
        (0, 0, 2, 3),
        (0, 0, 2, 0),
        (0, 0.0, 1),
        ([0, 1], [0], [1]),
        ([0, 1], [0, 0], [1, 1], [1]),
        (C.Axis.default_batch_axis(), 0, 1),
        (None, 0, 1),
    ],
)
def test_ranges_that_leave_the_axis_or_are_empty_are_refused(arguments):
    with pytest.raises(ValueError):
        C.slice(C.input_variable((3, 4)), *arguments)


@pytest.mark.parametrize(
    "begin, end, stride, static",
    [(0, 2, 1, 2), (1, 4, 2, 2), (1, 0, 1, -3), (0, -1, 1, -3), (-2, 0, 1, -3), (0, 0, -1, -3)],
)
def test_along_a_free_axis_the_size_is_known_if_both_ends_count_from_the_front(
    begin, end, stride, static
):
    x = C.input_variable((C.FreeDimension, 2), needs_gradient=True)
    part = C.slice(x, 0, begin, end, stride)
    assert part.shape == (static, 2)
    data = np.arange(10, dtype=np.float32).reshape(1, 5, 2)
    expected = data[:, begin : end or 5][:, ::stride]
    slope, value = part.grad({x: data}, [x], outputs=[part.output])
    np.testing.assert_array_equal(value, expected)
    assert slope.sum() == expected.size


def test_too_short_data_along_a_free_axis_are_refused_when_they_come():
    x = C.input_variable((C.FreeDimension, 2))
    with pytest.raises(ValueError, match="index range"):
        C.slice(x, 0, 0, 3).eval({x: np.ones((1, 2, 2), np.float32)})


def test_one_axis_and_several_are_stored_under_other_keys():
    x = C.input_variable((3, 4))
    one = C.slice(x, 0, 1, 3).root_function.attributes
    assert one == {
        "axis": ("ordered", "static", 1), "beginIndex": 1, "endIndex": 3, "sliceStrides": 1,
    }  # fmt: skip
    several = C.slice(x, [0, 1], [0, 1], [2, 3]).root_function.attributes
    assert several == {
        "axisVec": [("ordered", "static", 1), ("ordered", "static", 0)],
        "beginIndexVec": [0, 1],
        "endIndexVec": [2, 3],
        "sliceStridesVec": [1, 1],
    }
