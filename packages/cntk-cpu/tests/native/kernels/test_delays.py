"""Rows that move to other time steps, in C: any types, lengths and distances."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.axis import Axis
from cntk.continuation import Kept, Passage
from cntk.execution.plan import Plan
from cntk.execution.program import Program
from cntk.execution.symbols import PlanGraph
from cntk.execution.watch import Timer, start, stop
from cntk.graph.infer import Spec
from cntk.layout import Layout
from cntk.ops._sequence.delay_rows import delay_rows, delay_rows_reference
from cntk.testing.backends import only

AXES = (Axis.default_batch_axis(), Axis.default_dynamic_axis())
LENGTHS = [[1], [5], [3, 3, 3], [2, 5, 1, 5, 3], [1] * 17, list(range(1, 18))]


def rows_of(layout: Layout, shape=(3,), dtype="f4") -> np.ndarray:
    return np.random.default_rng(0).integers(1, 99, (layout.rows, *shape)).astype(dtype)


class Delayed:
    """A plan that delays rows; those of float32 are computed by another kernel: twice the data."""

    def __init__(self, shape, boundary, steps: int, dtype="f4", passes: bool = False) -> None:
        graph = PlanGraph(training=True)
        x = graph.given("x", Spec(shape, np.dtype(dtype), AXES))
        edge = graph.given("boundary", Spec(boundary.shape, boundary.dtype))
        way = graph.given("passage", Spec((), np.dtype(dtype))) if passes else None
        y = delay_rows(x + x if dtype == "f4" else x, edge, steps, way)
        self.plan, self.boundary = Plan(graph, [y], layouts=[AXES]), boundary

    def run(self, x, layout: Layout, kept: Kept | None = None) -> tuple:
        """Return what is computed, and what is kept.

        Args:
            x: the data.
            layout: how they lie.
            kept: what the minibatch before has left; None: nothing.
        """
        given = {"x": x, "boundary": self.boundary}
        if "passage" in self.plan.given_slots:
            given["passage"] = way = Passage(kept)
        run = Program(self.plan, self.plan.payloads).run({}, given, {AXES: layout})
        found = np.array(run.array(0))
        run.end()
        return found, way.left if "passage" in given else None


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("steps", [1, 2, 4, 9, -1, -2, -4, -9])
@pytest.mark.parametrize("lengths", LENGTHS, ids=str)
@pytest.mark.parametrize("shape", [(1,), (3,), (2, 17), (9000,)], ids=str)
def test_rows_are_those_of_the_reference(threads, count, lengths, steps, shape):
    layout = Layout(len(lengths), lengths)
    x, boundary = rows_of(layout, shape), np.full((1,) * len(shape), -7, "f4")
    expected = delay_rows_reference(2 * x, boundary, steps, None, [layout, None])
    delayed = Delayed(shape, boundary, steps)
    assert {kernel.backend for kernel in delayed.plan.kernels} == {"native"}
    found, _ = threads(count, lambda: delayed.run(x, layout))
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("dtype", ["f8", "f2", "i8", "i1"])
@pytest.mark.parametrize("steps", [2, -2])
def test_any_type_and_a_boundary_of_a_whole_row(dtype, steps):
    layout = Layout(5, LENGTHS[3])
    x, boundary = rows_of(layout, (4,), dtype), np.array([1, 2, 3, 4], dtype)
    expected = delay_rows_reference(x, boundary, steps, None, [layout, None])
    delayed = Delayed((4,), boundary, steps, dtype)
    assert delayed.plan.kernels[-1].backend == "native"
    np.testing.assert_array_equal(delayed.run(x, layout)[0], expected)


@pytest.mark.parametrize("steps", [1, -1, 3])
def test_parts_of_sequences_have_zeros_where_they_were_cut(steps):
    layout = Layout(3, [2, 4, 1], starts=[True, False, False], ends=[False, True, False])
    x, boundary = rows_of(layout), np.full(1, -7, "f4")
    expected = delay_rows_reference(2 * x, boundary, steps, None, [layout, None])
    found, _ = Delayed((3,), boundary, steps).run(x, layout)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("steps", [1, 2, 3])
@pytest.mark.parametrize("slots", [None, [2, 0, 4, 1, 2]], ids=["own slots", "a slot for two"])
def test_last_frames_are_kept_for_sequences_that_go_on(steps, slots):
    layout = Layout(5, [3, 7, 3, 5, 4], slots=slots)
    delayed = Delayed((3,), np.full(1, -7, "f4"), steps, passes=True)
    found, kept = delayed.run(rows_of(layout), layout)
    with only("numpy"):
        slow = Delayed((3,), np.full(1, -7, "f4"), steps, passes=True)
        expected, kept_slowly = slow.run(rows_of(layout), layout)
    np.testing.assert_array_equal(found, expected)
    held = slice(None) if slots is None else kept_slowly.is_held
    assert kept.frames.shape == kept_slowly.frames.shape
    np.testing.assert_array_equal(kept.frames[:, held], kept_slowly.frames[:, held])
    following = Layout(3, [2, 1, 4], starts=[False] * 3)
    for one, other in zip(delayed.run(rows_of(following), following, kept),
                          slow.run(rows_of(following), following, kept_slowly)):  # fmt: skip
        one, other = (x.frames if isinstance(x, Kept) else x for x in (one, other))
        np.testing.assert_array_equal(one, other)


def test_sequences_shorter_than_the_delay_are_kept_with_what_was_before():
    layout, following = Layout(3, [1, 3, 2]), Layout(3, [2, 2, 2], starts=[False] * 3)
    delayed = Delayed((3,), np.full(1, -7, "f4"), 2, passes=True)
    _, kept = delayed.run(rows_of(layout), layout)
    found, _ = delayed.run(rows_of(following), following, kept)
    first = 2 * rows_of(layout)[0:3][layout.position[0]]
    np.testing.assert_array_equal(found[:2][following.position[0]][None], [[-7] * 3])
    np.testing.assert_array_equal(found[3 + following.position[0]], first)


def test_what_is_kept_stays_when_another_minibatch_is_run():
    x = C.sequence.input_variable(2)
    y = C.sequence.past_value(x) * 1
    one, two = (np.full((3, 2), i, np.float32) for i in (1, 2))
    y.eval({x: [one]})
    y.eval({x: [two]})
    y.eval({x: [one, one]})  # which is another size
    found = y.eval(({x: [two, two]}, [False, False]))
    np.testing.assert_array_equal(found, [[[1, 1], [2, 2], [2, 2]]] * 2)


class Names(Timer):
    """Keeps the names of the steps that run."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def recorder(self, watched):
        return lambda span: self.names.append(watched.step.operator.name)


def test_timers_see_parts_of_sequences_as_well():
    x, timer = C.sequence.input_variable(2), Names()
    start(timer)
    try:
        y = C.sequence.past_value(x) * 1
        y.eval({x: [[[1, 1]]]})
        whole = timer.names[:]
        y.eval(([[[1, 1]]], [False]))
    finally:
        stop(timer)
    assert "delay_rows" in whole and timer.names == 2 * whole
