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
