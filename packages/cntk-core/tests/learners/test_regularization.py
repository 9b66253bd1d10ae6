"""Options that all learners share."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C


@pytest.mark.parametrize("threshold", [-1, float("nan"), None, "1"])
def test_a_clipping_threshold_is_a_number_from_0_on(threshold):
    with pytest.raises(ValueError, match="gradient_clipping_threshold_per_sample must be"):
        C.sgd([C.parameter(2)], 0.1, gradient_clipping_threshold_per_sample=threshold)


@pytest.mark.parametrize(
    "option",
    [
        "gradient_clipping_threshold_per_sample",
        "l1_regularization_weight",
        "l2_regularization_weight",
        "gaussian_noise_injection_std_dev",
    ],
)
def test_numbers_of_numpy_are_taken(option):
    weight = C.parameter(2, init=1)
    learner = C.sgd([weight], 0.1, **{option: np.float32(0.5)})
    assert learner.update({weight: np.ones(2, "f")}, 1)


def test_noise_may_follow_a_schedule():
    w = C.parameter(1000)
    deviations = C.learning_parameter_schedule([0.0, 1.0], epoch_size=10)
    learner = C.sgd([w], 0.1, gaussian_noise_injection_std_dev=deviations)
    learner.update({w: np.zeros(1000, "f")}, 10)
    assert not w.value.any()
    learner.update({w: np.zeros(1000, "f")}, 10)
    assert 0.9 < w.value.std() < 1.1
