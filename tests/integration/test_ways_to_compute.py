"""Networks train alike with every way to compute: fused or not, any order in memory, any kernels.

The bounds are for what differs between the ways: the order in which sums are added, and functions
such as exp, which round the last bit as they like. A share of the largest number of each array: of
outputs and first gradients 1e-5 in float32 and 1e-12 in float64; of parameters after some steps,
in which differences grow, 1e-4 and 1e-11.
"""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pytest

import cntk as C
from cntk.debugging import explain
from cntk.layers import (
    LSTM,
    BatchNormalization,
    Convolution2D,
    Dense,
    Dropout,
    Embedding,
    GlobalAveragePooling,
    MaxPooling,
    Recurrence,
    Sequential,
)
from cntk.testing.backends import apart, only, without
from cntk.testing.chains import chain_kernel

STEPS, CLASSES, SAMPLES = 5, 5, 6


WAYS = {
    "as usual": nullcontext,
    "no fusion": lambda: without("chain"),
    "chains apart": apart,
    "one step after the other": lambda: without("together"),
    "one order in memory": lambda: without("reorder"),
    "NumPy's kernels": lambda: only("numpy"),
    "NumPy's kernels, fused": lambda: only("numpy", also=[chain_kernel]),
}


def residual_network():
    x = C.input_variable((3, 9, 7))
    first = Sequential([Convolution2D(3, 16, pad=True, bias=False), BatchNormalization(map_rank=1)])
    second = Sequential(
        [Convolution2D(3, 16, pad=True, activation=C.relu), BatchNormalization(map_rank=1)]
    )
    h = C.relu(first(x))
    h = MaxPooling((3, 3), strides=2, pad=True)(C.relu(second(h) + h))
    return x, Dense(CLASSES)(GlobalAveragePooling()(h))


def plain_network():
    x = C.input_variable((3, 9, 7))
    convolutions = [
        Convolution2D(5, 17, pad=True, activation=C.tanh),
        Convolution2D(1, 32, activation=C.relu),
        Convolution2D(3, 32, pad=True, activation=C.relu),
        MaxPooling((2, 2), strides=2),
    ]
    dense = [Dense(9, activation=C.sigmoid), Dense(CLASSES)]
    return x, Sequential([*convolutions, *dense])(x)


def dense_network():
    x = C.input_variable(11)
    return x, Sequential([Dense(17, activation=C.elu), Dropout(0.3, seed=5), Dense(CLASSES)])(x)


def tagger():
    x = C.sequence.input_variable(12)
    return x, Sequential([Embedding(7), Recurrence(LSTM(9)), Dense(CLASSES)])(x)


def cell_of_gates():
    x = C.sequence.input_variable(12)
    state = C.placeholder(shape=(9,), dynamic_axes=x.dynamic_axes)
    past = C.sequence.past_value(state)
    keep, new = (Dense(9, activation=a)(C.splice(x, past)) for a in (C.sigmoid, C.tanh))
    h = keep * past + (1 - keep) * new
    return x, Dense(CLASSES)(h.replace_placeholders({state: h.output}))


NETWORKS = {
    f.__name__: f for f in (residual_network, plain_network, dense_network, tagger, cell_of_gates)
}


def minibatch(x, y, dtype) -> dict:
    random = np.random.default_rng(3)
    lengths = [4, 1, 7, 2, 2, 3]

    def rows(make) -> object:
        if len(x.dynamic_axes) == 1:
            return make(SAMPLES).astype(dtype)
        return [make(n).astype(dtype) for n in lengths]

    return {
        x: rows(lambda n: random.normal(size=(n, *x.shape))),
        y: rows(lambda n: np.eye(CLASSES)[random.integers(0, CLASSES, n)]),
    }


def trained(name: str, dtype) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return (outputs and first gradients, losses and parameters after some steps)."""
    C.cntk_py.set_fixed_random_seed(1)
    try:
        with C.default_options(dtype=dtype):
            x, z = NETWORKS[name]()
            y = C.input_variable(CLASSES, dynamic_axes=z.dynamic_axes)
            loss = C.cross_entropy_with_softmax(z, y)
            data = minibatch(x, y, dtype)
    finally:
        C.cntk_py.reset_random_seed(1)
    outputs = [np.concatenate([np.atleast_1d(part) for part in z.eval({x: data[x]})])]
    slopes = loss.grad(data, list(z.parameters))
    schedule = C.learning_parameter_schedule_per_sample(0.05)
    learner = C.momentum_sgd(
        z.parameters, schedule, C.momentum_schedule(0.9), l2_regularization_weight=0.001
    )
    trainer = C.Trainer(z, (loss, C.classification_error(z, y)), learner)
    losses = []
    for _ in range(STEPS):
        trainer.train_minibatch(data)
        losses.append(np.asarray(trainer.previous_minibatch_loss_average))
    return [*outputs, *(slopes[p] for p in z.parameters)], [
        *losses,
        *(p.value for p in z.parameters),
    ]


def assert_alike(found, expected, share: float) -> None:
    for one, other in zip(found, expected, strict=True):
        largest = max(1e-3, float(np.abs(other).max()))
        np.testing.assert_allclose(one, other, rtol=0, atol=share * largest)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", NETWORKS)
def test_every_way_gives_the_same(name, dtype):
    (first, last), *others = (found_by(way, name, dtype) for way in WAYS.values())
    once, later = (1e-5, 1e-4) if dtype is np.float32 else (1e-12, 1e-11)
    for outputs, parameters in others:
        assert_alike(outputs, first, once)
        assert_alike(parameters, last, later)


def found_by(way, name: str, dtype):
    with way():
        return trained(name, dtype)


def test_the_ways_are_what_they_are_called():
    """Where a backend fuses, and has orders of its own, they can be seen and taken away."""
    x, z = residual_network()
    usual = explain(z)
    with WAYS["NumPy's kernels, fused"]():
        assert "chain" in explain(z)
    absent = {
        "no fusion": "chain",
        "chains apart": "then chain",
        "one order in memory": "reorder",
    }
    for way, what in absent.items():
        with WAYS[way]():
            assert what not in explain(z)
    with WAYS["NumPy's kernels"]():
        assert ("chain" in usual) == (usual != explain(z))
