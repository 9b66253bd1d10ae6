"""A run that is resumed from a checkpoint goes on exactly as it would have."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.train.checkpoint import checkpoint_of

random = np.random.RandomState(3)
DATA = [
    (random.rand(8, 4).astype("f"), np.eye(3, dtype="f")[random.randint(0, 3, 8)])
    for _ in range(10)
]
LEARNERS = {
    "sgd": lambda p: C.sgd(p, 0.1),
    "sgd with noise": lambda p: C.sgd(p, 0.1, gaussian_noise_injection_std_dev=0.01),
    "momentum_sgd": lambda p: C.momentum_sgd(p, 0.1, 0.9),
    "nesterov": lambda p: C.nesterov(p, 0.1, 0.9),
    "adagrad": lambda p: C.adagrad(p, 0.1),
    "adadelta": lambda p: C.adadelta(p),
    "adam": lambda p: C.adam(p, C.learning_parameter_schedule([0.1, 0.01], epoch_size=30), 0.9),
    "adamax": lambda p: C.adam(p, 0.1, 0.9, adamax=True),
    "fsadagrad": lambda p: C.fsadagrad(p, 0.1, 0.9),
    "rmsprop": lambda p: C.rmsprop(p, 0.1, 0.9, 1.2, 0.5, 10, 0.01),
}


class Job:
    """A small network with everything that has state, and its trainer."""

    def __init__(self, learner, width: int = 6) -> None:
        self.x, self.y = C.input_variable(4), C.input_variable(3)
        ones = C.parameter(width, init=1)
        mean, variance = C.constant(0, width), C.constant(1, width)
        hidden = C.relu(C.times(self.x, C.parameter((4, width), init=C.glorot_uniform())))
        hidden = C.batch_normalization(
            hidden, ones, C.parameter(width), mean, variance, False, running_count=C.constant(0)
        )
        hidden = C.dropout(hidden, 0.3)
        self.z = C.times(hidden, C.parameter((width, 3), init=C.glorot_uniform()))
        loss = C.cross_entropy_with_softmax(self.z, self.y)
        error = C.classification_error(self.z, self.y)
        self.trainer = C.Trainer(self.z, (loss, error), [learner(self.z.parameters)])

    def train(self, minibatches) -> list[float]:
        losses = []
        for x, y in minibatches:
            self.trainer.train_minibatch({self.x: x, self.y: y})
            losses.append(self.trainer.previous_minibatch_loss_average)
        return losses

    def state(self) -> list[np.ndarray]:
        return [v.value for v in (*self.z.parameters, *self.z.constants)]


@pytest.mark.parametrize("name", LEARNERS)
def test_a_resumed_run_repeats_bit_for_bit(name, tmp_path):
    path = str(tmp_path / "job.model")
    first = Job(LEARNERS[name])
    first.train(DATA[:5])
    first.trainer.save_checkpoint(path, {"epoch": 3, "notes": ["a", 1.5]})
    losses = first.train(DATA[5:])
    second = Job(LEARNERS[name])
    second.train(DATA[:2])
    assert second.trainer.restore_from_checkpoint(path) == {"epoch": 3, "notes": ["a", 1.5]}
    assert second.train(DATA[5:]) == losses
    for ours, theirs in zip(second.state(), first.state()):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("name", ["momentum_sgd", "sgd"])
def test_another_learner_is_refused_and_nothing_changes(name, tmp_path):
    path = str(tmp_path / "job.model")
    Job(LEARNERS["adam"]).trainer.save_checkpoint(path)
    other = Job(LEARNERS[name])
    before = other.state()
    with pytest.raises(ValueError, match="another kind of learner"):
        other.trainer.restore_from_checkpoint(path)
    for ours, theirs in zip(other.state(), before):
        np.testing.assert_array_equal(ours, theirs)


def test_another_network_is_refused(tmp_path):
    path = str(tmp_path / "job.model")
    Job(LEARNERS["sgd"]).trainer.save_checkpoint(path)
    with pytest.raises(ValueError):
        Job(LEARNERS["sgd"], width=7).trainer.restore_from_checkpoint(path)


def test_a_missing_checkpoint_names_the_file(tmp_path):
    with pytest.raises((ValueError, OSError), match="nothing-here"):
        Job(LEARNERS["sgd"]).trainer.restore_from_checkpoint(str(tmp_path / "nothing-here"))


def test_the_number_of_samples_goes_on(tmp_path):
    job = Job(LEARNERS["adam"])
    job.train(DATA[:3])
    job.trainer.save_checkpoint(str(tmp_path / "model"))
    again = Job(LEARNERS["adam"])
    again.trainer.restore_from_checkpoint(str(tmp_path / "model"))
    assert again.trainer.total_number_of_samples_seen == 24
    again.train(DATA[3:4])
    assert again.trainer.total_number_of_samples_seen == 32


class Counting(C.learners.UserLearner):
    """Descent that slows down by a count of its own, which it adds to checkpoints."""

    def __init__(self, parameters) -> None:
        super().__init__(parameters, 0.5)
        self.count = 1

    def update(self, gradient_values, training_sample_count, sweep_end):
        for parameter, gradient in gradient_values.items():
            parameter.value -= gradient / training_sample_count / self.count
        self.count += 1
        return True

    def create_checkpoint(self):
        return {**super().create_checkpoint(), "my_count": self.count}

    def restore_from_checkpoint(self, checkpoint):
        super().restore_from_checkpoint(checkpoint)
        self.count = int(checkpoint["my_count"])


def test_what_a_learner_of_the_users_own_adds_is_saved(tmp_path):
    path = str(tmp_path / "job.model")
    first = Job(Counting)
    first.train(DATA[:5])
    first.trainer.save_checkpoint(path)
    losses = first.train(DATA[5:])
    second = Job(Counting)
    second.trainer.restore_from_checkpoint(path)
    assert second.trainer.parameter_learners[0].count == 6
    assert second.train(DATA[5:]) == losses


def stepping(parameters):
    """Return a learner whose state is in a constant for each parameter."""

    def update(parameters, gradients):
        velocities = [C.constant(0, p.shape) for p in parameters]
        return C.combine(
            [
                C.assign(p, p - C.assign(v, 0.9 * v + 0.01 * g))
                for p, v, g in zip(parameters, velocities, gradients)
            ]
        )

    return C.universal(update, parameters)


def test_the_variables_of_a_universal_learner_are_saved(tmp_path):
    path = str(tmp_path / "job.model")
    first = Job(stepping)
    first.train(DATA[:5])
    first.trainer.save_checkpoint(path)
    losses = first.train(DATA[5:])
    second = Job(stepping)
    second.trainer.restore_from_checkpoint(path)
    assert second.train(DATA[5:]) == losses
    other = Job(lambda p: C.universal(lambda ps, gs: C.assign(ps[0], ps[0] - gs[0]), p))
    with pytest.raises(ValueError, match="'variables' do not belong to the variables"):
        other.trainer.restore_from_checkpoint(path)


def test_the_state_of_the_user_is_a_dictionary(tmp_path):
    x = C.input_variable(1)
    loss = x * C.parameter(1)
    trainer = C.Trainer(None, loss, C.sgd(loss.parameters, 0.1))
    with pytest.raises(TypeError, match="external_state is a dictionary, not 3"):
        trainer.save_checkpoint(str(tmp_path / "m"), 3)


class Backwards:
    """An order that holds the elements from the last to the first."""

    def ordered(self, plain: np.ndarray) -> np.ndarray:
        return plain.reshape(-1)[::-1].copy()

    def spread(self, memory: np.ndarray, plain: np.ndarray) -> None:
        plain.reshape(-1)[...] = memory[::-1]


def test_a_copy_of_a_trainer_has_weights_that_a_kernel_holds_in_its_order(tmp_path):
    x = C.input_variable(2)
    w = C.parameter(init=np.arange(6, dtype=np.float32).reshape(2, 3))
    z = C.times(x, w)
    trainer = C.Trainer(z, C.reduce_sum(z), C.sgd([w], 0.1))
    w.cell.read_in(Backwards(), w.shape, w._dtype)
    copy = checkpoint_of(trainer, {}, memory=np.empty)
    w.value = np.zeros((2, 3), np.float32)  # training goes on while the copy is written
    copy.write(str(tmp_path / "copy"))
    (found,) = C.load_model(tmp_path / "copy").parameters
    np.testing.assert_array_equal(found.value, [[0, 1, 2], [3, 4, 5]])
