"""Training has stages: gradients, then what the host knows only now, then the updates.

The number of loss values, by which rates and momenta are scaled, may be a result of the run. A
learner may do nothing (a rate of 0, its own decision); then it counts nothing. Several learners
update one after the other, in the Trainer's order, and a learner in Python sees what those before
it have written. Numbers are those of CNTK 2.7.
"""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

FRAMES = np.array([[1], [2], [3], [4], [5]], "f")
CHOSEN = np.array([[1], [0], [1], [0], [1]], "f")
pytestmark = pytest.mark.usefixtures("kernels")


def per_sample(rate):
    return C.learning_parameter_schedule_per_sample(rate)


class TestCountedInTheRun:
    """A loss of gathered frames: how many there are, the condition's data tell."""

    def setup_method(self):
        self.x, self.c = (C.sequence.input_variable(1, name=name) for name in "xc")
        self.p = C.parameter(1, init=1)
        self.loss = C.sequence.gather(self.x * self.p, self.c)

    def train(self, make_learner, condition=CHOSEN, steps=1):
        trainer = C.Trainer(None, (self.loss,), [make_learner([self.p])])
        for _ in range(steps):
            trainer.train_minibatch({self.x: [FRAMES], self.c: [condition]})
        return trainer

    def test_the_gathered_frames_count(self):
        trainer = self.train(lambda p: C.sgd(p, C.learning_parameter_schedule(1.0, 1)))
        assert self.p.value == 1 - 9
        assert trainer.previous_minibatch_sample_count == 3
        assert trainer.previous_minibatch_loss_average == 3
        assert trainer.total_number_of_samples_seen == 3

    def test_a_rate_per_minibatch_is_divided_by_their_number(self):
        self.train(lambda p: C.sgd(p, C.learning_parameter_schedule(0.5)))
        assert self.p.value == 1 - 0.5 * 9 / 3

    @pytest.mark.parametrize(
        "make_learner",
        [
            lambda p: C.momentum_sgd(
                p, per_sample(0.1), C.momentum_schedule(0.9, minibatch_size=5)
            ),
            lambda p: C.adam(p, per_sample(0.1), C.momentum_schedule(0.9, minibatch_size=2)),
            lambda p: C.sgd(p, 0.1, gradient_clipping_threshold_per_sample=0.5),
        ],
        ids=["momentum", "adam", "clipping"],
    )
    def test_it_equals_feeding_just_those_frames(self, make_learner):
        self.train(make_learner, steps=3)
        x, p = C.sequence.input_variable(1), C.parameter(1, init=1)
        trainer = C.Trainer(None, (x * p,), [make_learner([p])])
        for _ in range(3):
            trainer.train_minibatch({x: [FRAMES[CHOSEN == 1][:, None]]})
        np.testing.assert_allclose(self.p.value, p.value, rtol=1e-6)

    def test_the_number_may_change_with_each_minibatch(self):
        for count in (1, 5, 2, 4):
            before = self.p.value
            condition = (np.arange(5)[:, None] < count).astype("f")
            trainer = self.train(lambda p: C.sgd(p, per_sample(0.1)), condition)
            assert trainer.previous_minibatch_sample_count == count
            expected = before - np.float32(0.1) * FRAMES[:count].sum()
            np.testing.assert_allclose(self.p.value, expected, rtol=1e-5)

    def test_no_frame_at_all_changes_nothing(self):
        with pytest.raises(RuntimeError, match="least one frame long"):
            self.train(lambda p: C.sgd(p, per_sample(0.1)), 0 * CHOSEN)
        assert self.p.value == 1


class TestNothingIsDone:
    def test_a_rate_of_zero(self):
        x, p = C.input_variable(2), C.parameter(2, init=1)
        learner = C.sgd([p], per_sample(0.0))
        trainer = C.Trainer(None, (C.reduce_sum(x * p),), [learner])
        assert trainer.train_minibatch({x: np.ones((2, 2), "f")}) is False
        assert p.value.tolist() == [1, 1]
        assert learner.total_number_of_samples_seen() == 0
        assert trainer.total_number_of_samples_seen == 0
        assert trainer.previous_minibatch_sample_count == 2

    def test_a_rate_of_zero_still_updates_running_statistics(self):
        x = C.input_variable(2)
        z = C.layers.BatchNormalization()(x)
        mean = next(c for c in z.constants if c.name == "aggregate_mean")
        learner = C.sgd(z.parameters, per_sample(0.0))
        trainer = C.Trainer(z, (C.reduce_sum(z),), [learner])
        assert trainer.train_minibatch({x: np.full((4, 2), 3, "f")}) is False
        assert mean.value.any()

    def test_a_schedule_that_comes_to_zero(self):
        x, p = C.input_variable(1), C.parameter(1, init=1)
        learner = C.sgd([p], C.learning_parameter_schedule_per_sample([1.0, 0.0], epoch_size=2))
        trainer = C.Trainer(None, (x * p,), [learner])
        done = [trainer.train_minibatch({x: np.ones((2, 1), "f")}) for _ in range(3)]
        assert done == [True, False, False]
        assert p.value == -1
        assert learner.total_number_of_samples_seen() == 2


