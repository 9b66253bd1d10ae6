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
