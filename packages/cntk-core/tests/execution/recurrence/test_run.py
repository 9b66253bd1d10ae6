"""Recurrences that compute values with a size that is known only when data come."""

from __future__ import annotations

import numpy as np

import cntk as C

steps = C.sequence.input_variable(2, dtype=np.float64)
STEPS = [np.array([[1, 2], [3, 4], [5, 6]]) / 10, np.array([[-1, 1]]) / 10]
KEYS = np.arange(12).reshape(2, 3, 2) / 10


def gradient(keys, data) -> np.ndarray:
    """Return the gradient of a weight in a recurrence whose step looks at all keys."""
    weight, state = C.parameter(init=np.array([0.5, -0.3])), C.placeholder(shape=(2,))
    before = C.sequence.past_value(state, 1.0)
    seen = C.tanh(C.sequence.broadcast_as(keys, steps) * before * weight)
    after = steps + C.reshape(C.reduce_sum(seen, axis=0), (2,))
    after.replace_placeholder(after)
    return after.grad({steps: STEPS, **data}, wrt=[weight])


def test_values_of_a_free_size_are_kept_for_the_gradient():
    fixed = C.input_variable((3, 2), dtype=np.float64)
    source = C.sequence.input_variable(2, dtype=np.float64, sequence_axis=C.Axis("source"))
    free = C.sequence.unpack(source, 0, no_mask_output=True)
    assert free.shape[0] == C.FreeDimension
    np.testing.assert_allclose(
        gradient(free, {source: KEYS}), gradient(fixed, {fixed: KEYS}), rtol=1e-12
    )


def recurrence(x, initial=0.5):
    """Return two states that feed each other, one of them from two frames before."""
    first, second = C.placeholder(), C.placeholder()
    inner = C.tanh(C.sequence.past_value(first, initial)) * 0.5
    inner += C.sequence.past_value(second, 0.1, time_step=2)
    outer = C.sigmoid(inner) + x * 0.3
    return outer.replace_placeholders({first: outer.output, second: inner.output})


def test_a_state_has_the_size_that_the_data_give_to_a_free_axis():
    fixed = C.sequence.input_variable(2, dtype=np.float64, needs_gradient=True)
    free = C.sequence.input_variable(C.FreeDimension, dtype=np.float64, needs_gradient=True)
    want, want_slope = (getattr(recurrence(fixed), run)({fixed: STEPS}) for run in ("eval", "grad"))
    found, slope = (getattr(recurrence(free), run)({free: STEPS}) for run in ("eval", "grad"))
    for mine, theirs in zip([*found, *slope], [*want, *want_slope], strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)


def test_states_of_a_free_size_follow_minibatches_of_other_sizes():
    free = C.sequence.input_variable(C.FreeDimension, dtype=np.float64)
    sums = recurrence(free)
    for size in (3, 1, 4):
        data = np.linspace(-1, 1, 2 * size).reshape(1, 2, size)
        whole = sums.eval({free: data})[0]
        columns = [sums.eval({free: data[:, :, [i]]})[0] for i in range(size)]
        np.testing.assert_allclose(whole, np.concatenate(columns, axis=1), rtol=1e-12)


def test_a_free_size_may_come_from_the_initial_state_alone():
    free = C.input_variable(C.FreeDimension, dtype=np.float64)
    state = C.placeholder()
    halves = C.sequence.past_value(state, free) * 0.5 + C.reduce_sum(steps) * 0
    halves = halves.replace_placeholders({state: halves.output})
    found = halves.eval({steps: STEPS, free: [[8, 4, 2], [6, 6, 6]]})
    assert found[0].tolist() == [[4, 2, 1], [2, 1, 0.5], [1, 0.5, 0.25]]
    assert found[1].tolist() == [[3, 3, 3]]


def test_parts_of_sequences_with_a_free_size_go_on():
    free = C.sequence.input_variable(C.FreeDimension, dtype=np.float64)
    function = recurrence(free)
    parts = [function.eval(({free: [STEPS[0][[i]]]}, [i == 0]))[0] for i in range(3)]
    np.testing.assert_allclose(np.concatenate(parts), function.eval({free: STEPS[:1]})[0])