class TestSkipped:
    """A guard between the stages may leave a minibatch out: then nothing at all has changed."""

    @pytest.fixture(autouse=True)
    def policy(self):
        before = C.debugging.set_non_finite_policy("skip")
        yield
        C.debugging.set_non_finite_policy(before)

    def test_a_loss_that_is_no_number(self):
        x, p = C.input_variable(2), C.parameter(2, init=1)
        hidden = C.layers.BatchNormalization()(x)
        z = hidden * p
        learner = C.momentum_sgd([p], per_sample(0.1), 0.9)
        trainer = C.Trainer(z, (C.reduce_sum(z),), [learner])
        good = {x: np.array([[1, 2], [3, 5]], "f")}
        assert trainer.train_minibatch(good) is True
        before = [c.value for c in (*z.parameters, *z.constants)]
        with pytest.warns(RuntimeWarning, match="the loss of a minibatch is nan"):
            assert trainer.train_minibatch({x: np.array([[np.nan, 2]], "f")}) is False
        for one, other in zip(before, (*z.parameters, *z.constants), strict=True):
            np.testing.assert_array_equal(one, other.value)
        assert learner.total_number_of_samples_seen() == 2
        assert trainer.train_minibatch(good) is True


class Python(C.learners.UserLearner):
    """Adds 10; notes what it is given, and what all parameters are then."""

    def __init__(self, parameters, watched, answer=True):
        super().__init__(parameters, per_sample(1.0))
        self.watched, self.answer, self.calls = watched, answer, []

    def update(self, gradient_values, training_sample_count, sweep_end):
        gradients = [float(g[0]) for g in gradient_values.values()]
        now = [float(p.value[0]) for p in self.watched]
        self.calls.append((gradients, training_sample_count, sweep_end, now))
        if isinstance(self.answer, Exception):
            raise self.answer
        for parameter, gradient in gradient_values.items():
            gradient[:] = 0  # its own copy
            parameter.value = parameter.value + 10
        return self.answer


class TestSeveralLearners:
    def train(self, order="abc", answer=True):
        """Train on frames 1 and 2; ``b`` belongs to the learner in Python."""
        x = C.input_variable(1)
        self.parameters = [C.parameter(1, init=1, name=name) for name in "abc"]
        a, b, c = self.parameters
        self.python = Python([b], self.parameters, answer)
        learners = {"a": C.sgd([a], per_sample(1.0)), "b": self.python,
                    "c": C.sgd([c], per_sample(1.0))}  # fmt: skip
        self.trainer = C.Trainer(None, (x * a + x * b + x * c,), [learners[n] for n in order])
        return self.trainer.train_minibatch({x: np.array([[1], [2]], "f")})

    def values(self):
        return [float(p.value[0]) for p in self.parameters]

    @pytest.mark.parametrize("order, seen", [("abc", [-2, 1, 1]), ("bac", [1, 1, 1]),
                                             ("acb", [-2, 1, -2])])  # fmt: skip
    def test_each_sees_what_those_before_it_have_written(self, order, seen):
        assert self.train(order) is True
        assert self.python.calls == [([3.0], 2, False, seen)]
        assert self.values() == [-2, 11, -2]

    def test_one_that_says_no(self):
        assert self.train(answer=False) is True  # the others have updated
        assert self.values() == [-2, 11, -2]
        assert self.python.total_number_of_samples_seen() == 0
        assert self.trainer.total_number_of_samples_seen == 2

    def test_one_that_fails_leaves_those_after_it_alone(self):
        with pytest.raises(KeyError, match="mine"):
            self.train(answer=KeyError("mine"))
        assert self.values() == [-2, 1, 1]

    def test_one_that_forgets_to_answer(self):
        with pytest.raises(
            RuntimeError, match=r"Python.update\(\) must return whether .* not None"
        ):
            self.train(answer=None)

    def test_the_only_one_that_says_no(self):
        x, p = C.input_variable(1), C.parameter(1, init=1)
        trainer = C.Trainer(None, (x * p,), [Python([p], [p], False)])
        assert trainer.train_minibatch({x: np.ones((2, 1), "f")}) is False
        assert trainer.total_number_of_samples_seen == 0
