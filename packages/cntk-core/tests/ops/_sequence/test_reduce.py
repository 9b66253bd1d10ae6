"""Reductions over frames: they skip gaps, and need no padded copy."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.execution.session import program_for

RANDOM = np.random.default_rng(0)
S = [RANDOM.standard_normal((n, 2)) - 3 for n in (3, 5, 1)]  # negative: padding would show


def frames():
    return C.sequence.input_variable(2, dtype=np.float64, needs_gradient=True)


def test_sums_and_largest_elements():
    s = frames()
    total, largest = C.sequence.reduce_sum(s), C.sequence.reduce_max(s)
    assert total.dynamic_axes == (C.Axis.default_batch_axis(),)
    np.testing.assert_allclose(total.eval({s: S}), [part.sum(0) for part in S])
    np.testing.assert_array_equal(largest.eval({s: S}), [part.max(0) for part in S])


def test_gradients_of_sums_and_largest_elements():
    s = frames()
    for slope in C.sequence.reduce_sum(s).grad({s: S}, [s]):
        assert (slope == 1).all()
    for slope, part in zip(C.sequence.reduce_max(s).grad({s: S}, [s]), S):
        np.testing.assert_array_equal(slope, part == part.max(0))


def test_frames_that_share_the_largest_element_get_the_whole_gradient_each():
    s = C.sequence.input_variable((), needs_gradient=True)
    slope = C.sequence.reduce_max(s).grad({s: [np.array([1, 2, 2], np.float32)]}, [s])
    assert slope[0].tolist() == [0, 1, 1]


def test_softmax_is_over_the_frames_of_each_element():
    s = frames()
    for found, part in zip(C.sequence.softmax(s).eval({s: S}), S):
        share = np.exp(part)
        np.testing.assert_allclose(found, share / share.sum(0))


def test_softmax_of_large_numbers():
    s = C.sequence.input_variable(())
    data = [np.array([1000, 1000], np.float32), np.array([-1000, 0, -1000], np.float32)]
    found = C.sequence.softmax(s).eval({s: data})
    assert [part.tolist() for part in found] == [[0.5, 0.5], [0, 1, 0]]


def test_the_gradient_of_softmax():
    s, weights = frames(), [RANDOM.standard_normal((len(part), 2)) for part in S]
    w = frames()
    slopes = (C.sequence.softmax(s) * w).grad({s: S, w: weights}, [s])
    for slope, part, weight in zip(slopes, S, weights):
        y = np.exp(part) / np.exp(part).sum(0)
        np.testing.assert_allclose(slope, y * (weight - (y * weight).sum(0)), atol=1e-12)


@pytest.mark.parametrize("reduce", [C.sequence.reduce_sum, C.sequence.reduce_max])
def test_a_plan_reduces_without_unpacking(reduce):
    function = reduce(frames())
    plan = program_for(function, function.outputs, False).plan
    assert [step.operator.name for step in plan.steps][-1].endswith("_frames")
    assert "unpack" not in {step.operator.name for step in plan.steps}


@pytest.mark.parametrize(
    "reduce", [C.sequence.reduce_sum, C.sequence.reduce_max, C.sequence.softmax]
)
def test_there_must_be_a_sequence_axis(reduce):
    with pytest.raises(ValueError, match="has no sequence axis"):
        reduce(C.input_variable(2))


def test_other_reductions_keep_the_frames_apart_or_take_all():
    s = frames()
    assert C.reduce_mean(s).dynamic_axes == s.dynamic_axes
    everything = C.reduce_mean(s, axis=C.Axis.all_axes())
    np.testing.assert_allclose(everything.eval({s: S}), np.concatenate(S).mean())
    np.testing.assert_allclose(everything.grad({s: S}, [s])[1], np.full((5, 2), 1 / 18))
    with pytest.raises(ValueError, match="can not contain sequence axis"):
        C.reduce_sum(s, axis=C.Axis.default_dynamic_axis())
    with pytest.raises(RuntimeError, match="batch axis on input sequence"):
        C.reduce_sum(s, axis=C.Axis.default_batch_axis())
