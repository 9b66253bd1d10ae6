"""The checks of learners find what is wrong: each learner here breaks one promise."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.learners.learner import Learner
from cntk.learners.plugin import learner
from cntk.testing import Mismatch, check_learner, learner_cases


class PlainDescent(Learner):
    """A learner without an update rule: NumPy on the gradients."""

    def _apply(self, gradients, num_samples, sweep_end):
        rate = self._lr.rate(self._samples, self._sweeps, num_samples)
        for parameter, gradient in zip(self.parameters, gradients):
            self.move(parameter, rate * gradient, gradients)
        return True

    def move(self, parameter, step, gradients):
        parameter.value = np.asarray(parameter.value - step)


def failures(factory, **options):
    """Return {check: message} of the checks that fail."""
    found = {}
    for case in learner_cases("tried", factory, **options):
        try:
            case.run()
        except Mismatch as mismatch:
            found[case.what] = str(mismatch)
    return found


def test_good_learners_pass():
    check_learner(PlainDescent)
    check_learner(C.adam, momentum=0.5, unit_gain=False)


def test_the_message_names_learner_and_parameter():
    class Stays(PlainDescent):
        def move(self, parameter, step, gradients):
            if parameter.shape:
                super().move(parameter, step, gradients)

    with pytest.raises(Mismatch) as caught:
        check_learner(Stays)
    assert "learner Stays, moves: a parameter of shape () stays" in str(caught.value)


def test_a_learner_whose_parameters_share_a_norm():
    class Joined(PlainDescent):
        def move(self, parameter, step, gradients):
            norm = sum(float(np.square(gradient).sum()) for gradient in gradients) ** 0.5
            super().move(parameter, step / norm, gradients)

    assert set(failures(Joined)) == {"parameters-apart"}


def test_a_learner_that_writes_to_gradients():
    class Scales(PlainDescent):
        def move(self, parameter, step, gradients):
            for gradient in gradients:
                gradient *= 0.5
            super().move(parameter, step, gradients)

    assert "writes to the gradients" in failures(Scales)["repeatable"]


def test_a_learner_with_a_memory_of_all_its_kind():
    seen = []

    class Remembers(PlainDescent):
        def move(self, parameter, step, gradients):
            seen.append(1)
            super().move(parameter, step / len(seen), gradients)

    assert "repeatable" in failures(Remembers)


def test_a_learner_that_does_not_count():
    class Forgets(PlainDescent):
        def update_arrays(self, gradients, num_samples, sweep_end):
            return self.learning_rate() != 0 and self._apply(gradients, num_samples, sweep_end)

    assert set(failures(Forgets)) == {"counts"}


def test_a_learner_that_works_in_float32_alone():
    class Single(PlainDescent):
        def move(self, parameter, step, gradients):
            coarse = np.round(parameter.value - step, 1 if parameter.dtype == np.float32 else 9)
            parameter.value = np.asarray(coarse)

    assert set(failures(Single)) == {"types"}


def test_a_rule_that_ignores_what_rates_are_meant_for():
    @learner("tried")
    def ignores(parameter, gradient):
        return parameter - 0.125 * gradient

    assert "mean-gradient" in failures(ignores)


def test_a_learner_that_moves_without_a_rate():
    class Moves(PlainDescent):
        def update_arrays(self, gradients, num_samples, sweep_end):
            return self._apply(gradients, num_samples, sweep_end)

        def _apply(self, gradients, num_samples, sweep_end):
            for parameter, gradient in zip(self.parameters, gradients):
                parameter.value = np.asarray(parameter.value - gradient)
            return True

    found = failures(Moves)
    assert "does not return False" in found["zero-rate"]


def test_a_learner_that_takes_a_rate_as_it_stands():
    class Literal(PlainDescent):
        def _apply(self, gradients, num_samples, sweep_end):
            for parameter, gradient in zip(self.parameters, gradients):
                step = self.learning_rate() * gradient
                parameter.value = np.asarray(parameter.value - step)
            return True

    assert set(failures(Literal)) == {"minibatch-size"}


def test_a_learner_that_keeps_its_state_to_itself():
    class Heavy(PlainDescent):
        def __init__(self, parameters, lr):
            super().__init__(parameters, lr)
            self.velocity = dict.fromkeys(self.parameters, 0.0)

        def move(self, parameter, step, gradients):
            self.velocity[parameter] = 0.5 * self.velocity[parameter] + step
            super().move(parameter, self.velocity[parameter], gradients)

    assert set(failures(Heavy)) == {"checkpoint"}


def test_a_state_that_cannot_be_forgotten():
    class Keeps(type(C.sgd([C.parameter(1)], 1))):
        def reset_smoothed_gradients(self):
            pass

    @learner("tried")
    def heavy(parameter, gradient, state, lr):
        state["v"] = 0.5 * state["v"] + gradient
        return parameter - lr * state["v"]

    def factory(parameters, lr):
        made = heavy(parameters, lr)
        made.__class__ = Keeps
        return made

    assert "'v' is not zero" in failures(factory)["state"]
