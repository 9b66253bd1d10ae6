"""Choosing frames: which time steps, on which axis, and the conditions that choose none."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C


def where(*conditions, dtype=np.float32):
    c = C.sequence.input_variable((), dtype=dtype)
    return C.sequence.where(c).eval({c: [np.array(part, dtype) for part in conditions]})


@pytest.mark.parametrize(
    ("condition", "chosen"),  # as CNTK 2.7 prints them
    [
        ([1, 0, 1, 1, 0], [0, 2, 3]),
        ([2, 0, 1], [0, 0, 2]),
        ([0, 3], [1, 1, 1]),
        ([-1, 2, 1], [1, 2]),
        ([1.5] * 4, [0, 0, 1, 2, 2, 3]),
        ([0.5] * 4, [0, 2]),
        ([0.3] * 8, [0, 3, 6]),
        ([1.2] * 6, [0, 0, 1, 2, 3, 4, 5, 5]),
        ([0.1] * 30, [0, 10, 20]),
        ([0.7] * 20, [0, 1, 2, 4, 5, 7, 8, 10, 11, 12, 14, 15, 17, 18]),
    ],
)
def test_frames_are_chosen_until_as_many_as_the_sum_so_far(condition, chosen):
    (found,) = where(condition)
    assert found.tolist() == chosen
    assert found.dtype == np.float32


@pytest.mark.parametrize(
    ("number", "chosen"),  # as CNTK 2.7 prints them
    [
        (0.2, [0, 5, 10, 15, 20, 24, 29, 34, 39]),
        (0.1, [0, 10, 20, 29, 39]),
        (1 / 3, [0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36, 38, 41]),
    ],
)
def test_sums_of_fractions_are_rounded_as_their_element_type_asks(number, chosen):
    (found,) = where([number] * 43, dtype=np.float64)
    assert found.tolist() == chosen


def test_each_sequence_counts_by_itself():
    found = where([1, 0], [0, 0, 1, 1], [1])
    assert [part.tolist() for part in found] == [[0], [2, 3], [0]]


@pytest.mark.parametrize("condition", [[0, 0], [np.nan, 1], [-1, 1], [-np.inf, 5]])
def test_a_sequence_of_which_nothing_is_chosen_is_an_error(condition):
    with pytest.raises(RuntimeError, match="a least one frame long.* of sequence 1 is chosen"):
        where([1, 1], condition)


@pytest.mark.parametrize("number", [np.inf, 1e30])
def test_more_frames_than_fit_into_memory_are_refused(number):
    with pytest.raises(RuntimeError, match="chooses"):
        where([1, number])


def test_the_axis_is_named_by_the_condition():
    c = C.sequence.input_variable(())
    assert C.sequence.where(c).dynamic_axes[1].name == f"whereNodeDynamicAxis_conditionVar_{c.uid}"
    positive = C.greater(c, 0)
    name = C.sequence.where(positive).dynamic_axes[1].name
    assert name == f"whereNodeDynamicAxis_conditionVar_{positive.output.uid}"
    chosen = C.sequence.is_first(c)  # a block: the node inside names the axis
    inside = chosen.root_function.block_root.output.uid
    assert C.sequence.where(chosen).dynamic_axes[1].name.endswith(inside)


def test_a_condition_is_one_number_per_frame():
    assert where([1, 1])[0].shape == (2,)
    with pytest.raises(ValueError, match="scalar input"):
        C.sequence.where(C.sequence.input_variable(3))
    with pytest.raises(ValueError, match="sequence axis"):
        C.sequence.where(C.input_variable(()))


def test_what_was_chosen_can_be_chosen_from():
    c = C.sequence.input_variable(())
    again = C.sequence.where(C.sequence.where(c))
    found = again.eval({c: [np.array([1, 0, 1, 1], np.float32)]})
    assert found[0].tolist() == [1, 1, 2, 2, 2]  # the steps 0, 2, 3 as a condition
