"""AdamW, Lion and LAMB against their papers' algorithms, step by step in float64."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.learners import adamw, lamb, lion

START = np.array([[1.5, -0.25, 0.0], [0.75, 2.0, -1.0]])
GRADIENTS = np.random.default_rng(4).normal(size=(6, 2, 3))
SAMPLES = 4  # of each minibatch; learners get sums


def found(factory, gradients=GRADIENTS, **options):
    parameter = C.parameter(START.shape, init=START, dtype=np.float64)
    learner = factory([parameter], 0.1, **options)
    for gradient in gradients:
        assert learner.update({parameter: SAMPLES * gradient}, SAMPLES)
    return parameter.value


def test_adamw():
    w, m, v = START.copy(), 0.0, 0.0
    for t, g in enumerate(GRADIENTS, 1):
        m, v = 0.8 * m + 0.2 * g, 0.95 * v + 0.05 * g * g
        step = (m / (1 - 0.8**t)) / (np.sqrt(v / (1 - 0.95**t)) + 1e-3)
        w = w - 0.1 * (step + 0.3 * w)
    options = {"momentum": 0.8, "variance_momentum": 0.95, "weight_decay": 0.3, "epsilon": 1e-3}
    np.testing.assert_allclose(found(adamw, **options), w, rtol=1e-12)


def test_lion():
    w, m = START.copy(), 0.0
    for g in GRADIENTS:
        w = w - 0.1 * (np.sign(0.7 * m + 0.3 * g) + 0.3 * w)
        m = 0.9 * m + 0.1 * g
    options = {"momentum": 0.7, "memory": 0.9, "weight_decay": 0.3}
    np.testing.assert_allclose(found(lion, **options), w, rtol=1e-12)


def test_lamb():
    w, m, v = START.copy(), 0.0, 0.0
    for t, g in enumerate(GRADIENTS, 1):
        m, v = 0.8 * m + 0.2 * g, 0.95 * v + 0.05 * g * g
        step = (m / (1 - 0.8**t)) / (np.sqrt(v / (1 - 0.95**t)) + 1e-3) + 0.3 * w
        w = w - 0.1 * np.linalg.norm(w) / np.linalg.norm(step) * step
    options = {"momentum": 0.8, "variance_momentum": 0.95, "weight_decay": 0.3, "epsilon": 1e-3}
    np.testing.assert_allclose(found(lamb, **options), w, rtol=1e-12)


def test_lamb_moves_a_parameter_of_zeros_and_stays_without_a_gradient():
    parameter = C.parameter(2, init=0)
    learner = lamb([parameter], 0.1)
    assert learner.update({parameter: np.zeros(2, "f")}, 1)
    np.testing.assert_array_equal(parameter.value, 0)
    learner.update({parameter: np.array([1, -1], "f")}, 1)
    assert parameter.value[0] < 0 < parameter.value[1]


def test_lion_stays_where_the_average_is_zero():
    parameter = C.parameter(2, init=1)
    lion([parameter], 0.1).update({parameter: np.array([0, 2], "f")}, 1)
    np.testing.assert_allclose(parameter.value, [1, 0.9], rtol=1e-6)


@pytest.mark.parametrize("factory", [adamw, lamb])
def test_a_resumed_learner_takes_the_same_steps(factory):
    whole = found(factory)
    parameter = C.parameter(START.shape, init=START, dtype=np.float64)
    first = factory([parameter], 0.1)
    for gradient in GRADIENTS[:3]:
        first.update({parameter: SAMPLES * gradient}, SAMPLES)
    second = factory([parameter], 0.1)
    second.restore_from_checkpoint(first.create_checkpoint())
    for gradient in GRADIENTS[3:]:
        second.update({parameter: SAMPLES * gradient}, SAMPLES)
    np.testing.assert_array_equal(parameter.value, whole)


def test_they_are_published():
    assert C.adamw is adamw
    assert C.lion is lion
    assert C.lamb is lamb


@pytest.mark.parametrize("factory", [adamw, lion, lamb])
@pytest.mark.parametrize("weight", [-0.1, float("nan"), "much"])
def test_a_wrong_weight_decay(factory, weight):
    with pytest.raises(ValueError, match="weight_decay is a finite number from 0 on"):
        factory([C.parameter(2)], 0.1, weight_decay=weight)
