"""Trainer: what it refuses, and what it plans."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.execution.plan import Plan


def bare_loss():
    """Return an input without a batch axis, and a loss of it."""
    x = C.input_variable((3, 2), dynamic_axes=[])
    return x, C.reduce_sum(C.times(x, C.parameter((2, 1), init=1)))


def test_samples_must_be_countable():
    _, loss = bare_loss()
    with pytest.raises(ValueError, match="from which the training sample count can be determined"):
        C.Trainer(None, loss, C.sgd(loss.parameters, 0.1))


def test_what_has_no_batch_axis_is_evaluated_as_one_sample():
    x, loss = bare_loss()
    assert C.Evaluator(loss).test_minibatch({x: np.ones((3, 2), "f")}) == 6


def test_a_network_is_planned_once(monkeypatch):
    """Neither another step nor another batch size, learning rate or value makes a new plan."""
    made = []
    initialize = Plan.__init__
    monkeypatch.setattr(
        Plan, "__init__", lambda *args, **options: made.append(initialize(*args, **options))
    )
    x, w = C.input_variable(2), C.parameter((2, 1))
    loss = C.reduce_mean(C.square(C.times(x, w) - 1))
    rates = C.learning_parameter_schedule([0.1, 0.2], epoch_size=4)
    trainer = C.Trainer(None, (loss, None), [C.momentum_sgd([w], rates, 0.9)])
    trainer.train_minibatch({x: np.ones((3, 2), "f")})
    assert made
    made.clear()
    for size in (3, 5, 1):
        trainer.train_minibatch({x: np.ones((size, 2), "f")})
        w.value = w.value + 1
    assert not made


def test_arguments_in_another_order_are_refused():
    x, w = C.input_variable(1), C.parameter(1)
    loss = C.squared_error(w, x)
    with pytest.raises(TypeError, match="(?s)not a tuple.*C.Trainer.model, .loss, metric"):
        C.Trainer((loss, loss), loss, C.sgd([w], 0.1))


def test_distributed_and_other_learners_do_not_mix():
    x, w, b = C.input_variable(1), C.parameter(1), C.parameter(1)
    learners = [C.data_parallel_distributed_learner(C.sgd([w], 0.1)), C.sgd([b], 0.1)]
    with pytest.raises(ValueError, match="Cannot use a non-distributed learner for some param"):
        C.Trainer(None, C.squared_error(w * b, x), learners)
