"""Delays of whole time steps agree with the reference."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.axis import Axis
from cntk.continuation import Kept, Passage
from cntk.execution.plan import Plan
from cntk.execution.program import Program
from cntk.execution.symbols import PlanGraph
from cntk.graph.infer import Spec
from cntk.layout import Layout
from cntk.ops._sequence.delay_rows import delay_rows, delay_rows_reference

AXES = (Axis.default_batch_axis(), Axis.default_dynamic_axis())
F4 = np.dtype(np.float32)
LENGTHS = [[1], [5], [3, 3, 3], [2, 5, 1, 5, 3]]


def delayed(x, boundary, steps: int, layout: Layout) -> np.ndarray:
    graph = PlanGraph(training=True)
    rows = graph.given("x", Spec(x.shape[1:], F4, AXES))
    edge = graph.given("boundary", Spec(boundary.shape, F4))
    y = delay_rows(rows, edge, steps)
    plan = Plan(graph, [y], layouts=[AXES])
    assert plan.kernels[0].writes
    run = Program(plan, plan.payloads).run({}, {"x": x, "boundary": boundary}, {AXES: layout})
    found = np.array(run.array(0))
    run.end()
    return found


def rows_of(layout: Layout) -> np.ndarray:
    return np.arange(layout.rows * 3, dtype=F4).reshape(layout.rows, 3)


@pytest.mark.parametrize("steps", [1, 2, 4, 5, 9, -1, -2, -4, -5, -9])
@pytest.mark.parametrize("lengths", LENGTHS, ids=str)
@pytest.mark.parametrize("shape", [(1,), (3,)], ids=str)
def test_rows_are_those_of_the_reference(lengths, steps, shape):
    layout = Layout(len(lengths), lengths)
    x, boundary = rows_of(layout), np.full(shape, -7, F4)
    expected = delay_rows_reference(x, boundary, steps, None, [layout, None])
    np.testing.assert_array_equal(delayed(x, boundary, steps, layout), expected)


@pytest.mark.parametrize("steps", [1, -1, 3])
def test_parts_of_sequences_have_zeros_where_they_were_cut(steps):
    layout = Layout(3, [2, 4, 1], starts=[True, False, False], ends=[False, True, False])
    x, boundary = rows_of(layout), np.full(1, -7, F4)
    expected = delay_rows_reference(x, boundary, steps, None, [layout, None])
    found = delayed(x, boundary, steps, layout)
    np.testing.assert_array_equal(found, expected)
    assert (found == 0).any() and (found == -7).any()


@pytest.mark.parametrize("steps", [1, 2])
@pytest.mark.parametrize("begins", [True, False])
def test_frames_go_on_through_a_passage(begins, steps):
    layout = Layout(2, [1, 3], starts=[True, begins])
    x, boundary = rows_of(layout), np.full(1, -7, F4)
    kept = Kept(np.full((steps, 2, 3), 50, F4))
    graph = PlanGraph(training=True)
    rows = graph.given("x", Spec((3,), F4, AXES))
    edge = graph.given("boundary", Spec((1,), F4))
    way = graph.given("way", Spec((), F4))
    plan = Plan(graph, [delay_rows(rows, edge, steps, way)], layouts=[AXES])
    ours, theirs = Passage(kept), Passage(kept)
    given = {"x": x, "boundary": boundary, "way": ours}
    run = Program(plan, plan.payloads).run({}, given, {AXES: layout})
    expected = delay_rows_reference(x, boundary, steps, theirs, [layout, None])
    np.testing.assert_array_equal(run.array(0), expected)
    np.testing.assert_array_equal(ours.left.frames, theirs.left.frames)
    run.end()
