"""The feed-forward network with two hidden layers, from operators and parameters."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

from .networks import clusters, losses_of_training

FEATURES, HIDDEN, CLASSES = 6, 8, 3


def build():
    """Return (x, y, P, ce): ``P = softmax(Wout h2 + bout)`` and the cross entropy criterion."""
    x, y = C.input_variable(FEATURES, name="x"), C.input_variable(CLASSES, name="y")
    W1 = C.parameter((FEATURES, HIDDEN), init=C.glorot_uniform(seed=1), name="W1")
    b1 = C.parameter(HIDDEN, name="b1")
    W2 = C.parameter((HIDDEN, HIDDEN), init=C.glorot_uniform(seed=2), name="W2")
    b2 = C.parameter(HIDDEN, name="b2")
    Wout = C.parameter((HIDDEN, CLASSES), init=C.glorot_uniform(seed=3), name="Wout")
    bout = C.parameter(CLASSES, name="bout")

    h1 = C.sigmoid(C.times(x, W1) + b1)
    h2 = C.sigmoid(C.times(h1, W2) + b2)
    P = C.softmax(C.times(h2, Wout) + bout)
    ce = -C.reduce_sum(y * C.log(P))
    return x, y, P, ce


def numbers(function):
    """Return the value of the network and the gradients by hand, in NumPy."""
    value = {p.name: p.value.astype(np.float64) for p in function.parameters}

    def forward(x):
        h1 = 1 / (1 + np.exp(-(x @ value["W1"] + value["b1"])))
        h2 = 1 / (1 + np.exp(-(h1 @ value["W2"] + value["b2"])))
        z = np.exp(h2 @ value["Wout"] + value["bout"])
        return h1, h2, z / z.sum(1, keepdims=True)

    return value, forward


def test_probabilities_are_those_of_the_formula():
    _, _, P, _ = build()
    samples, _ = clusters(5, FEATURES, CLASSES)
    _, forward = numbers(P)
    np.testing.assert_allclose(P.eval(samples), forward(samples)[2], rtol=1e-5)


def test_gradients_are_those_of_the_chain_rule():
    x, y, _, ce = build()
    samples, classes = clusters(5, FEATURES, CLASSES)
    value, forward = numbers(ce)
    h1, h2, P = forward(samples)
    to_h2 = (P - classes) @ value["Wout"].T * h2 * (1 - h2)
    expected = {
        "Wout": h2.T @ (P - classes),
        "b2": to_h2.sum(0),
        "W1": samples.T @ (to_h2 @ value["W2"].T * h1 * (1 - h1)),
    }
    wanted = [p for p in ce.parameters if p.name in expected]
    found = ce.grad({x: samples, y: classes}, wanted)
    for parameter, gradient in found.items():
        np.testing.assert_allclose(gradient, expected[parameter.name], rtol=1e-3, atol=1e-5)


def test_it_learns():
    x, y, P, ce = build()
    error = C.classification_error(P, y)
    learner = C.sgd(P.parameters, C.learning_parameter_schedule(2.0))
    trainer = C.Trainer(P, (ce, error), [learner])
    samples, classes = clusters(30, FEATURES, CLASSES)
    data = {x: samples, y: classes}
    before = trainer.test_minibatch(data)
    losses = losses_of_training(trainer, data, 200)
    assert losses[0] == pytest.approx(np.log(CLASSES), rel=0.3)
    assert losses[-1] < 0.1 * losses[0]
    assert trainer.test_minibatch(data) == 0.0 < before
    assert trainer.total_number_of_samples_seen == 200 * 30


def test_the_same_criterion_from_the_library():
    x, y, P, ce = build()
    z = P.owner.inputs[0]
    library = C.cross_entropy_with_softmax(z, y)
    samples, classes = clusters(5, FEATURES, CLASSES)
    data = {x: samples, y: classes}
    expected = ce.eval(data).reshape(library.eval(data).shape)
    np.testing.assert_allclose(library.eval(data), expected, rtol=1e-5)
