"""Training goes on from checkpoints of CNTK 2.7 as it went on there."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import cntk as C

from .trainers import BEFORE, CASES, make, number, resume

DATA = Path(__file__).resolve().parents[1] / "data"
FOLDER, MODELS = DATA / "checkpoints", DATA / "golden" / "models"
RANDOM = {"dropped_sgd"}  # its random numbers are others here
ADDED_UP_IN_ANOTHER_ORDER = {"rtol": 2e-6, "atol": 2e-6}


@cache
def followed() -> dict[str, dict]:
    lines = (FOLDER / "followed.jsonl").read_text("utf-8").splitlines()
    return dict(map(json.loads, lines))


def test_every_case_is_recorded():
    assert followed().keys() == CASES.keys()


@pytest.mark.parametrize("name", CASES)
def test_training_goes_on_as_in_the_original(name):
    found, expected = resume(FOLDER, name), followed()[name]
    for key in ("start",) if name in RANDOM else ("start", "losses", "end"):
        assert_equal(found[key], expected[key], exact=key == "start")


@pytest.mark.parametrize("name", CASES)
def test_training_goes_on_from_our_own_checkpoint_bit_for_bit(name, tmp_path):
    assert make(tmp_path, name) == resume(tmp_path, name)


def test_the_random_state_of_the_original_is_taken_over():
    """Its checkpoints hold the state at the start."""
    trainer, inputs = CASES["dropped_sgd"].trainer()
    CASES["dropped_sgd"].train(trainer, inputs, range(2))
    (dropout,) = C.logging.graph.depth_first_search(
        trainer.model, lambda node: "rngSeed" in getattr(node, "attributes", ()), depth=-1
    )
    assert dropout.attributes["rngOffset"] > 0
    trainer.restore_from_checkpoint(FOLDER / "dropped_sgd.ckpt")
    assert (dropout.attributes["rngSeed"], dropout.attributes["rngOffset"]) == (7, 0)


def test_the_trainer_of_a_restored_checkpoint_knows_what_it_has_seen():
    trainer, _ = CASES["dense_schedule"].trainer()
    trainer.restore_from_checkpoint(FOLDER / "dense_schedule.ckpt")
    assert trainer.total_number_of_samples_seen == 4 * BEFORE
    assert trainer.parameter_learners[0].learning_rate() == pytest.approx(0.02)


def test_a_checkpoint_of_another_learner_is_refused_and_nothing_changes():
    trainer, _ = CASES["dense_adam"].trainer()
    before = [p.value for p in trainer.loss_function.parameters]
    with pytest.raises(ValueError, match="another kind of learner, or another network"):
        trainer.restore_from_checkpoint(FOLDER / "dense_sgd.ckpt")
    for parameter, value in zip(trainer.loss_function.parameters, before):
        np.testing.assert_array_equal(parameter.value, value)


def test_the_checkpoint_with_batch_normalization_and_rates_that_change():
    """The case that the description of the format comes with: eight steps, saved after five."""
    described = json.loads((MODELS / "models.json").read_text("utf-8"))["checkpoint"]
    numbers = np.load(MODELS / "checkpoint.npz", allow_pickle=False)
    x, y = C.input_variable(5), C.input_variable(3)
    layers = {name: getattr(C.layers, name) for name in dir(C.layers)}
    z = eval(described["network"], {**layers, "C": C})(x)
    loss = C.cross_entropy_with_softmax(z, y)
    parameters = sorted(z.parameters, key=number)
    learner = eval(described["learner"], {"C": C, "P": list(z.parameters)})
    trainer = C.Trainer(z, (loss, C.classification_error(z, y)), learner)
    state = trainer.restore_from_checkpoint(MODELS / "checkpoint.ckpt")
    assert state == described["external_state"]
    for step in (5, 6, 7):
        trainer.train_minibatch({x: numbers[f"x{step}"], y: numbers[f"y{step}"]})
        loss_found = trainer.previous_minibatch_loss_average
        assert_equal(loss_found, numbers[f"loss{step}"])
        for i, parameter in enumerate(parameters):
            assert_equal(parameter.value, numbers[f"step{step + 1}.p{i}"])


def assert_equal(found, expected, exact=False):
    """Compare numbers, or lists of arrays."""
    tolerance = {"rtol": 0, "atol": 0} if exact else ADDED_UP_IN_ANOTHER_ORDER
    pairs = zip(found, expected) if isinstance(found, list) else [(found, expected)]
    for ours, theirs in pairs:
        np.testing.assert_allclose(ours, theirs, **tolerance)
