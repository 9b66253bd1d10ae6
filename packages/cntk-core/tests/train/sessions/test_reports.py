from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.logging.progress_writer import ProgressWriter
from cntk.train.sessions.reports import go_on_reporting, reports_of


class Told(ProgressWriter):
    """Keeps what it is told."""

    def __init__(self, freq) -> None:
        super().__init__(freq=freq)
        self.lines: list = []

    def on_write_training_update(self, samples, updates, aggregate_loss, aggregate_metric) -> None:
        self.lines.append((samples, updates, aggregate_loss))

    def on_write_training_summary(
        self, samples, updates, summaries, aggregate_loss, aggregate_metric, elapsed_milliseconds
    ) -> None:
        self.lines.append((samples, updates, summaries, aggregate_loss))


def trainer(writers):
    x = C.input_variable(1)
    w = C.parameter((1, 1), init=1)
    return x, C.Trainer(None, C.times(x, w), C.sgd([w], 0.25), writers)


def train(pair, count):
    x, made = pair
    for i in range(count):
        made.train_minibatch({x: np.full((2, 1), i + 1, "f")})


def test_a_log_goes_on_within_an_epoch():
    whole, first, second = Told(2), Told(2), Told(2)
    one = trainer([whole])
    train(one, 3)
    other = trainer([first])
    train(other, 3)
    new = trainer([second])
    weight, known = (pair[1].parameter_learners[0].parameters[0] for pair in (new, other))
    weight.value = known.value
    go_on_reporting(new[1], reports_of(other[1]))
    for pair in (one, new):
        train(pair, 2)
        pair[1].summarize_training_progress()
    assert first.lines + second.lines == whole.lines
    assert second.total_training_updates() == 5


def test_other_writers_begin_anew():
    pair = trainer([Told(1)])
    train(pair, 3)
    several = [Told(1), Told(1)]
    go_on_reporting(trainer(several)[1], reports_of(pair[1]))
    assert [writer.total_training_updates() for writer in several] == [0, 0]


def test_what_are_no_counts():
    with pytest.raises(ValueError, match="no counts of a progress writer"):
        Told(1).go_on_from({"training": [1], "test": [0, 0]})
