"""A minibatch that is left out leaves no trace, in random nodes neither."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import cntk as C

DATA = [np.random.default_rng(i).standard_normal((8, 4), np.float32) for i in range(4)]
BAD = np.full((8, 4), np.nan, np.float32)


class Job:
    def __init__(self) -> None:
        self.x = C.input_variable(4)
        weights = C.parameter((4, 2), init=C.normal(0.5, seed=3))
        z = C.times(C.dropout(self.x, 0.5, seed=7), weights)
        self.weights = weights
        self.trainer = C.Trainer(z, C.reduce_sum(C.square(z)), C.sgd([weights], 0.01))

    def train(self, minibatches) -> np.ndarray:
        for rows in minibatches:
            self.trainer.train_minibatch({self.x: rows})
        return self.weights.value


@pytest.fixture
def policy():
    before = C.debugging.set_non_finite_policy("warn")
    yield C.debugging.set_non_finite_policy
    C.debugging.set_non_finite_policy(before)


def test_of_bad_numbers_that_are_skipped(policy):
    policy("skip")
    expected = Job().train(DATA)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        np.testing.assert_array_equal(Job().train([DATA[0], BAD, *DATA[1:]]), expected)


def test_of_bad_numbers_that_raise(policy):
    policy("raise")
    job, expected = Job(), Job().train(DATA)
    job.train(DATA[:1])
    with pytest.raises(RuntimeError, match="the loss of a minibatch is nan"):
        job.train([BAD])
    np.testing.assert_array_equal(job.train(DATA[1:]), expected)


def test_of_an_interrupt_before_the_update(monkeypatch):
    job, expected = Job(), Job().train(DATA)
    job.train(DATA[:1])
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):

        def interrupt(*arguments):
            raise KeyboardInterrupt

        patch.setattr(job.trainer._guard, "allows", interrupt)
        job.train(DATA[1:2])
    np.testing.assert_array_equal(job.train(DATA[1:]), expected)
