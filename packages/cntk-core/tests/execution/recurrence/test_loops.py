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
