from __future__ import annotations

import time

import numpy as np
import pytest

import cntk as C
from cntk.execution import session, watch


class Counting:
    """Counts the steps that it hangs around and the runs of these steps."""

    def __init__(self):
        self.hung, self.ran = [], []

    def around(self, watched, launch):
        self.hung.append(watch.title(watched.step))

        def counted(slots):
            launch(slots)
            self.ran.append(watched.step.operator.name)

        return counted


@pytest.fixture
def counting():
    watcher = Counting()
    watch.start(watcher)
    yield watcher
    watch.stop(watcher)


def test_each_step_of_a_run_is_watched(counting):
    x = C.input_variable(2)
    function = C.relu(C.exp(x))
    function.eval([[1, 2]])
    function.eval([[1, 2]])
    assert counting.ran == ["exp", "relu"] * 2
    assert len(counting.hung) == 2


def test_titles_name_the_users_function(counting):
    x = C.input_variable(2, needs_gradient=True)
    function = C.tanh(x, name="bent")
    function.grad([[0, 0]])
    label = f"Tanh 'bent' ({function.root_function.uid})"
    assert f"operator 'tanh' of {label}" in counting.hung
    assert any(f"in the gradient of {label}" in title for title in counting.hung)


def test_a_function_that_was_run_before_is_watched_and_let_go_again():
    x = C.input_variable(1)
    function, watcher = C.exp(x), Counting()
    function.eval([[0]])
    watch.start(watcher)
    function.eval([[0]])
    watch.stop(watcher)
    function.eval([[0]])
    assert watcher.ran == ["exp"]


def test_watched_plans_are_not_shared(counting):
    known = set(session._plans)
    C.sinh(C.input_variable(7)).eval([[0] * 7])
    assert set(session._plans) == known
    assert counting.ran


def test_nothing_is_left_of_a_watcher_that_was_stopped():
    watcher = Counting()
    watch.start(watcher)
    watch.start(watcher)
    assert watch.watchers().count(watcher) == 1
    watch.stop(watcher)
    watch.stop(watcher)
    assert watcher not in watch.watchers()


def test_the_steps_of_a_recurrence_are_watched(counting):
    x = C.sequence.input_variable(1)
    later = C.placeholder()
    total = C.tanh(C.plus(x, C.sequence.past_value(later)))
    total.replace_placeholders({later: total.output})
    total.eval([np.ones((3, 1), "f")])
    assert counting.ran.count("tanh") == 3
    assert counting.ran.count("scan") == 1


def test_updates_of_learners_are_watched():
    x, w = C.input_variable(2), C.parameter(2)
    loss = C.reduce_sum(C.element_times(x, w))
    trainer = C.Trainer(None, loss, C.sgd([w], 0.1))
    data = {x: np.ones((1, 2), "f")}
    trainer.train_minibatch(data)
    watcher = Counting()
    watch.start(watcher)
    trainer.train_minibatch(data)
    ran = len(watcher.ran)
    watch.stop(watcher)
    assert any(title.count(" of ") == 0 for title in watcher.hung)  # steps of the update
    trainer.train_minibatch(data)
    assert len(watcher.ran) == ran


class Spans(watch.Timer):
    """Keeps the spans of each step by the name of its operator."""

    def __init__(self):
        self.spans = {}

    def recorder(self, watched):
        return self.spans.setdefault(watched.step.operator.name, []).append


@pytest.fixture
def spans():
    timer = Spans()
    watch.start(timer)
    yield timer.spans
    watch.stop(timer)


def test_timers_learn_when_a_step_ran_and_on_how_many_rows(spans):
    begin = time.perf_counter()
    x, table = C.input_variable(2), C.parameter((2, 3))
    C.times(x, table).eval([[1, 2]] * 5)
    (span,) = spans["contract"]
    assert begin <= span.begin <= span.begin + span.seconds <= time.perf_counter()
    assert (span.runs, list(span.counts)) == (1, [5, 1, 5])


def test_timers_learn_of_the_steps_of_a_recurrence(spans):
    x = C.sequence.input_variable(2)
    C.layers.Recurrence(C.layers.RNNStep(2))(x).eval([np.ones((3, 2), "f")])
    products = [span for name in spans if name.startswith("contract") for span in spans[name]]
    assert sum(span.runs for span in products) == 1 + 3  # before the loop, and inside
    assert len(spans["scan"]) == 1


def test_timers_leave_chains_and_watchers_take_them_apart(spans, counting):
    C.relu(C.exp(C.input_variable(2))).eval([[1, 2]])
    assert counting.ran == list(spans) == ["exp", "relu"]


def test_a_timer_and_a_watcher_together(spans, counting):
    C.times(C.input_variable(2), C.parameter((2, 3))).eval([[1, 2]])
    assert counting.ran == ["contract"]
    assert len(spans["contract"]) == 1
