"""Learning float16 parameters: steps add up in float32, files hold both."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

LEARNERS = {
    "sgd": lambda p: C.sgd(p, 0.01),
    "momentum_sgd": lambda p: C.momentum_sgd(p, 0.01, 0.9),
    "nesterov": lambda p: C.nesterov(p, 0.01, 0.9),
    "adagrad": lambda p: C.adagrad(p, 0.01),
    "adadelta": lambda p: C.adadelta(p, 0.1),
    "adam": lambda p: C.adam(p, 0.01, 0.9),
    "adamax": lambda p: C.adam(p, 0.01, 0.9, adamax=True),
    "fsadagrad": lambda p: C.fsadagrad(p, 0.01, 0.9),
    "rmsprop": lambda p: C.rmsprop(p, 0.01, 0.9, 1.1, 0.9, 10, 0.1),
    "regularized": lambda p: C.sgd(
        p, 0.01, l1_regularization_weight=1e-3, l2_regularization_weight=1e-3,
        gaussian_noise_injection_std_dev=1e-3, gradient_clipping_threshold_per_sample=0.1,
    ),
}  # fmt: skip


class Job:
    """A line that is fitted to small gradients, in an element type."""

    def __init__(self, learner, dtype) -> None:
        C.cntk_py.reset_random_seed(0)
        first = np.random.RandomState(0).rand(4, 3).astype("f2")
        self.w, self.b = C.parameter((4, 3), init=first, dtype=dtype), C.parameter(3, dtype=dtype)
        self.x, self.y = C.input_variable(4, dtype=dtype), C.input_variable(3, dtype=dtype)
        z = C.times(self.x, self.w) + self.b
        loss = C.reduce_mean(C.squared_error(z, self.y)) * 0.01
        self.dtype = dtype
        self.trainer = C.Trainer(z, (loss,), [learner([self.w, self.b])])

    def train(self, first: int, last: int) -> list[np.ndarray]:
        for step in range(first, last):
            x = np.random.RandomState(step).rand(8, 4).astype(self.dtype)
            self.trainer.train_minibatch({self.x: x, self.y: 2 * x[:, :3]})
        return [self.w.value, self.b.value]


@pytest.mark.parametrize("name", LEARNERS)
def test_float16_learns_as_float32_does(name):
    half, single = (Job(LEARNERS[name], dtype).train(0, 100) for dtype in (np.float16, np.float32))
    for ours, theirs in zip(half, single):
        assert ours.dtype == np.float16
        np.testing.assert_allclose(ours.astype("f4"), theirs, atol=4e-3)


@pytest.mark.parametrize("name", LEARNERS)
def test_a_resumed_run_repeats_bit_for_bit(name, tmp_path):
    path = str(tmp_path / "half.model")
    whole = Job(LEARNERS[name], np.float16)
    whole.train(0, 5)
    whole.trainer.save_checkpoint(path)
    expected = whole.train(5, 20)
    other = Job(LEARNERS[name], np.float16)
    other.train(0, 2)
    other.trainer.restore_from_checkpoint(path)
    for ours, theirs in zip(other.train(5, 20), expected):
        np.testing.assert_array_equal(ours, theirs)


def test_steps_below_the_spacing_of_float16_add_up():
    w = C.parameter(1, init=1, dtype=np.float16)
    learner = C.sgd([w], 1e-4)  # next to 1 float16 has no number nearer than 5e-4
    for _ in range(100):
        learner.update({w: np.ones(1, np.float16)}, 1)
    np.testing.assert_allclose(w.value, 0.99, atol=5e-4)


def test_a_value_given_meanwhile_counts():
    w = C.parameter(1, init=1, dtype=np.float16)
    learner = C.sgd([w], 0.5)
    learner.update({w: np.ones(1, np.float16)}, 1)
    w.value = np.float16([8])
    learner.update({w: np.ones(1, np.float16)}, 1)
    assert w.value == 7.5


def test_the_state_of_a_float16_parameter_ends_with_its_copy():
    w = C.parameter((2, 3), init=1, dtype=np.float16)
    learner = C.momentum_sgd([w], 0.5, 0.9)
    learner.update({w: np.ones((2, 3), np.float16)}, 1)
    (stored,) = learner.create_checkpoint()["smoothed_gradients"]
    assert stored.dtype == np.float32 and stored.shape == (4, 3)
    np.testing.assert_allclose(stored[2:], w.value, atol=1e-3)
