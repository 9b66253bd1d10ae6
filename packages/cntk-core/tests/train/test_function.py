"""Function.train: which minibatches it makes of arrays, and what it returns."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.minibatch import MinibatchSourceFromData

SEQUENCES = [np.ones((length, 2), "f") for length in (2, 3, 1)]


def criterion(per_frame: bool):
    """Return a loss on sequences, with a value per frame or per sequence, and its parameter."""
    weight = C.parameter((2, 1), init=0.5)
    loss = C.square(C.times(C.sequence.input_variable(2), weight))
    return (loss if per_frame else C.sequence.reduce_sum(loss)), weight


@pytest.mark.parametrize(("per_frame", "samples"), [(True, 6), (False, 3)])
@pytest.mark.parametrize("minibatch_size", [3, 4, 100])
def test_an_epoch_is_a_pass_over_all_sequences(per_frame, samples, minibatch_size):
    loss, weight = criterion(per_frame)
    record = loss.train(
        (SEQUENCES,), minibatch_size, max_epochs=2, parameter_learners=[C.sgd([weight], 0.01)]
    )
    assert [epoch.samples for epoch in record.epoch_summaries] == [samples, samples]


def test_a_sequence_longer_than_a_minibatch_is_named():
    loss, weight = criterion(True)
    with pytest.raises(ValueError, match="sequence 1 has 3 frames, more than the minibatch size 2"):
        loss.train((SEQUENCES,), 2, parameter_learners=[C.sgd([weight], 0.01)])


def test_sequences_are_tested_too():
    loss, _ = criterion(True)
    record = loss.test((SEQUENCES,), 4)
    assert (record.metric, record.samples) == (1, 6)


def test_max_samples_are_one_epoch():
    x, weight = C.input_variable(2), C.parameter((2, 1), init=0.5)
    loss = C.square(C.times(x, weight))
    record = loss.train(
        np.ones((7, 2), "f"), 3, max_samples=10, parameter_learners=[C.sgd([weight], 0.01)]
    )
    assert [epoch.samples for epoch in record.epoch_summaries] == [10]


def test_any_integer_is_a_minibatch_size():
    loss, weight = criterion(True)
    record = loss.train((SEQUENCES,), np.int64(4), parameter_learners=[C.sgd([weight], 0.01)])
    assert record.epoch_summaries[0].samples == 6


def test_a_source_of_the_user_is_trained_on_and_tested():
    x, weight = C.input_variable(2), C.parameter((2, 1), init=0.5)
    loss = C.square(C.times(x, weight))
    source = MinibatchSourceFromData(dict(x=np.ones((4, 2), "f")), max_samples=8)
    record = loss.train(
        source, 2, streams=[source.streams.x], epoch_size=4, parameter_learners=C.sgd([weight], 0)
    )
    assert [(epoch.loss, epoch.samples) for epoch in record.epoch_summaries] == [(1, 4)]
    assert loss.test(source, 3, streams=[source.streams.x]).samples == 4


def test_streams_are_those_of_the_source():
    loss = C.square(C.input_variable(2) * C.parameter(2, init=0.5))
    one, other = (MinibatchSourceFromData({name: np.ones((4, 2), "f")}) for name in "ab")
    with pytest.raises(ValueError, match="not a stream of this source\n  it has  a"):
        loss.test(one, 2, streams=[other.streams.b])


def test_a_last_minibatch_that_overshoots_leaves_no_empty_epoch_behind():
    class Sequences(MinibatchSourceFromData):
        def next_minibatch(self, num_samples, *args, **kwargs):
            return super().next_minibatch(3, *args, **kwargs)  # a sequence is never cut

    x, weight = C.input_variable(2), C.parameter((2, 1), init=0.5)
    loss = C.square(C.times(x, weight))
    source = Sequences(dict(x=np.ones((12, 2), "f")))
    seen = []
    writer = C.logging.TrainingSummaryProgressCallback(
        1, lambda epoch, loss, metric, samples: seen.append(samples)
    )
    loss.train(
        source, 3, streams=[source.streams.x], epoch_size=4, max_epochs=2,
        parameter_learners=C.sgd([weight], 0.01), callbacks=[writer],
    )  # fmt: skip
    assert seen == [6, 3]
