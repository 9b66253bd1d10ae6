"""Learners with an update rule: the plan against the rule, and the state that is gathered."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np

from cntk.graph.build import as_function
from cntk.learners.rule_learner import RuleLearner
from cntk.testing.learners.training import SAMPLES, STEPS, Training, compare
from cntk.testing.mismatch import Mismatch, tolerance
from cntk.variables import Constant


def check_state(factory: Callable) -> None:
    """Look at the state that a learner gathers.

    Raises:
        Mismatch: an array is not like its parameter, or is no number, or forgetting it does not
            bring back zeros.
    """
    training = Training(factory)
    training.run()
    learner = cast(RuleLearner, training.learner)
    for parameter, arrays in zip(training.parameters, learner.state):
        for name, array in arrays.items():
            value = _value(array)
            if value.shape != parameter.shape or value.dtype != parameter.dtype:
                raise Mismatch(
                    f"state '{name}' is not like its parameter {parameter}",
                    f"found  {value.shape} {value.dtype}",
                )
            if not np.isfinite(value).all():
                raise Mismatch(f"state '{name}' of {parameter} is not finite")
    learner.reset_smoothed_gradients()
    left = [name for arrays in learner.state for name, a in arrays.items()
            if _value(a).any()]  # fmt: skip
    if left:
        raise Mismatch(f"after reset_smoothed_gradients, state '{left[0]}' is not zero")


def _value(array) -> np.ndarray:
    return array.cell.read(array._shape, array._dtype)


def check_rule(factory: Callable) -> None:
    """Compare with the update rule evaluated as a Function of constants, step by step.

    Raises:
        Mismatch: planned, and written in place, the rule gives other values.
    """
    training = Training(factory)
    learner = cast(RuleLearner, training.learner)
    numbers: dict[str, float] = {}
    of_step = learner.step_numbers

    def noted(num_samples: int) -> dict[str, float]:
        numbers.update(of_step(num_samples))
        return numbers

    learner.step_numbers = noted  # type: ignore[method-assign]
    values = training.values()
    states: list[dict[str, np.ndarray]] = [{} for _ in values]
    share = 1 / SAMPLES if learner.is_compatible_mode() else 1.0
    for step in range(STEPS):
        gradients = training.gradients(step)
        learner.update(gradients, SAMPLES)
        for i, parameter in enumerate(training.parameters):
            gradient = gradients[parameter] * share
            values[i] = _applied(learner.rule, values[i], gradient, states[i], numbers)
    compare(training.values(), values, tolerance(np.float64, 256), "against the rule itself")


class _State(dict):
    """The state of a rule as constants; what is not there yet is zero."""

    def __init__(self, arrays: dict[str, np.ndarray], like: np.ndarray) -> None:
        super().__init__({name: _constant(array) for name, array in arrays.items()})
        self._zeros = np.zeros_like(like)

    def __missing__(self, name: str) -> Constant:
        return _constant(self._zeros)


def _constant(value: np.ndarray) -> Constant:
    return Constant(value, dtype=value.dtype)


def _applied(rule, value, gradient, arrays: dict, numbers: dict) -> np.ndarray:
    """Return the new value that a rule computes, and bring the state up to date."""
    state = _State(arrays, value)
    known = {name: Constant(numbers[name], dtype=value.dtype) for name in rule.numbers()}
    new = rule.apply(_constant(value), _constant(gradient), state, known)
    arrays.update({name: as_function(x).eval() for name, x in state.items()})
    return as_function(new).eval()
