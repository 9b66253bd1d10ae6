"""Past and future values without recurrences: boundaries of all kinds, and gradients to them."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

S = [np.array([[0, 1], [2, 3], [4, 5]], np.float32), np.array([[10, 11], [12, 13]], np.float32)]
I = np.array([[100, 200], [300, 400]], np.float32)  # noqa: E741


def frames(**options):
    return C.sequence.input_variable(2, needs_gradient=True, **options)


def delayed(part, steps, boundary):
    """Return a sequence's values ``steps`` before, by definition."""
    rows = [part[t - steps] if 0 <= t - steps < len(part) else boundary for t in range(len(part))]
    return np.array([np.broadcast_to(row, part.shape[1:]) for row in rows], part.dtype)


@pytest.mark.parametrize("steps", [-4, -2, -1, 1, 2, 3, 9])
@pytest.mark.parametrize("lengths", [(3, 2), (2, 5, 1, 5), (4, 4, 4), (1,)])
def test_values_of_other_time_steps(steps, lengths):
    rng = np.random.default_rng(len(lengths))
    data = [rng.standard_normal((n, 2)).astype(np.float32) for n in lengths]
    s = frames()
    for found, part in zip(C.sequence.delay(s, 7, steps).eval({s: data}), data):
        np.testing.assert_array_equal(found, delayed(part, steps, 7))


def test_the_boundary_is_zero_if_nothing_is_said():
    s = frames()
    assert C.sequence.past_value(s).eval({s: S})[1].tolist() == [[0, 0], [10, 11]]
    assert C.sequence.future_value(s).eval({s: S})[1].tolist() == [[12, 13], [0, 0]]


@pytest.mark.parametrize("initial", [5, [5, 6], np.array([5, 6], np.float32)])
def test_numbers_and_arrays_are_boundaries(initial):
    s = frames()
    found = C.sequence.past_value(s, initial).eval({s: S})
    assert found[0][0].tolist() == np.broadcast_to(initial, 2).tolist()


def test_a_parameter_gets_the_gradient_of_all_frames_at_the_boundary():
    s, p = frames(), C.parameter(init=np.array([5, 6], np.float32))
    slopes = C.sequence.past_value(s, p, 2).grad({s: S}, [s, p])
    assert slopes[p].tolist() == [4, 4]
    assert [x.tolist() for x in slopes[s]] == [[[1, 1], [0, 0], [0, 0]], [[0, 0], [0, 0]]]


def test_a_parameter_that_is_broadcast_gets_the_sum():
    s, p = frames(), C.parameter(init=np.array([5], np.float32))
    assert C.sequence.past_value(s, p).grad({s: S}, [p]).tolist() == [4]


def test_an_initial_state_per_sample():
    s, x = frames(), C.input_variable(2, needs_gradient=True)
    y = C.sequence.future_value(s, x, 2)
    feed = {s: S, x: I}
    assert y.eval(feed)[0].tolist() == [[4, 5], [100, 200], [100, 200]]
    assert y.eval(feed)[1].tolist() == [[300, 400], [300, 400]]
    assert y.grad(feed, [x]).tolist() == [[2, 2], [2, 2]]


def test_an_initial_state_that_is_a_sequence_lies_before_or_behind():
    s, before = frames(), frames()
    feed = {s: S, before: [10 * part for part in S]}
    past = C.sequence.past_value(s, before, 2)
    assert past.eval(feed)[0].tolist() == [[20, 30], [40, 50], [0, 1]]
    assert past.grad(feed, [before])[0].tolist() == [[0, 0], [1, 1], [1, 1]]
    future = C.sequence.future_value(s, before, 2)
    assert future.eval(feed)[0].tolist() == [[4, 5], [0, 10], [20, 30]]
    with pytest.raises(ValueError, match="at least as long as the timestep"):
        C.sequence.past_value(s, before, 3).eval(feed)


def test_the_boundary_may_be_larger_than_the_frames():
    s = frames()
    y = C.sequence.past_value(s, np.arange(6, dtype=np.float32).reshape(3, 2))
    assert y.shape == (3, 2)
    assert y.eval({s: S})[1][1].tolist() == [[10, 11]] * 3
    assert y.grad({s: S}, [s])[1].tolist() == [[3, 3], [0, 0]]


def test_no_step_is_the_value_itself():
    s = frames()
    np.testing.assert_array_equal(C.sequence.past_value(s, 1, 0).eval({s: S})[0], S[0])
    assert C.sequence.delay(s, 1, 0).output == s
    named = C.sequence.delay(s, 1, 0, name="same")
    assert (named.name, named.root_function.op_name) == ("same", "NoOp")


def test_second_derivatives_pass():
    s = frames()
    y = C.reduce_sum(C.sequence.past_value(s, 1) * s)
    slopes = y.grad({s: S}, [s])
    np.testing.assert_array_equal(slopes[0], [[3, 4], [4, 6], [2, 3]])


def test_shapes_must_broadcast():
    with pytest.raises(RuntimeError, match=r"PastValue: Left operand .*'\[2\]' .*'\[3\]'"):
        C.sequence.past_value(frames(), [1, 2, 3])
    with pytest.raises(RuntimeError, match="not compatible"):
        C.sequence.future_value(frames(), C.input_variable(3))


def test_axes_must_fit():
    with pytest.raises(RuntimeError, match="1 sequence axis and 1 batch axis"):
        C.sequence.past_value(C.input_variable(2))


OTHER = [np.array([[20, 21]], np.float32), np.array([[30, 31], [32, 33]], np.float32)]


@pytest.mark.parametrize(
    ("delay", "steps", "expected"),  # as CNTK 2.7 prints them
    [
        (C.sequence.past_value, 1, [[[20, 21], [0, 1], [2, 3]], [[32, 33], [10, 11]]]),
        (C.sequence.past_value, 2, [[[20, 21], [20, 21], [0, 1]], [[30, 31], [32, 33]]]),
        (C.sequence.future_value, 2, [[[4, 5], [20, 21], [20, 21]], [[30, 31], [32, 33]]]),
    ],
)
def test_an_initial_state_may_have_a_sequence_axis_of_its_own(delay, steps, expected):
    s, other = frames(), frames(sequence_axis=C.Axis("other"))
    y = delay(s, other, steps)
    assert y.dynamic_axes == s.dynamic_axes
    for found, theirs in zip(y.eval({s: S, other: OTHER}), expected):
        np.testing.assert_array_equal(found, theirs)
    slopes = y.grad({s: S, other: OTHER}, [s, other])
    read = sum(part.sum() for part in slopes[other]) / 2
    assert read == len(np.concatenate(S)) - sum(part.sum() for part in slopes[s]) / 2


@pytest.mark.parametrize("step", [-1, 1.5, "a", None])
def test_a_time_step_is_an_int_that_is_not_negative(step):
    with pytest.raises(ValueError, match="time_step must be"):
        C.sequence.past_value(frames(), 0, step)


def test_sparse_sequences_become_dense():
    s = C.sequence.input_variable(3, is_sparse=True)
    found = C.sequence.past_value(s).eval({s: C.Value.one_hot([[0, 2]], 3)})
    assert found[0].tolist() == [[0, 0, 0], [1, 0, 0]]


@pytest.mark.parametrize("of", [C.sequence.past_value, C.sequence.future_value, C.sequence.last])
def test_samples_without_a_sequence_axis_are_told_a_way_out(of):
    with pytest.raises(RuntimeError, match=r"(?s)not supported.*try: C.sequence.input_variable"):
        of(C.input_variable(3))
