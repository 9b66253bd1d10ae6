"""Trainer: what it refuses when it is made."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C


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
