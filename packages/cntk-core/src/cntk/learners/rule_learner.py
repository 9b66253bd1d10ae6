"""Learners that follow an update rule: their numbers, their state, and the planned update."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from cntk.cell import Cell
from cntk.dtypes import computing_dtype
from cntk.errors import OutOfMemoryError, describe
from cntk.generator import normal
from cntk.learners.learner import Learner
from cntk.learners.masters import Master, master_of
from cntk.learners.row_steps import RowSteps
from cntk.learners.rule import UpdateRule
from cntk.learners.schedule import TrainingParameterSchedule
from cntk.learners.schedules import IGNORE
from cntk.memory import free_memory, wanted_memory
from cntk.seeds import generate_random_seed
from cntk.upward import module
from cntk.variables import Parameter

if TYPE_CHECKING:
    from cntk.execution.update import Update


class StateArray:
    """One array of a learner's state: looks like a variable to a plan.

    Args:
        parameter: the parameter that it belongs to.
        name: its name in the update rule.
    """

    is_literal = False

    def __init__(self, parameter: Parameter, name: str) -> None:
        self.parameter, self.name = parameter, name
        self._shape, self._dtype = parameter.shape, computing_dtype(parameter._dtype)
        self.cell = Cell(np.zeros(self._shape, self._dtype))


class RuleLearner(Learner):
    """A learner that follows an update rule, planned like any graph.

    Args:
        rule: the rule.
        parameters: the parameters to change.
        lr: learning rate.
        numbers: {name: number, or schedule, or list of momenta} that the rule wants besides ``lr``.
        derive: function of {name: number} of a step that returns more numbers for the rule.
        regularization: clipping, weight decay and noise.
        minibatch_size: see :class:`Learner`.
        use_mean_gradient: work on the mean gradient of a minibatch; as in CNTK 2.7, a learning rate
            for one sample is one for the minibatch then.
        epoch_size: see :class:`Learner`.
    """

    def __init__(
        self, rule: UpdateRule, parameters, lr, *, numbers=None, derive=None, regularization=None,
        minibatch_size=None, use_mean_gradient=False, epoch_size=None,
    ) -> None:  # fmt: skip
        super().__init__(parameters, lr, minibatch_size, epoch_size)
        if use_mean_gradient and self._lr.minibatch_size == 1:
            self._lr = self._lr.from_now(0, IGNORE)
        self.rule, self._derive = rule, derive
        self._use_mean = bool(use_mean_gradient) or minibatch_size == 0
        self.regularization = regularization
        self._numbers = {
            name: self._schedule(value)
            if isinstance(value, (list, TrainingParameterSchedule))
            else value
            for name, value in (numbers or {}).items()
        }
        self.smoothed_count = 0.0
        self.noise_seed = self.noise_offset = 0
        if regularization is not None and regularization.has_noise:
            self.noise_seed = generate_random_seed()
        self.state: list[dict[str, StateArray]] = [{} for _ in self._parameters]
        self.row_steps = [RowSteps(parameter) for parameter in self._parameters]
        self.masters = [master_of(parameter) for parameter in self._parameters]
        self._planned: Update | None = None
        self._reserved: tuple[list | None, list] = (None, [])  # gradients, and as they are used

    def is_compatible_mode(self) -> bool:
        return self._use_mean

    def step_numbers(self, num_samples: int) -> dict[str, float]:
        """Return the numbers of the next update by name."""
        seen = (self._samples, self._sweeps, num_samples)
        rate = self._lr.rate(*seen) * (num_samples if self._use_mean else 1)
        found = {
            name: value.momentum(*seen) if isinstance(value, TrainingParameterSchedule) else value
            for name, value in self._numbers.items()
        }
        found.update(lr=rate, num_samples=float(num_samples), step=float(self._minibatches + 1))
        if self._derive is not None:
            found.update(self._derive(self, found))
        return found

    def state_names(self) -> tuple[str, ...]:
        """Return the names of the state arrays that each parameter has."""
        if self.rule.state is not None:
            return self.rule.state
        self._update()  # the rule tells when it is read
        return tuple(self.state[0])

    def state_bytes(self) -> int:
        kept: list[StateArray | Master] = [x for arrays in self.state for x in arrays.values()]
        kept += [master for master in self.masters if master is not None]
        return sum(math.prod(array._shape) * array._dtype.itemsize for array in kept)

    def updated(self, index: int) -> Parameter | Master:
        """Return what an update changes: a parameter, or its float32 copy."""
        return self.masters[index] or self._parameters[index]

    def state_array(self, index: int, name: str) -> StateArray:
        """Return an array of a parameter's state; a new one is all zeros."""
        arrays = self.state[index]
        if name not in arrays:
            try:
                arrays[name] = StateArray(self._parameters[index], name)
            except MemoryError as error:
                what = f"there is no memory for '{name}' of the learner {self.rule.name}"
                parameter = f"parameter {self._parameters[index]}"
                details = (parameter, *wanted_memory(error), *free_memory())
                raise OutOfMemoryError(describe(what, *details)) from None
        return arrays[name]

    def reported_values(self) -> list[tuple[str, float, int]]:
        found = super().reported_values()
        momentum = self._numbers.get("momentum")
        # of this learner alone, as in CNTK 2.7
        if self.rule.name == "momentum_sgd" and isinstance(momentum, TrainingParameterSchedule):
            value = momentum.value_at(self._samples, self._sweeps)
            found.append(("Momentum", value, momentum.minibatch_size))
        return found

    def _update(self) -> Update:
        """Return the planned update, made at its first use, and anew when watchers come or go."""
        by_rows = tuple(bool(steps.by_rows) for steps in self.row_steps)
        known = self._planned
        if known is None or not known.is_current or known.by_rows != by_rows:
            self._planned = known = module("cntk.execution.update").Update(self, by_rows)
        return known

    def _apply(self, gradients: list, num_samples: int, sweep_end: bool) -> bool:
        (reserved, adapted), self._reserved = self._reserved, (None, [])
        if reserved is not gradients:
            adapted = self._adapted(gradients)
        self._update().run(adapted, num_samples, self.step_numbers(num_samples))
        for master in self.masters:
            if master is not None:
                master.round()
        return True

    def reserve(self, gradients: list) -> None:
        adapted = self._adapted(gradients)
        self._update().reserve(adapted)
        self._reserved = gradients, adapted

    def _adapted(self, gradients: list) -> list:
        """Return gradients as the parameters are updated; copies of float16 ones follow them."""
        goes_by_rows = self.goes_by_rows()
        for master in self.masters:
            if master is not None:
                master.follow()
        return [
            steps.adapted(gradient, goes_by_rows)
            for steps, gradient in zip(self.row_steps, gradients)
        ]

    def goes_by_rows(self) -> bool:
        """Return whether row-sparse gradients need not be made dense."""
        around = self.regularization
        return self.rule.untouched_rows != "all" and not (around is not None and around.l2)

    def missed_steps(self, index: int, rows: np.ndarray) -> np.ndarray | None:
        """Return how often each of a parameter's rows was left out since it was touched last."""
        if not self.rule.decays:
            return None
        return self.row_steps[index].missed(rows, self._minibatches + 1)

    def noise(self, parameter: Parameter, offset: int) -> np.ndarray:
        """Return noise for a parameter.

        Args:
            parameter: the parameter.
            offset: where in the stream of random numbers it begins; the stream goes on with a
                restored learner.
        """
        deviation = self.regularization.noise
        if isinstance(deviation, TrainingParameterSchedule):
            deviation = deviation.value_at(self._samples, self._sweeps)
        return normal(self.noise_seed, offset, parameter.shape, 0, deviation, parameter._dtype)

    def reset_smoothed_gradients(self) -> None:
        for arrays in self.state:
            for array in arrays.values():
                array.cell.write(np.zeros(array._shape, array._dtype))
        for steps in self.row_steps:
            steps.forget()
        self.smoothed_count = 0.0

    def __repr__(self) -> str:
        return f"<{self.rule.name} learner of {len(self._parameters)} parameters>"
