"""Learners: they change parameters by gradients, minibatch after minibatch."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from cntk.cell import Cell
from cntk.counts import amount_of, count_of
from cntk.dtypes import computing_dtype
from cntk.errors import ArgumentError, ShapeError, describe
from cntk.generator import normal
from cntk.learners.masters import Master, master_of
from cntk.learners.row_steps import RowSteps
from cntk.learners.rule import UpdateRule
from cntk.learners.schedule import TrainingParameterSchedule
from cntk.learners.schedules import learning_parameter_schedule
from cntk.row_sparse import RowSparse
from cntk.seeds import generate_random_seed
from cntk.shape import is_static, shape_text
from cntk.sparse import SparseRows, is_csr
from cntk.tensor import NDArrayView
from cntk.upward import module
from cntk.value import Value
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


class Learner:
    """Base of all learners: parameters, a learning rate, and counts of what it has seen.

    Args:
        parameters: the parameters to change.
        lr: learning rate: a number or a schedule.
        minibatch_size: number of samples that rates and momenta are meant for; 0
            (``C.learners.IGNORE``) works on the mean gradient of a minibatch whatever its size.
        epoch_size: samples that an entry of a list of rates lasts; None: sweeps through the data.

    Raises:
        ValueError: no parameters, duplicates, or a parameter whose shape is not known yet.
    """

    def __init__(
        self, parameters, lr, minibatch_size: int | None = None, epoch_size: int | None = None
    ) -> None:
        self._parameters = _checked(parameters)
        if not isinstance(lr, (int, float, list, TrainingParameterSchedule)):
            raise ArgumentError(
                f"training parameter schedule type ({type(lr)}) not supported. training parameter "
                "schedule must be a training schedule, or a number"
            )
        self._minibatch_size, self._epoch_size = minibatch_size, epoch_size
        self._lr = self._schedule(lr)
        self._samples = self._minibatches = self._sweeps = 0

    def _schedule(self, given) -> TrainingParameterSchedule:
        epoch_size = self._epoch_size if isinstance(given, list) else None
        schedule = learning_parameter_schedule(given, None, epoch_size)
        return schedule.for_learner(self._minibatch_size)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters that it changes."""
        return self._parameters

    @property
    def minibatch_size(self) -> int:
        """Number of samples that rates are meant for; 0: that of the schedules."""
        return self._minibatch_size or 0

    @minibatch_size.setter
    def minibatch_size(self, size: int | None) -> None:
        self._minibatch_size = size

    def is_compatible_mode(self) -> bool:
        """Return whether it works on the mean gradient of a minibatch."""
        return self._minibatch_size == 0

    def total_number_of_samples_seen(self) -> int:
        """Return the number of samples in all updates."""
        return self._samples

    def total_number_of_minibatches_seen(self) -> int:
        """Return the number of updates."""
        return self._minibatches

    def total_number_of_sweeps_seen(self) -> int:
        """Return the number of completed sweeps through the data."""
        return self._sweeps

    def learning_rate(self) -> float:
        """Return the learning rate of the next minibatch, as its schedule states it."""
        return self._lr.value_at(self._samples, self._sweeps)

    def reported_values(self) -> list[tuple[str, float, int]]:
        """Return (name, value, minibatch size) of what progress writers are told."""
        return [("Learning rate", self.learning_rate(), self._lr.minibatch_size)]

    def reset_learning_rate(self, learning_rate: TrainingParameterSchedule) -> None:
        """Replace the learning rate's schedule.

        Raises:
            ValueError: it is no schedule.
        """
        if not isinstance(learning_rate, TrainingParameterSchedule):
            raise ArgumentError(
                f"learning_rate type ({type(learning_rate)}) not supported. learning_rate must be "
                "a training schedule (output of learning_parameter_schedule() function)"
            )
        self._lr = learning_rate.for_learner(self._minibatch_size)

    def scale_learning_rate(self, factor: float, lowest: float = 0.0) -> None:
        """Multiply the learning rate, and those that its schedule has for later.

        Args:
            factor: by which.
            lowest: rates above it become no smaller.

        Raises:
            ValueError: a number is negative or not finite.
        """
        factor, lowest = amount_of(factor, "factor"), amount_of(lowest, "lowest")
        self._lr = self._lr.scaled(factor, lowest)

    def update(self, gradient_values, training_sample_count, is_sweep_end: bool = False) -> bool:
        """Update the parameters from gradients; return whether anything was done.

        Args:
            gradient_values: {parameter: gradient summed over the samples} for all parameters.
            training_sample_count: number of samples in the minibatch.
            is_sweep_end: whether the minibatch ends a sweep through the data.

        Raises:
            ValueError: the minibatch is empty.
            OverflowError: the number of samples is negative.
            RuntimeError: a parameter has no gradient, or one of another shape.
        """
        count = count_of(training_sample_count, "training_sample_count")
        if count == 0:
            raise ArgumentError(
                "Learner::Update() cannot perform an update with an empty minibatch."
            )
        gradients = [_array_for(parameter, gradient_values) for parameter in self._parameters]
        return self.update_arrays(gradients, count, bool(is_sweep_end))

    def update_arrays(self, gradients: list, num_samples: int, sweep_end: bool) -> bool:
        """As :meth:`update`, with one array per parameter; subclasses define the update."""
        done = self.learning_rate() != 0 and self._apply(gradients, num_samples, sweep_end)
        if done:
            self._samples += num_samples
            self._minibatches += 1
        if sweep_end:
            self._sweeps += 1
        return done

    def _apply(self, gradients: list, num_samples: int, sweep_end: bool) -> bool:
        raise ArgumentError(f"{type(self).__name__} must define how it updates parameters")

    def reset_smoothed_gradients(self) -> None:
        """Forget the state that was gathered from earlier gradients."""

    def state_variables(self) -> list:
        """Return parameters and constants of its own that an update changes; none for most."""
        return []

    def state_bytes(self) -> int:
        """Return the memory of what it keeps from one update to the next, besides parameters."""
        return sum(math.prod(x.shape) * x._dtype.itemsize for x in self.state_variables())

    def create_checkpoint(self) -> dict:
        """Return the learner's state: counts, learning rates, and what it gathered.

        A learner of the user's own may add to it; :meth:`restore_from_checkpoint` gets it back.
        """
        return module("cntk.learners.checkpoint").learner_dictionary(self)

    def restore_from_checkpoint(self, checkpoint: dict) -> None:
        """Take over a state that :meth:`create_checkpoint` returned.

        Raises:
            ValueError: it belongs to other parameters or another kind of learner.
        """
        module("cntk.learners.checkpoint").prepared_restore(self, checkpoint)()


