"""Random numbers inside a recurrence: a fresh mask per step, the one it would have outside."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C


def inside(x, shift, seed=4):
    """Return dropout of ``x`` plus nothing of the step before, which keeps it in the loop."""
    state = C.placeholder()
    dropped = C.dropout(x + 0 * shift(state), 0.5, seed=seed)
    return dropped.replace_placeholders({state: dropped})


def trained(function, x, data):
    return function.forward({x: data}, function.outputs, set(function.outputs))


def frames(*lengths):
    return [np.ones((length, 3), np.float32) for length in lengths]


@pytest.mark.parametrize("shift", [C.sequence.past_value, C.sequence.future_value])
def test_a_loop_draws_what_all_steps_together_draw(shift):
    x = C.sequence.input_variable(3, needs_gradient=True)
    looped, plain = inside(x, shift), C.dropout(x, 0.5, seed=4)
    for lengths in [(2, 4, 1, 4), (1, 1), (3,)]:
        found, expected = (trained(f, x, frames(*lengths))[1][f.output] for f in (looped, plain))
        for one, another in zip(found, expected, strict=True):
            np.testing.assert_array_equal(one, another)


def test_each_step_draws_anew():
    x = C.sequence.input_variable(3, needs_gradient=True)
    function = inside(x, C.sequence.past_value)
    (mask,) = trained(function, x, frames(60))[1][function.output]
    assert len(np.unique(mask, axis=0)) == 8  # all masks of three elements


def test_gradients_go_where_the_values_went():
    x = C.sequence.input_variable(3, needs_gradient=True)
    function = inside(x, C.sequence.past_value)
    state, values = trained(function, x, frames(2, 4, 1))
    kept = values[function.output]
    gradients = function.backward(state, {function.output: frames(2, 4, 1)}, {x})[x]
    for gradient, value in zip(gradients, kept, strict=True):
        np.testing.assert_array_equal(gradient, value)


def test_dropout_in_a_loop_draws_nothing_in_evaluation():
    x = C.sequence.input_variable(3, needs_gradient=True)
    function, undisturbed = (inside(x, C.sequence.past_value) for _ in range(2))
    np.testing.assert_array_equal(function.eval({x: frames(2)}), [frames(2)[0]])
    (ours,), (theirs,) = (trained(f, x, frames(20))[1][f.output] for f in (function, undisturbed))
    np.testing.assert_array_equal(ours, theirs)
