"""``Function.train`` and ``Function.test`` on arrays: what they return, and what is printed."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.layers import Dense, Dropout, Sequential
from cntk.logging import ProgressPrinter

from .networks import clusters

SAMPLES, CLASSES = clusters(30, 4, 3)


@pytest.fixture
def criterion():
    """Return a model's (loss, metric) as one Function of (features, label)."""
    model = Sequential([Dense(8, activation=C.tanh), Dropout(0.1, seed=1), Dense(3)])
    model.update_signature(4)

    @C.Function
    def criterion(features, label):
        z = model(features)
        return C.cross_entropy_with_softmax(z, label), C.classification_error(z, label)

    criterion.update_signature(4, 3)
    return criterion


def learner(function, rate=0.5):
    return C.sgd(function.parameters, C.learning_parameter_schedule(rate))


def test_it_learns(criterion):
    before = criterion.test((SAMPLES, CLASSES)).metric
    progress = criterion.train(
        (SAMPLES, CLASSES),
        minibatch_size=10,
        max_epochs=20,
        parameter_learners=[learner(criterion)],
    )
    summaries = progress.epoch_summaries
    assert len(summaries) == 20
    assert {summary.samples for summary in summaries} == {30}
    assert summaries[-1].loss < 0.3 * summaries[0].loss
    assert criterion.test((SAMPLES, CLASSES)).metric < 0.1 < before


def test_what_is_returned(criterion):
    progress = criterion.train((SAMPLES, CLASSES), parameter_learners=[learner(criterion)])
    assert sorted(progress) == ["epoch_summaries", "updates"]
    (summary,) = progress.epoch_summaries
    assert sorted(summary) == ["loss", "metric", "samples"]
    assert summary.samples == summary["samples"] == 30
    with pytest.raises(AttributeError, match="record is immutable"):
        progress.updates = []
    test = criterion.test((SAMPLES, CLASSES), minibatch_size=7)
    assert sorted(test) == ["metric", "samples"]
    assert test.samples == 30


def test_the_minibatch_size_does_not_matter_for_testing(criterion):
    results = [criterion.test((SAMPLES, CLASSES), minibatch_size=size).metric for size in (7, 30)]
    assert results[0] == pytest.approx(results[1])


def test_a_criterion_without_metric():
    x, y = C.input_variable(4), C.input_variable(3)
    loss = C.cross_entropy_with_softmax(Dense(3)(x), y)
    progress = loss.train((SAMPLES, CLASSES), parameter_learners=[learner(loss)])
    assert progress.epoch_summaries[0].metric == 0
    test = loss.test((SAMPLES, CLASSES))
    assert test.metric == pytest.approx(loss.eval({x: SAMPLES, y: CLASSES}).mean(), rel=1e-4)


@pytest.mark.parametrize("limit", [{"max_samples": 20}, {"epoch_size": 20}])
def test_how_long_it_trains(criterion, limit):
    progress = criterion.train(
        (SAMPLES, CLASSES), minibatch_size=10, parameter_learners=[learner(criterion)], **limit
    )
    assert sum(summary.samples for summary in progress.epoch_summaries) == 20


def test_progress_is_printed(criterion, capsys):
    printer = ProgressPrinter(freq=1, num_epochs=2, tag="Training")
    criterion.train(
        (SAMPLES, CLASSES),
        minibatch_size=15,
        max_epochs=2,
        parameter_learners=[learner(criterion, 0.1)],
        callbacks=[printer],
    )
    lines = capsys.readouterr().out.splitlines()
    assert "Learning rate per minibatch: 0.1" in lines
    minibatches = [line for line in lines if line.startswith(" Minibatch[")]
    assert [line.split(":")[0] for line in minibatches] == [
        " Minibatch[   1-   1]",
        " Minibatch[   2-   2]",
    ] * 2
    assert minibatches[0].endswith("% * 15;")
    epochs = [line for line in lines if line.startswith("Finished Epoch[")]
    assert [line.split(":")[0] for line in epochs] == [
        "Finished Epoch[1 of 2]",
        "Finished Epoch[2 of 2]",
    ]
    assert epochs[0].split(": ")[1].startswith("[Training] loss = ")


@pytest.mark.parametrize(
    "data, options, error, why",
    [
        ((SAMPLES,), {}, ValueError, "pass a tuple of 2 numpy or scipy arrays"),
        (SAMPLES, {}, ValueError, "pass a tuple of 2 numpy or scipy arrays"),
        (None, {}, ValueError, "pass a tuple of 2 numpy or scipy arrays"),
        ((SAMPLES, CLASSES[:3]), {}, TypeError, "must have the same first dimension"),
        ((SAMPLES, CLASSES), {"max_epochs": 1, "max_samples": 5}, ValueError, "max_samples"),
        ((SAMPLES, CLASSES), {"minibatch_size": 0}, ValueError, "not 0"),
        ((SAMPLES, CLASSES), {"parameter_learners": []}, ValueError, "at least one learner"),
    ],
)
def test_refusals(criterion, data, options, error, why):
    options = {"parameter_learners": [learner(criterion)], **options}
    with pytest.raises(error, match=why):
        criterion.train(data, **options)


def test_sequences_are_lists_of_arrays():
    x, y = C.sequence.input_variable(2), C.input_variable(1)
    z = Dense(1, init=0.1)(C.sequence.last(x))
    loss = C.squared_error(z, y)
    data = [np.ones((length, 2), "f") * length for length in (1, 3, 2, 4)]
    target = np.array([[1], [3], [2], [4]], "f")
    progress = loss.train(
        (data, target), minibatch_size=8, max_epochs=40, parameter_learners=[learner(loss, 0.02)]
    )
    assert progress.epoch_summaries[-1].loss < 0.05 * progress.epoch_summaries[0].loss
