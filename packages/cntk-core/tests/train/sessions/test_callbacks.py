"""Callbacks of cross validations, alone and in a session."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.train import EarlyStopping, ReduceRateOnPlateau


def told(callback, means) -> list[bool]:
    return [callback(i, mean, 10, 1) for i, mean in enumerate(means)]


def test_training_stops_when_nothing_improves():
    stop = EarlyStopping(patience=2)
    assert told(stop, [0.5, 0.6, 0.4, 0.4, 0.41]) == [True, True, True, True, False]
    assert stop.best == 0.4


def test_small_changes_are_no_improvement():
    stop = EarlyStopping(patience=1, min_change=0.1)
    assert told(stop, [1.0, 0.95]) == [True, False]


def test_nan_is_no_improvement():
    assert told(EarlyStopping(patience=2), [float("nan"), float("nan")]) == [True, False]


def learner(rate, **options):
    return C.sgd([C.parameter(1)], C.learning_parameter_schedule(rate, **options))


def test_rates_fall_on_a_plateau_and_no_lower_than_asked():
    one = learner(0.8)
    slow_down = ReduceRateOnPlateau(one, factor=0.5, patience=2, lowest=0.3)
    rates = []
    for i, mean in enumerate([1.0, 1.0, 1.0, 1.0, 1.0, 0.9, 0.9, 0.9]):
        assert slow_down(i, mean, 10, 1)
        rates.append(one.learning_rate())
    assert rates == [0.8, 0.8, 0.4, 0.4, 0.3, 0.3, 0.3, 0.3]


def test_the_rest_of_a_schedule_falls_too():
    one = learner([1.0, 0.1], epoch_size=4, minibatch_size=2)
    one.scale_learning_rate(0.5)
    assert one.learning_rate() == 0.5
    gradients = {p: np.ones(1, "f") for p in one.parameters}
    for _ in range(4):
        one.update(gradients, 1)
    assert one.learning_rate() == 0.05
    assert one.reported_values() == [("Learning rate", 0.05, 2)]


def test_several_learners():
    both = [learner(1.0), learner(0.5)]
    told(ReduceRateOnPlateau(both, 0.1, 1), [1.0, 1.0])
    assert [one.learning_rate() for one in both] == pytest.approx([0.1, 0.05])


def test_in_a_session():
    x = C.input_variable(1)
    weight = C.parameter(1, init=1)
    loss = C.square(weight * x)
    trainer = C.Trainer(None, (loss, loss), C.sgd([weight], C.learning_parameter_schedule(0.0)))
    data = (np.ones((4, 1), "f"),)
    validation = C.CrossValidationConfig(data, 4, criterion=loss, callback=EarlyStopping(2))
    session = C.training_session(trainer, data, 4, None, max_samples=40, cv_config=validation)
    session.train()
    assert session.progress.samples == 12


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: EarlyStopping(0), "patience is 0"),
        (lambda: EarlyStopping(min_change=-1), "min_change is a finite number from 0 on"),
        (lambda: ReduceRateOnPlateau(learner(1.0), factor=1), "factor is between 0 and 1"),
        (lambda: ReduceRateOnPlateau([5]), "which is no learner"),
    ],
)
def test_wrong_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_callbacks_go_on_after_a_restart():
    w = C.parameter(1)
    for make in (
        lambda: C.train.EarlyStopping(patience=2),
        lambda: C.train.ReduceRateOnPlateau(C.sgd([w], 0.1), patience=2),
    ):
        whole, first, second = make(), make(), make()
        means = [0.5, 0.4, 0.45, 0.41, 0.3]
        answers = [whole(i, mean, 10, 1) for i, mean in enumerate(means)]
        found = [first(i, mean, 10, 1) for i, mean in enumerate(means[:3])]
        second.restore_from_checkpoint(first.create_checkpoint())
        found += [second(i, mean, 10, 1) for i, mean in enumerate(means[3:], 3)]
        assert found == answers
        assert second.create_checkpoint() == whole.create_checkpoint()


def test_several_callbacks_are_all_called_and_kept():
    calls = []
    stop = C.train.EarlyStopping(patience=1)
    config = C.CrossValidationConfig(callback=[stop, lambda *given: calls.append(given) or True])
    assert config.callback(0, 0.5, 10, 1) is True
    assert config.callback(1, 0.6, 10, 1) is False
    assert len(calls) == 2
    other = C.train.EarlyStopping(patience=1)
    both = C.CrossValidationConfig(callback=[other, len]).callback
    both.restore_from_checkpoint(config.callback.create_checkpoint())
    assert other.best == 0.5


def test_one_of_several_that_cannot_be_called():
    with pytest.raises(ValueError, match="cannot be called: 3"):
        C.CrossValidationConfig(callback=[len, 3])
