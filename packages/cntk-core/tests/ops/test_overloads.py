import numpy as np
import pytest

import cntk as C

MATRIX = np.arange(12, dtype=np.float32).reshape(3, 4)


def part(key):
    x = C.input_variable((3, 4))
    found = x[key]
    return C.combine([found]).eval({x: MATRIX[None]})[0]


@pytest.mark.parametrize(
    "key, like_numpy",
    [
        (1, np.s_[1:2]),
        (-1, np.s_[-1:]),
        (-3, np.s_[:1]),
        (np.s_[:, 1:3], np.s_[:, 1:3]),
        (np.s_[0:2, -1], np.s_[0:2, -1:]),
        (np.s_[..., 0], np.s_[:, :1]),
        (np.s_[..., 0:2, 1], np.s_[0:2, 1:2]),
        (np.s_[0, ...], np.s_[:1]),
        (np.s_[-2:], np.s_[-2:]),
        (np.s_[:, 0:4:2], np.s_[:, ::2]),
        (np.s_[2:0], np.s_[2:]),
        ([2, 0], np.s_[[2, 0]]),
        ([-1], np.s_[-1:]),
        (np.s_[:, [3, 0]], np.s_[:, [3, 0]]),
        (np.int64(1), np.s_[1:2]),
    ],
)
def test_an_index_takes_a_part_and_keeps_all_axes(key, like_numpy):
    np.testing.assert_array_equal(part(key), MATRIX[like_numpy])


@pytest.mark.parametrize("key", [np.s_[:], np.s_[::2], np.s_[...], np.s_[:, :], np.s_[0:0]])
def test_without_bounds_the_variable_itself_is_returned(key):
    x = C.input_variable((3, 4))
    assert x[key] is x


@pytest.mark.parametrize("key", ["a", None, 1.5, [], [[0]], np.array([0, 1])])
def test_other_indices_are_refused(key):
    with pytest.raises(IndexError):
        C.input_variable((3, 4))[key]


@pytest.mark.parametrize("key", [3, -4, np.s_[0, 0, 0], [0, 3], np.s_[2:1]])
def test_indices_out_of_bounds_are_refused(key):
    with pytest.raises(ValueError):
        C.input_variable((3, 4))[key]


def test_indexing_several_outputs_chooses_one():
    x = C.input_variable(2)
    both = C.combine([C.relu(x), C.tanh(x)])
    assert both[-1] is both.outputs[1]
    with pytest.raises(KeyError):
        both[2]
