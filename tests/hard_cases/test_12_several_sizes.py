"""Buffers share memory whatever the sizes turn out to be.

An encoder and a decoder have row counts of their own, and no order between them: which buffer is
the larger one changes from minibatch to minibatch. Places in the arena follow the sizes of each
run, so that none overlap; arenas grow, are used again, and are few.
"""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.layers import Dense

from .ragged import assert_close, evaluated_afresh, gradients_afresh, instances, sequences

pytestmark = pytest.mark.usefixtures("kernels")
WIDTH = 6


@pytest.fixture
def network():
    """Return (encoder input, decoder input, network): many layers of both, mixed."""
    e = C.sequence.input_variable(WIDTH, sequence_axis=C.Axis("enc"), name="e")
    d = C.sequence.input_variable(WIDTH, sequence_axis=C.Axis("dec"), name="d")
    encoded, decoded = e, d
    for i in range(3):
        encoded = Dense(WIDTH, activation=C.tanh, init=C.glorot_uniform(seed=i + 1))(encoded)
        thought = C.sequence.broadcast_as(C.sequence.reduce_sum(encoded), decoded)
        mixed = C.splice(decoded, C.sigmoid(thought))
        decoded = Dense(WIDTH, activation=C.tanh, init=C.glorot_uniform(seed=i + 7))(mixed)
        encoded = encoded + C.sequence.broadcast_as(C.sequence.last(decoded), encoded)
    thought = C.sequence.broadcast_as(C.sequence.first(encoded), decoded)
    return e, d, decoded * thought


def minibatch(e, d, encoder, decoder):
    return {e: sequences(encoder, WIDTH), d: sequences(decoder, WIDTH, seed=1)}


LONG, SHORT = (400, 300, 200), (20, 50, 30)
RANDOM = [
    tuple(tuple(np.random.default_rng(i).integers(1, 60, (2, 3))[side]) for side in (0, 1))
    for i in range(8)
]


@pytest.mark.parametrize(
    "sizes", [[(LONG, SHORT), (SHORT, LONG)], RANDOM], ids=["turned", "random"]
)
class TestResults:
    def test_values(self, network, sizes):
        e, d, z = network
        batches = [minibatch(e, d, *lengths) for lengths in [*sizes, *sizes[::-1]]]
        found = [z.eval(batch) for batch in batches]
        for values, batch in zip(found, batches[: len(sizes)]):
            assert_close(values, evaluated_afresh(z, batch))
        for values, again in zip(found, found[::-1]):  # the same data on other memory
            assert_close(values, again, 0)

    def test_gradients(self, network, sizes):
        e, d, z = network
        loss, wanted = C.reduce_sum(C.square(z)), list(z.parameters)
        batches = [minibatch(e, d, *lengths) for lengths in sizes]
        found = [loss.grad(batch, wanted) for batch in batches]
        for of, batch in zip(found, batches):
            expected = gradients_afresh(loss, batch, wanted)
            for parameter, gradient in zip(wanted, expected):
                scale = max(1.0, np.abs(gradient).max())
                assert_close(of[parameter] / scale, gradient / scale, 1e-4)


def test_a_state_kept_for_backward_is_left_alone(network):
    """Its run had other sizes than those that come after it."""
    e, d, z = network
    loss, w = C.reduce_sum(C.square(z)), z.parameters[0]
    batch = minibatch(e, d, LONG, SHORT)
    expected = gradients_afresh(loss, batch, [w])[0]
    state, values = loss.forward(batch, [loss.output], {loss.output})
    z.eval(minibatch(e, d, SHORT, LONG))
    z.eval(batch)
    ones = [np.ones_like(part) for part in values[loss.output]]
    found = loss.backward(state, {loss.output: ones}, [w])[w]
    assert_close(found / np.abs(expected).max(), expected / np.abs(expected).max(), 1e-4)


def test_arenas_are_few_and_not_larger_than_the_largest_minibatch(network, plans):
    e, d, z = network
    z.eval(minibatch(e, d, LONG, LONG))
    largest = instances(plans)[0].raw.size
    for encoder, decoder in [(LONG, SHORT), (SHORT, LONG), *RANDOM, (LONG, LONG), *RANDOM]:
        z.eval(minibatch(e, d, encoder, decoder))
    kept = instances(plans)
    assert len(plans) == 1
    assert len(kept) <= 8
    assert all(instance.raw.size <= 1.25 * largest for instance in kept)


def test_arenas_of_runs_at_the_same_time_go_when_runs_have_become_fewer(plans):
    x = C.input_variable(1000, name="x")
    f = C.exp(C.tanh(x) * 2) + C.sin(x)
    data = np.zeros((1100, 1000), "f")  # its arena is a large one
    borrowed = [f.eval({x: data}, as_numpy=False) for _ in range(4)]
    del borrowed
    assert len(instances(plans)) == 4
    for _ in range(128):
        f.eval({x: data[:1]})
    assert len(instances(plans)) == 1


def test_a_growing_minibatch_does_not_leave_its_smaller_arenas_behind(plans):
    x = C.input_variable(1000, name="x")
    f = C.exp(C.tanh(x) * 2) + C.sin(x)
    for count in (1100, 1150, 1300, 1600):
        f.eval({x: np.zeros((count, 1000), "f")})
    kept = instances(plans)
    assert len(kept) == 1
