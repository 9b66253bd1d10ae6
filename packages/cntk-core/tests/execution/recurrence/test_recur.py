"""Recurrences that a lowering writes as a function of one time step."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.execution.lower import Lowering
from cntk.execution.plan import Plan
from cntk.execution.program import Program
from cntk.execution.symbols import PlanGraph

x = C.sequence.input_variable(2, name="x")
w = C.constant([[2.0, 3.0]], name="w")
X = [np.array([[1, 2], [3, 4], [5, 6]], "f"), np.array([[7, 8]], "f")]


def step(frame, scale, total, before):
    """Count frames up, scaled; and remember the last frame."""
    return total + frame * scale, frame + 0 * before


def states(operand, data, backwards: bool = False) -> list:
    """Return both states at all time steps."""
    graph = PlanGraph(training=False)
    first, scale = Lowering(graph).lower([C.alias(operand).output, C.alias(w).output])
    found = first.recur(step, [scale], [(1, 2), (2,)], backwards)
    plan = Plan(graph, found)
    run = Program(plan, plan.payloads).run({operand: data})
    results = [(np.array(run.array(i)), run.layout(i)) for i in range(2)]
    run.end()
    return [
        np.split(layout.unpack(rows), np.cumsum(layout.lengths)[:-1]) if layout.has_sequences
        else rows
        for rows, layout in results
    ]  # fmt: skip


def test_states_begin_at_zero_and_are_carried():
    totals, last = states(x, X)
    for sequence, total, frames in zip(X, totals, last):
        np.testing.assert_array_equal(total[:, 0], np.cumsum(sequence, 0) * [2, 3])
        np.testing.assert_array_equal(frames, sequence)


def test_backwards_begins_at_the_last_frame():
    totals, _ = states(x, X, backwards=True)
    for sequence, total in zip(X, totals):
        np.testing.assert_array_equal(total[:, 0], np.cumsum(sequence[::-1], 0)[::-1] * [2, 3])


def test_without_a_sequence_axis_there_is_one_time_step():
    sample = C.input_variable(2)
    totals, last = states(sample, X[0])
    np.testing.assert_array_equal(totals[:, 0], X[0] * [2, 3])
    np.testing.assert_array_equal(last, X[0])


def test_it_is_refused_inside_another_recurrence():
    weights, later = C.parameter((36, 3), init=0.1), C.placeholder()
    inside = C.optimized_rnnstack(C.sequence.past_value(later) + C.splice(x, x), weights, 3, 1)
    state = C.splice(inside, C.slice(inside, 0, 0, 1))
    state.replace_placeholders({later: state.output})
    with pytest.raises(RuntimeError, match="OptimizedRNNStack inside a recurrence"):
        state.eval({x: X})


def test_parts_of_sequences_are_refused():
    with pytest.raises(RuntimeError, match="keeps no states .* sequence 1 of the 2 given began"):
        states(x, (X, [True, False]))
