"""Learners called by hand: ``learner.update``."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C


def test_a_minibatch_has_no_negative_number_of_samples():
    weight = C.parameter(2, init=1)
    with pytest.raises(OverflowError, match="training_sample_count"):
        C.sgd([weight], 0.1).update({weight: np.ones(2, "f")}, -1)
    np.testing.assert_array_equal(weight.value, [1, 1])


def test_what_a_learner_has_seen():
    w = C.parameter(2)
    learner = C.sgd([w], 0.1)
    learner.update({w: np.ones(2, "f")}, 3, is_sweep_end=True)
    assert learner.total_number_of_samples_seen() == 3
    assert learner.total_number_of_minibatches_seen() == 1
    assert learner.total_number_of_sweeps_seen() == 1
    assert learner.minibatch_size == 0 and not learner.is_compatible_mode()


SCHEDULES = {
    "per sample": lambda: C.learning_parameter_schedule_per_sample(0.5),
    "per two": lambda: C.learning_parameter_schedule(0.5, minibatch_size=2),
    "per minibatch": lambda: C.learning_parameter_schedule(0.5),
}


@pytest.mark.parametrize(
    ("schedule", "option", "step"),
    [  # of 4 samples with a gradient of 1 in all, in CNTK 2.7
        ("per sample", {"use_mean_gradient": True}, 0.125),
        ("per sample", {"minibatch_size": 0}, 0.5),
        ("per sample", {}, 0.5),
        ("per two", {"use_mean_gradient": True}, 0.25),
        ("per two", {"minibatch_size": 0}, 0.25),
        ("per minibatch", {"use_mean_gradient": True}, 0.125),
    ],
)
@pytest.mark.filterwarnings("ignore:use_mean_gradient:DeprecationWarning")
def test_what_a_rate_is_for_when_the_gradient_is_a_mean(schedule, option, step):
    weight = C.parameter(1)
    C.sgd([weight], SCHEDULES[schedule](), **option).update({weight: np.ones(1, "f")}, 4)
    np.testing.assert_allclose(weight.value, -step)


def test_whether_a_learner_was_made_for_a_size():
    weight = C.parameter(1)
    assert C.sgd([weight], 0.1, minibatch_size=16).is_minibatch_size_explicitly_specified
    assert not C.sgd([weight], 0.1).is_minibatch_size_explicitly_specified
    assert C.sgd([weight], 0.1).ignored_minibatch_size == C.learners.IGNORE


def test_a_model_is_not_its_parameters():
    model = C.times(C.input_variable(2), C.parameter((2, 1)))
    with pytest.raises(ValueError, match="(?s)a learner takes parameters, not.*model.parameters"):
        C.sgd(model, 0.1)
