"""Values of one set of dynamic axes on those of another."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

S = [np.zeros((3, 1), np.float32), np.zeros((2, 1), np.float32)]


def frames(axis="defaultDynamicAxis"):
    return C.sequence.input_variable(1, needs_gradient=True, sequence_axis=C.Axis(axis))


@pytest.mark.parametrize("operand", [7, [7, 8], np.array([7, 8], np.float32)])
def test_numbers_are_repeated_for_each_frame(operand):
    s = frames()
    found = C.sequence.broadcast_as(operand, s).eval({s: S})
    assert [len(part) for part in found] == [3, 2]
    np.testing.assert_array_equal(found[1][1], operand)


def test_values_per_sample_are_repeated_and_their_gradient_is_summed():
    s, x = frames(), C.input_variable(2, needs_gradient=True)
    y = C.sequence.broadcast_as(x, s)
    feed = {s: S, x: np.array([[1, 2], [3, 4]], np.float32)}
    assert y.eval(feed)[1].tolist() == [[3, 4], [3, 4]]
    assert y.grad(feed, [x]).tolist() == [[3, 3], [2, 2]]


def test_what_belongs_to_other_sequences_meets_per_sample():
    s, other = frames(), frames("other")
    total = C.sequence.broadcast_as(C.sequence.reduce_sum(other), s) + s
    found = total.eval({s: S, other: [np.ones((1, 1), np.float32), np.ones((4, 1), np.float32)]})
    assert [part.ravel().tolist() for part in found] == [[1, 1, 1], [4, 4]]


def test_a_sequence_of_equal_lengths_changes_its_axis():
    s, other = frames(), frames("other")
    y = C.sequence.broadcast_as(s, other)
    assert y.dynamic_axes == other.dynamic_axes
    assert len(y.eval({s: S, other: S})[0]) == 3
    with pytest.raises(ValueError, match="do not fit"):
        y.eval({s: S, other: S[::-1]})


def test_there_must_be_axes_to_take():
    with pytest.raises(ValueError, match="at least one"):
        C.sequence.broadcast_as(C.input_variable(2), C.parameter(3))
