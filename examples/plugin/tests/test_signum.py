"""The learner: its steps, and its state in a checkpoint."""

import numpy as np
import pytest

import cntk as C
from cntk.testing import check_learner


def test_it_does_what_every_learner_does():
    check_learner(C.signum, beta=0.5)


def trainer_of(w):
    x, target = C.input_variable(2), C.input_variable(1)
    model = C.times(x, w)
    learner = C.signum([w], lr=C.learning_parameter_schedule(0.125), beta=0.5)
    return x, target, C.Trainer(model, (C.squared_error(model, target), None), [learner])


def step(x, target, trainer, wanted):
    trainer.train_minibatch({x: np.array([[1, -1]], np.float32), target: [[wanted]]})


def test_a_step_has_the_size_of_the_rate_in_each_coordinate():
    w = C.parameter((2, 1), init=0)
    x, target, trainer = trainer_of(w)
    step(x, target, trainer, 100)
    np.testing.assert_array_equal(w.value.ravel(), [0.125, -0.125])


def test_the_average_outlives_one_gradient():
    w = C.parameter((2, 1), init=0)
    x, target, trainer = trainer_of(w)
    step(x, target, trainer, 100)  # mean gradient -100 in the first coordinate
    step(x, target, trainer, -10)  # about -50 + 10: the sign stays
    assert w.value[0, 0] == pytest.approx(0.25)


def test_a_checkpoint_keeps_the_average(tmp_path):
    results = []
    for interrupted in (False, True):
        w = C.parameter((2, 1), init=0)
        x, target, trainer = trainer_of(w)
        step(x, target, trainer, 100)
        if interrupted:
            trainer.save_checkpoint(str(tmp_path / "checkpoint"))
            w = C.parameter((2, 1), init=0)
            x, target, trainer = trainer_of(w)
            trainer.restore_from_checkpoint(str(tmp_path / "checkpoint"))
        step(x, target, trainer, -10)
        results.append(w.value)
    np.testing.assert_array_equal(results[0], results[1])
