from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.execution import plan, watch


class Spans(watch.Timer):
    """Keeps the spans of all steps."""

    def __init__(self):
        self.spans = []

    def recorder(self, watched):
        def record(span):
            self.spans.append((watched.step.operator.name, span))

        return record


@pytest.fixture
def spans():
    timer = Spans()
    watch.start(timer)
    yield timer.spans
    watch.stop(timer)


@pytest.fixture
def launches(monkeypatch):
    """What the plans that are made call."""
    found, make = [], plan.Plan._bind

    def bind(self, *arguments, **options):
        entries = make(self, *arguments, **options)
        found.extend(entry.launch for entry in entries)
        return entries

    monkeypatch.setattr(plan.Plan, "_bind", bind)
    return found


def model():
    return C.layers.Dense(3, activation=C.sigmoid)(C.layers.Dense(4)(C.input_variable(2)))


def test_timers_leave_segments_whole(spans, launches):
    model().eval([[1, 2]])
    assert [type(launch).__name__ for launch in launches] == ["Segment"]
    names = [name for name, _ in spans]
    assert names == ["contract then chain"] * 2


def test_watchers_take_segments_apart(launches):
    class Watching:
        def around(self, watched, launch):
            return lambda slots: launch(slots)

    watcher = Watching()
    watch.start(watcher)
    try:
        model().eval([[1, 2]])
    finally:
        watch.stop(watcher)
    assert len(launches) > 1


def test_launches_of_a_segment_follow_each_other(spans):
    model().eval(np.ones((64, 2), "f"))
    ends = [span.begin + span.seconds for _, span in spans]
    begins = [span.begin for _, span in spans]
    assert begins[1:] == pytest.approx(ends[:-1], abs=1e-6)
    assert all(64 in span.counts for _, span in spans)


def test_a_timed_run_computes_the_same():
    function, data = model(), np.ones((5, 2), "f")
    before = function.eval(data)
    timer = Spans()
    watch.start(timer)
    try:
        np.testing.assert_array_equal(function.eval(data), before)
    finally:
        watch.stop(timer)
    assert timer.spans