class RuleLearner(Learner):
    """A learner that follows an update rule, planned like any graph.

    Args:
        rule: the rule.
        parameters: the parameters to change.
        lr: learning rate.
        numbers: {name: number or momentum schedule} that the rule wants besides ``lr``.
        derive: function of {name: number} of a step that returns more numbers for the rule.
        regularization: clipping, weight decay and noise.
        minibatch_size: see :class:`Learner`.
        use_mean_gradient: work on the mean gradient of a minibatch.
        epoch_size: see :class:`Learner`.
    """

    def __init__(
        self, rule: UpdateRule, parameters, lr, *, numbers=None, derive=None, regularization=None,
        minibatch_size=None, use_mean_gradient=False, epoch_size=None,
    ) -> None:  # fmt: skip
        super().__init__(parameters, lr, minibatch_size, epoch_size)
        self.rule, self._derive = rule, derive
        self._use_mean = bool(use_mean_gradient) or minibatch_size == 0
        self.regularization = regularization
        self._numbers = {
            name: self._schedule(value) if isinstance(value, TrainingParameterSchedule) else value
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
        arrays = (array for arrays in self.state for array in arrays.values())
        kept = [*arrays, *(master for master in self.masters if master is not None)]
        return sum(math.prod(array._shape) * array._dtype.itemsize for array in kept)

    def updated(self, index: int) -> Parameter | Master:
        """Return what an update changes: a parameter, or its float32 copy."""
        return self.masters[index] or self._parameters[index]

    def state_array(self, index: int, name: str) -> StateArray:
        """Return an array of a parameter's state; a new one is all zeros."""
        arrays = self.state[index]
        if name not in arrays:
            arrays[name] = StateArray(self._parameters[index], name)
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
        goes_by_rows = self.goes_by_rows()
        gradients = [
            steps.adapted(gradient, goes_by_rows)
            for steps, gradient in zip(self.row_steps, gradients)
        ]
        masters = [master for master in self.masters if master is not None]
        for master in masters:
            master.follow()
        self._update().run(gradients, num_samples, self.step_numbers(num_samples))
        for master in masters:
            master.round()
        return True

    def goes_by_rows(self) -> bool:
        """Return whether row-sparse gradients need not be made dense."""
        around = self.regularization
        return self.rule.untouched_rows != "all" and not (around is not None and around.l2)

    def missed_steps(self, index: int, rows: np.ndarray) -> np.ndarray | None:
        """Return how often each of a parameter's rows was left out since it was touched last."""
        if not self.rule.decays:
            return None
        return self.row_steps[index].missed(rows, self._minibatches + 1)

    def draw_noise(self, parameter: Parameter) -> np.ndarray:
        """Return fresh noise for a parameter; the stream goes on with a restored learner."""
        deviation = self.regularization.noise
        if isinstance(deviation, TrainingParameterSchedule):
            deviation = deviation.value_at(self._samples, self._sweeps)
        noise = normal(
            self.noise_seed, self.noise_offset, parameter.shape, 0, deviation, parameter._dtype
        )
        self.noise_offset += noise.size
        return noise

    def reset_smoothed_gradients(self) -> None:
        for arrays in self.state:
            for array in arrays.values():
                array.cell.write(np.zeros(array._shape, array._dtype))
        for steps in self.row_steps:
            steps.forget()
        self.smoothed_count = 0.0

    def __repr__(self) -> str:
        return f"<{self.rule.name} learner of {len(self._parameters)} parameters>"


def _checked(parameters) -> tuple[Parameter, ...]:
    found = tuple(parameters) if hasattr(parameters, "__iter__") else (parameters,)
    if not found:
        what = "The parameters list specified to a Learner must not be empty."
        raise ArgumentError(describe(what, hint="model.parameters"))
    for parameter in found:
        if not isinstance(parameter, Parameter):
            raise ArgumentError(f"a learner takes parameters, not {parameter!r}")
        if not is_static(parameter.shape):
            what = (
                f"Cannot create an NDArrayView using a view shape "
                f"'{shape_text(parameter.shape)}' that has unknown dimensions for any of its axes: "
                f"{parameter} is not deduced yet."
            )
            hint = "apply the model to an input first"
            raise ShapeError(describe(what, made_at=parameter.made_at, hint=hint))
    if len(set(found)) != len(found):
        raise ArgumentError("Learner's parameters list must not contain duplicates.")
    return found


def _array_for(parameter: Parameter, gradients: dict) -> np.ndarray | RowSparse:
    if parameter not in gradients:
        raise ShapeError(f"update: there is no gradient for {parameter}")
    gradient = gradients[parameter]
    if isinstance(gradient, Value):
        gradient = gradient.rows
    if isinstance(gradient, NDArrayView):
        gradient = gradient._data
    if is_csr(gradient) and parameter.shape:
        rows = SparseRows.from_csr(gradient, parameter._dtype)
        if rows.shape == (parameter.shape[0], math.prod(parameter.shape[1:])):
            return RowSparse.from_csr(rows, parameter.shape)
        gradient = rows.to_dense()
    array = np.asarray(gradient, parameter._dtype)
    if array.shape != parameter.shape:
        raise ShapeError(
            f"update: the gradient for {parameter} has shape '{shape_text(array.shape)}'"
        )
    return array
