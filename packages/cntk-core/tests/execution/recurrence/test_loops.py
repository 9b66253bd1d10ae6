"""Recurrences that cannot be planned."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C


def closed(make, x):
    """Return a recurrence: ``make(state, x)`` is the next state."""
    later = C.placeholder()
    state = make(C.sequence.past_value(later), x)
    return state.replace_placeholders({later: state.output})


@pytest.mark.parametrize(
    ("make", "x"),
    [
        (lambda state, x: state, None),
        (C.plus, C.constant(1)),
        (C.splice, C.sequence.input_variable(4)),
    ],
    ids=["nothing", "no sequence", "a state that grows"],
)
def test_a_recurrence_of_unknown_shape_says_so(make, x):
    result = closed(make, x)
    frames = {v: [np.ones((2, 4), "f")] for v in result.arguments}
    with pytest.raises(ValueError, match="unknown shape found when compiling"):
        result.eval(frames)


def test_a_recurrence_runs_in_one_direction():
    x, later = C.sequence.input_variable(2), C.placeholder()
    state = x + C.sequence.past_value(later) + C.sequence.future_value(later)
    state.replace_placeholders({later: state.output})
    with pytest.raises(RuntimeError, match="cannot run in either direction"):
        state.eval({x: [np.ones((2, 2), "f")]})


@pytest.mark.parametrize("part", [C.sequence.last, C.sequence.first])
def test_whole_sequences_are_not_known_inside_a_recurrence(part):
    x, later = C.sequence.input_variable(2), C.placeholder()
    state = x + C.sequence.broadcast_as(part(C.sequence.past_value(later)), x)
    state.replace_placeholders({later: state.output})
    with pytest.raises(RuntimeError, match="inside a recurrence .* it needs whole sequences"):
        state.eval({x: [np.ones((2, 2), "f")]})


X = [np.array([[0, 1], [2, 3], [4, 5]], "f"), np.array([[10, 11], [12, 13]], "f")]
STARTS = [np.array([[20, 21], [1, 1], [2, 2]], "f"), np.array([[30, 31], [32, 33]], "f")]


def started(delay, steps=1, **axis):
    """Return a recurrence whose initial state is a sequence, and its two inputs."""
    x, start = (
        C.sequence.input_variable(2),
        C.sequence.input_variable(2, needs_gradient=True, **axis),
    )
    later = C.placeholder()
    state = delay(later, start, steps) * 0.5 + x
    return state.replace_placeholders({later: state.output}), x, start


@pytest.mark.parametrize("axis", [{}, {"sequence_axis": C.Axis("other")}])
@pytest.mark.parametrize(
    ("delay", "place", "first"),
    [(C.sequence.past_value, -1, 0), (C.sequence.future_value, 0, -1)],
)
def test_a_recurrence_starts_from_the_nearest_frame_of_a_sequence(delay, place, first, axis):
    state, x, start = started(delay, **axis)
    found = state.eval({x: X, start: STARTS})
    for ours, frames, begin in zip(found, X, STARTS):
        np.testing.assert_allclose(ours[first], begin[place] * 0.5 + frames[first])
    slopes = state.grad({x: X, start: STARTS}, [start])
    np.testing.assert_allclose(slopes[0][place], [0.875, 0.875])
    assert np.count_nonzero(slopes[0]) == 2


def test_a_recurrence_over_several_steps_starts_from_one_state_per_sequence():
    state, x, start = started(C.sequence.past_value, 2)
    with pytest.raises(RuntimeError, match="PastValue by 2 steps .* is supported by one step"):
        state.eval({x: X, start: STARTS})
