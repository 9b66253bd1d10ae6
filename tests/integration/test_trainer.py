"""A ``Trainer`` by hand: minibatches, averages, checkpoints, printers."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.layers import BatchNormalization, Dense, Sequential

from .networks import clusters

SAMPLES, CLASSES = clusters(30, 4, 3)


class Run:
    """A small classifier with its trainer."""

    def __init__(self, writers=()) -> None:
        self.x, self.y = C.input_variable(4, name="x"), C.input_variable(3, name="y")
        with C.default_options(init=C.glorot_uniform(seed=1)):
            layers = [Dense(6, activation=C.relu), BatchNormalization(), Dense(3, name="last")]
            self.z = Sequential(layers)(self.x)
        self.loss = C.cross_entropy_with_softmax(self.z, self.y)
        error = C.classification_error(self.z, self.y)
        rate = C.learning_parameter_schedule([0.5, 0.1], epoch_size=60)
        learner = C.momentum_sgd(self.z.parameters, rate, C.momentum_schedule(0.5))
        self.trainer = C.Trainer(self.z, (self.loss, error), [learner], writers)
        self.data = {self.x: SAMPLES, self.y: CLASSES}

    def train(self, steps):
        for _ in range(steps):
            self.trainer.train_minibatch(self.data)
        return {p.uid: p.value for p in self.z.parameters}


def test_averages_are_those_before_the_update():
    run = Run()
    state, values = run.loss.forward(run.data, keep_for_backward={run.loss.output})
    assert run.trainer.train_minibatch(run.data) is True
    before = values[run.loss.output].mean()
    assert run.trainer.previous_minibatch_loss_average == pytest.approx(before, rel=1e-5)
    assert run.trainer.previous_minibatch_sample_count == 30
    assert run.trainer.total_number_of_samples_seen == 30


def test_outputs_can_be_had_from_a_training_step():
    run = Run()
    done, values = run.trainer.train_minibatch(run.data, outputs=[run.z.output])
    assert done is True
    assert values[run.z.output].shape == (30, 3)


def test_arguments_by_name():
    run = Run()
    run.trainer.train_minibatch({"x": SAMPLES, "y": CLASSES})
    assert 0 <= run.trainer.test_minibatch({"x": SAMPLES, "y": CLASSES}) <= 1


def test_nothing_is_trained_on_nothing():
    run = Run()
    assert run.trainer.train_minibatch({}) is False
    with pytest.raises(RuntimeError, match="no preceding call to TrainMinibatch"):
        run.trainer.previous_minibatch_loss_average  # noqa: B018


def test_testing_changes_nothing():
    run = Run()
    run.train(3)
    values = [v.value for v in (*run.z.parameters, *run.z.constants)]
    results = [run.trainer.test_minibatch(run.data) for _ in range(2)]
    assert results[0] == results[1]
    for variable, value in zip((*run.z.parameters, *run.z.constants), values):
        np.testing.assert_array_equal(variable.value, value)


def test_schedules_count_samples():
    run = Run()
    rates = []
    for _ in range(4):
        rates.append(run.trainer.parameter_learners[0].learning_rate())
        run.trainer.train_minibatch(run.data)
    assert rates == [0.5, 0.5, 0.1, 0.1]


def test_a_checkpoint_goes_on_as_if_nothing_had_been(tmp_path):
    whole, first = Run(), Run()
    expected = list(whole.train(6).values())
    first.train(3)
    first.trainer.save_checkpoint(str(tmp_path / "run"), external_state={"step": 3})
    again = Run()
    state = again.trainer.restore_from_checkpoint(str(tmp_path / "run"))
    assert state == {"step": 3}
    for value, wanted in zip(again.train(3).values(), expected):
        np.testing.assert_allclose(value, wanted, rtol=1e-6, atol=1e-7)
    assert again.trainer.total_number_of_samples_seen == 6 * 30


def test_a_saved_model_is_the_trained_one(tmp_path):
    run = Run()
    run.train(5)
    run.z.save(tmp_path / "model")
    loaded = C.load_model(tmp_path / "model")
    np.testing.assert_array_equal(loaded.eval({"x": SAMPLES}), run.z.eval(SAMPLES))
    np.testing.assert_array_equal(loaded.last.W.value, run.z.last.W.value)


def test_progress_is_printed(capsys):
    run = Run([C.logging.ProgressPrinter(freq=2, num_epochs=1)])
    run.train(4)
    run.trainer.summarize_training_progress()
    lines = capsys.readouterr().out.splitlines()
    minibatches = [line[:22] for line in lines if line.startswith(" Minibatch[")]
    assert minibatches == [" Minibatch[   1-   2]:", " Minibatch[   3-   4]:"]
    assert any(line.startswith("Finished Epoch[1 of 1]: loss = ") for line in lines)


def sgd(run):
    return C.sgd(run.z.parameters, C.learning_parameter_schedule(1))


@pytest.mark.parametrize(
    "make, why",
    [
        (lambda r: C.Trainer(r.z, r.loss, []), "at least one learner"),
        (lambda r: C.Trainer(r.z, (r.loss,) * 3, [sgd(r)]), "singleton or a tuple of 2"),
        (lambda r: C.Trainer(None, C.reduce_sum(r.x), [sgd(r)]), "not part of the model"),
        (lambda r: C.Trainer(r.z, r.loss, [sgd(r), sgd(r)]), "covered by 2 different learners"),
        (lambda r: r.trainer.train_minibatch({r.x: SAMPLES}), "have not been provided"),
        (
            lambda r: r.trainer.train_minibatch({r.x: SAMPLES, r.y: CLASSES[:3]}),
            "Different minibatch layouts",
        ),
    ],
)
def test_refusals(make, why):
    with pytest.raises(ValueError, match=why):
        make(Run())
