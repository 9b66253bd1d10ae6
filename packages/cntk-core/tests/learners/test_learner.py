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
