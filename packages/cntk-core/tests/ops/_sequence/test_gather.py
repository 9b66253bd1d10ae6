"""Gathering and scattering: frames, axes, gradients, and conditions that do not belong."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.sparse import SparseRows

S = [np.array([[0, 1], [2, 3], [4, 5]], np.float32), np.array([[10, 11], [12, 13]], np.float32)]
CONDITION = [np.array([1, 0, 1], np.float32), np.array([0, 1], np.float32)]
TWICE = [np.array([2, 0, 1], np.float32), np.array([0, 3], np.float32)]


def inputs():
    return C.sequence.input_variable(2, needs_gradient=True), C.sequence.input_variable(())


def lists(found):
    return [part.tolist() for part in found]


def test_frames_are_kept_in_order():
    s, c = inputs()
    found = C.sequence.gather(s, c).eval({s: S, c: CONDITION})
    assert lists(found) == [[[0, 1], [4, 5]], [[12, 13]]]


def test_shorter_sequences_may_become_the_longer_ones():
    s, c = inputs()
    found = C.sequence.gather(s, c).eval({s: S, c: [CONDITION[0], np.ones(2, np.float32) * 2]})
    assert [len(part) for part in found] == [2, 4]


def test_repeated_frames_add_up_their_gradients():
    s, c = inputs()
    y = C.sequence.gather(s, c)
    assert lists(y.eval({s: S, c: TWICE}))[0] == [[0, 1], [0, 1], [4, 5]]
    assert lists(y.grad({s: S, c: TWICE}, [s])) == [[[2, 2], [0, 0], [1, 1]], [[0, 0], [3, 3]]]


def test_scatter_puts_frames_back_and_zeros_between():
    s, c = inputs()
    y = C.sequence.scatter(C.sequence.gather(s, c), c)
    assert y.dynamic_axes == s.dynamic_axes
    feed = {s: S, c: CONDITION}
    assert lists(y.eval(feed)) == [[[0, 1], [0, 0], [4, 5]], [[0, 0], [12, 13]]]
    assert lists((3 * y).grad(feed, [s])) == [[[3, 3], [0, 0], [3, 3]], [[0, 0], [3, 3]]]


def test_frames_scattered_to_one_place_add_up():
    s, c = inputs()
    found = C.sequence.scatter(C.sequence.gather(s, c), c).eval({s: S, c: TWICE})
    assert lists(found) == [[[0, 2], [0, 0], [4, 5]], [[0, 0], [36, 39]]]


def test_a_value_per_sample_is_scattered_to_one_frame():
    s, _ = inputs()
    x = C.input_variable(2, needs_gradient=True)
    y = C.sequence.scatter(x, C.sequence.is_last(s))
    feed = {s: S, x: np.array([[100, 200], [300, 400]], np.float32)}
    assert lists(y.eval(feed)) == [[[0, 0], [0, 0], [100, 200]], [[0, 0], [300, 400]]]
    np.testing.assert_array_equal((y * y).grad(feed, [x]), 2 * feed[x])


def test_gathers_of_equal_conditions_built_apart_meet_in_scatter():
    s, _ = inputs()
    kept = C.sequence.gather(s, 1 - C.sequence.is_first(s))
    y = C.sequence.scatter(C.tanh(kept), 1 - C.sequence.is_first(s))
    slopes = y.grad({s: S}, [s])
    assert [part[0].tolist() for part in slopes] == [[0, 0], [0, 0]]
    np.testing.assert_allclose(slopes[0][1:], 1 - np.tanh(S[0][1:]) ** 2, rtol=1e-5)


def test_gathers_with_one_condition_share_their_axis():
    s, c = inputs()
    total = C.sequence.gather(s, c) + C.sequence.gather(2 * s, c)
    assert lists(total.eval({s: S, c: CONDITION})) == [[[0, 3], [12, 15]], [[36, 39]]]


@pytest.mark.parametrize(
    ("typeinfo", "name"),
    [
        ((1, -1), "defaultDynamicAxis_times_1_minus_1"),
        ((2, 1), "defaultDynamicAxis_times_2_plus_1"),
        ((2, 0), "defaultDynamicAxis_times_2_minus_0"),
        ((0, 2), "defaultDynamicAxis_fixedSliceOf_2"),
        ((1, 0), "defaultDynamicAxis"),
    ],
)
def test_a_promised_length_names_the_axis(typeinfo, name):
    s, c = inputs()
    y = C.sequence.gather(s, c, typeinfo)
    assert y.dynamic_axes[1].name == name
    assert C.sequence.scatter(y, c, typeinfo).dynamic_axes == s.dynamic_axes


def test_a_promise_of_one_frame_leaves_no_sequence_axis():
    s, c = inputs()
    y = C.sequence.gather(s, c, (0, 1))
    assert y.dynamic_axes == (C.Axis.default_batch_axis(),)
    one = [np.array([0, 0, 1], np.float32), CONDITION[1]]
    assert y.eval({s: S, c: one}).tolist() == [[4, 5], [12, 13]]
    with pytest.raises(ValueError, match="one frame of each sequence"):
        y.eval({s: S, c: CONDITION})


def test_a_promise_of_equal_lengths_is_checked():
    s, c = inputs()
    y = C.sequence.gather(s, c, (1, 0)) + s
    ones = [np.ones(3, np.float32), np.ones(2, np.float32)]
    assert lists(y.eval({s: S, c: ones})) == lists([2 * part for part in S])
    with pytest.raises(ValueError, match="as many frames"):
        y.eval({s: S, c: CONDITION})


@pytest.mark.parametrize(
    ("typeinfo", "kind"),
    [((0, 0), RuntimeError), ((0, -1), RuntimeError), ((-1, 0), ValueError), (1, ValueError),
     ((1.5, 0), ValueError), ((1,), ValueError)],
)  # fmt: skip
def test_a_promise_that_cannot_be_kept_is_refused(typeinfo, kind):
    s, c = inputs()
    with pytest.raises(kind):
        C.sequence.gather(s, c, typeinfo)


def test_values_that_meet_on_an_axis_must_have_equal_lengths():
    s, c = inputs()
    d = C.sequence.input_variable(())
    total = C.sequence.gather(s, c, (0, 2)) + C.sequence.gather(s, d, (0, 2))
    feed = {s: S, c: CONDITION}
    assert lists(total.eval({**feed, d: CONDITION}))[1] == [[24, 26]]
    with pytest.raises(ValueError, match="meet on the sequence axis 'defaultDynamicAxis_fixed"):
        total.eval({**feed, d: [np.ones(3, np.float32), CONDITION[1]]})


def test_a_condition_of_other_sequences_is_refused():
    s, _ = inputs()
    other = C.sequence.input_variable((), sequence_axis=C.Axis("other"))
    y = C.sequence.gather(s, other)
    assert lists(y.eval({s: S, other: CONDITION}))[1] == [[12, 13]]
    with pytest.raises(ValueError, match="time step 2 is chosen in sequence 1, which has 2"):
        y.eval({s: S, other: [CONDITION[0], CONDITION[0]]})


def test_scatter_needs_as_many_frames_as_the_condition_chooses():
    s, c = inputs()
    y = C.sequence.scatter(s, c)
    with pytest.raises(ValueError, match="ScatterPacked"):
        y.eval({s: S, c: CONDITION})


def test_sparse_frames_stay_sparse():
    pytest.importorskip("scipy")
    s = C.sequence.input_variable(4, is_sparse=True)
    weights = C.parameter(init=np.arange(8, dtype=np.float32).reshape(4, 2))
    y = C.times(C.sequence.gather(s, 1 - C.sequence.is_first(s)), weights)
    feed = {s: C.Value.one_hot([[0, 3, 1], [2, 1]], 4)}
    assert lists(y.eval(feed)) == [[[6, 7], [2, 3]], [[2, 3]]]
    np.testing.assert_array_equal(y.grad(feed, [weights]).toarray()[:, 0], [0, 2, 0, 1])


def test_sparse_frames_are_returned_as_matrices():
    pytest.importorskip("scipy")
    s = C.sequence.input_variable(4, is_sparse=True)
    found = C.sequence.last(s).eval([SparseRows.from_dense(np.eye(4, dtype=np.float32)[:2])])
    assert found.toarray().tolist() == [[0, 1, 0, 0]]
