"""Row counts are run-time arguments: a ragged minibatch needs no plan of its own.

Kernels take any number of rows; library objects that have it baked in are kept for the numbers
met last, a bounded number of them. Results are those of a plan made for the minibatch.
"""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.execution import session
from cntk.layers import GRU, LSTM, BatchNormalization, Convolution2D, Dense, MaxPooling, Recurrence

from .ragged import assert_close, evaluated_afresh, gradients_afresh, instances, sequences

pytestmark = pytest.mark.usefixtures("kernels")
MINIBATCHES = [(3, 7, 2), (1,), (4, 4), (9, 1, 1, 5), (3, 7, 2), (2, 2, 2, 2, 2), (1, 1), (6, 3)]


@pytest.fixture
def frames_network():
    """Return (input, network) of convolution, pooling and batch normalization of each frame."""
    s = C.sequence.input_variable((2, 6, 6), name="s")
    z = Convolution2D((3, 3), 8, pad=True, init=C.glorot_uniform(seed=1), activation=C.relu)(s)
    z = MaxPooling((2, 2), strides=2)(BatchNormalization(map_rank=1)(z))
    return s, Dense(3, init=C.glorot_uniform(seed=2))(z)


class TestConvolutionOfFrames:
    def test_values(self, frames_network):
        s, z = frames_network
        found = [z.eval({s: sequences(lengths, 2, 6, 6)}) for lengths in MINIBATCHES]
        for lengths, values in zip(MINIBATCHES, found):
            assert_close(values, evaluated_afresh(z, {s: sequences(lengths, 2, 6, 6)}))

    def test_gradients(self, frames_network):
        s, z = frames_network
        loss, wanted = C.reduce_sum(C.square(z)), list(z.parameters)
        found = []
        for lengths in MINIBATCHES:
            of = loss.grad({s: sequences(lengths, 2, 6, 6)}, wanted)
            found.append([of[parameter] for parameter in wanted])
        for lengths, values in zip(MINIBATCHES, found):
            data = {s: sequences(lengths, 2, 6, 6)}
            assert_close(values, gradients_afresh(loss, data, wanted), 1e-3)

    def test_no_plan_is_made_and_memory_is_bounded(self, frames_network, plans):
        s, z = frames_network
        for count in range(1, 30):
            z.eval({s: sequences((count, 1), 2, 6, 6)})
        assert len(plans) == 1
        assert len(instances(plans)) <= 8
        for instance in instances(plans):
            for kept in instance.slots:
                exact = getattr(kept, "exact", None)  # library objects, of cntk-cpu
                assert exact is None or len(exact._known) <= 8


@pytest.mark.parametrize("cell", [LSTM, GRU])
class TestRecurrences:
    """Fewer and fewer sequences have a frame: each step has its own number of rows."""

    def network(self, cell):
        s = C.sequence.input_variable(3, name="s", needs_gradient=True)
        return s, Recurrence(cell(4, init=C.glorot_uniform(seed=1)))(s)

    def test_values_are_those_of_each_sequence_alone(self, cell):
        s, z = self.network(cell)
        for lengths in MINIBATCHES:
            data = sequences(lengths, 3)
            alone = [z.eval({s: [part]})[0] for part in data]
            assert_close(z.eval({s: data}), alone)

    def test_gradients_are_sums_of_those_of_each_sequence_alone(self, cell):
        s, z = self.network(cell)
        loss, wanted = C.reduce_sum(C.square(z)), list(z.parameters)
        for lengths in MINIBATCHES[:4]:
            data = sequences(lengths, 3)
            together = loss.grad({s: data}, [s, *wanted])
            alone = [loss.grad({s: [part]}, [s, *wanted]) for part in data]
            assert_close(together[s], [of[s][0] for of in alone])
            for parameter in wanted:
                assert_close(together[parameter], sum(of[parameter] for of in alone), 1e-4)

    def test_no_plan_is_made_and_memory_is_bounded(self, cell, plans):
        s, z = self.network(cell)
        z.eval({s: sequences((2, 1), 3)})
        before = len(plans)  # the body of the loop has a plan of its own
        for count in range(1, 24):
            z.eval({s: sequences(range(1, count + 1), 3)})
        assert len(plans) == before
        assert len(instances(plans)) <= 8 + 23  # one for each number of rows met in one loop


def test_training_on_ragged_minibatches_equals_training_with_fresh_plans():
    results = []
    for is_fresh in (False, True):
        s = C.sequence.input_variable(3, name="s")
        y = C.input_variable(2, name="y")
        h = Recurrence(LSTM(4, init=C.glorot_uniform(seed=1)))(s)
        z = Dense(2, init=C.glorot_uniform(seed=2))(C.sequence.last(h))
        learner = C.momentum_sgd(z.parameters, 0.1, 0.9)
        trainer = C.Trainer(z, (C.cross_entropy_with_softmax(z, y),), [learner])
        for lengths in MINIBATCHES:
            if is_fresh:
                session.forget_plans()
                trainer = C.Trainer(z, (C.cross_entropy_with_softmax(z, y),), [learner])
            label = np.eye(2, dtype="f")[np.arange(len(lengths)) % 2]
            trainer.train_minibatch({s: sequences(lengths, 3), y: label})
        results.append([p.value for p in z.parameters])
    assert_close(*results, 1e-4)
