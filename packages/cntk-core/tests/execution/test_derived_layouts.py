"""Sequence axes whose lengths are known only in the middle of a run."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.execution.session import program_for

RANDOM = np.random.default_rng(3)
S = [RANDOM.standard_normal((n, 2)).astype(np.float32) for n in (4, 2, 5)]


def frames(axis="defaultDynamicAxis"):
    return C.sequence.input_variable(2, needs_gradient=True, sequence_axis=C.Axis(axis))


def test_forward_and_backward_are_two_calls_on_a_derived_axis():
    s = frames()
    y = C.tanh(C.sequence.slice(s, 1, 0)) * 2
    state, found = y.forward({s: S}, [y.output], {y.output})
    ones = [np.ones_like(part) for part in found[y.output]]
    slopes = y.backward(state, {y.output: ones}, {s})[s]
    for ours, theirs in zip(slopes, y.grad({s: S}, [s])):
        np.testing.assert_array_equal(ours, theirs)


def test_an_input_on_a_derived_axis_must_have_its_lengths():
    s = frames()
    kept = C.sequence.slice(s, 1, 0)
    labels = C.input_variable(2, dynamic_axes=kept.dynamic_axes)
    y = C.sequence.reduce_sum(labels * kept)
    fitting = [np.ones((len(part) - 1, 2), np.float32) for part in S]
    expected = [part[1:].sum(0) for part in S]
    np.testing.assert_allclose(y.eval({s: S, labels: fitting}), expected, rtol=1e-5)
    with pytest.raises(ValueError, match="meet on the sequence axis"):
        y.eval({s: S, labels: S})


def test_lengths_may_differ_from_run_to_run():
    s = frames()
    y = C.sequence.gather(s, C.greater(C.reduce_sum(s), -100)) + 1
    for data in (S, S[:1], S[::-1] * 2, S):
        for found, part in zip(y.eval({s: data}), data):
            np.testing.assert_allclose(found, part + 1)


def test_several_axes_live_in_one_minibatch():
    s, other = frames(), frames("other")
    lasts = C.sequence.last(C.sequence.slice(s, 0, -1)) - C.sequence.first(other)
    y = C.sequence.broadcast_as(lasts, other) * other
    words = [part[:1] for part in S]
    for i, found in enumerate(y.eval({s: S, other: words})):
        np.testing.assert_allclose(found, (S[i][-2] - words[i][0]) * words[i], rtol=1e-6)


def test_sequences_made_without_any_fed_data():
    x = C.to_batch(C.constant(np.arange(6, dtype=np.float32).reshape(2, 3)))
    y = C.sequence.reduce_sum(C.sequence.slice(C.to_sequence(x), 1, 0))
    assert y.eval().tolist() == [3, 9]


def test_batches_made_of_tensors_must_be_as_large_as_those_fed():
    s = frames()
    y = C.to_batch(C.constant(np.ones((3, 2), np.float32))) + C.sequence.last(s)
    np.testing.assert_allclose(y.eval({s: S}), [part[-1] + 1 for part in S])
    with pytest.raises(ValueError, match="3 samples"):
        y.eval({s: S[:2]})


@pytest.mark.parametrize("edge", [C.sequence.first, C.sequence.last])
def test_first_and_last_frames_are_found_by_the_layout(edge):
    function = edge(frames())
    plan = program_for(function, function.outputs, False).plan
    assert [step.operator.name for step in plan.steps] == ["edge_rows", "gather_rows"]


def test_a_sequence_that_only_lends_its_lengths_is_not_read():
    s, x = frames(), C.input_variable(2)
    y = C.sequence.broadcast_as(x, C.exp(s))
    plan = program_for(y, y.outputs, False).plan
    assert [step.operator.name for step in plan.steps] == ["reconcile_dynamic_axes"]
    found = y.eval({s: S, x: np.ones((3, 2), np.float32)})
    assert [len(part) for part in found] == [4, 2, 5]
