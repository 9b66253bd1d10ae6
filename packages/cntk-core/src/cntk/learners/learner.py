"""Learners: they change parameters by gradients, minibatch after minibatch."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from cntk.counts import amount_of, count_of
from cntk.deprecation import NativeMember
from cntk.errors import ArgumentError, ShapeError, describe
from cntk.learners.schedule import TrainingParameterSchedule
from cntk.learners.schedules import IGNORE, learning_parameter_schedule
from cntk.row_sparse import RowSparse
from cntk.shape import is_static, shape_text
from cntk.sparse import SparseRows, is_csr
from cntk.tensor import NDArrayView
from cntk.upward import module
from cntk.value import Value
from cntk.variables import Parameter

if TYPE_CHECKING:
    from cntk.storage.dictionary import Dictionary


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

    ignored_minibatch_size = IGNORE
    add_progress_writers = NativeMember("C.Trainer(..., progress_writers=[...])")
    current_version = NativeMember("create_checkpoint()")
    set_need_to_update_master_parameter = NativeMember("nothing; masters follow their parameters")

    @property
    def is_minibatch_size_explicitly_specified(self) -> bool:
        """Whether the learner was made for a minibatch size of its own."""
        return self._minibatch_size is not None

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

        As in CNTK 2.7 it begins now, and the number of samples that rates are meant for stays that
        of the schedule before.

        Args:
            learning_rate: a schedule; the minibatch size that it states is not looked at.

        Raises:
            ValueError: it is no schedule.
        """
        if not isinstance(learning_rate, TrainingParameterSchedule):
            raise ArgumentError(
                f"learning_rate type ({type(learning_rate)}) not supported. learning_rate must be "
                "a training schedule (output of learning_parameter_schedule() function)"
            )
        seen = self._sweeps if learning_rate.is_sweep_based() else self._samples
        self._lr = learning_rate.from_now(seen, self._lr.minibatch_size)

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
        gradients = [_array_for(parameter, gradient_values) for parameter in self.parameters]
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

    def reserve(self, gradients: list) -> None:
        """Take the memory that the update by these gradients needs, if it is known before.

        A trainer updates when all its learners have what they need: all parameters, or none.

        Raises:
            MemoryError: there is too little.
        """

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
        return self.state_dictionary(np.empty)

    def restore_from_checkpoint(self, checkpoint: Dictionary) -> None:
        """Take over a state that :meth:`create_checkpoint` returned.

        Raises:
            ValueError: it belongs to other parameters or another kind of learner.
        """
        self.prepared_restore(checkpoint)()

    def state_dictionary(self, memory) -> Dictionary:
        """Return the state under the keys of CNTK's files.

        Args:
            memory: function of (shape, dtype) that returns the arrays its state is copied to; None:
                the arrays are those that training changes.
        """
        return module("cntk.learners.checkpoint").learner_dictionary(self, memory)

    def prepared_restore(self, state: Dictionary) -> Callable[[], None]:
        """Return what gives it a state; until that is called nothing changes.

        Raises:
            ValueError: it belongs to other parameters or another kind of learner.
        """
        return module("cntk.learners.checkpoint").prepared_restore(self, state)

    def settle(self) -> None:
        """Bring the parameters to what a checkpoint holds; of most learners they are there."""


def _checked(parameters) -> tuple[Parameter, ...]:
    found = tuple(parameters) if hasattr(parameters, "__iter__") else (parameters,)
    if not found:
        what = "The parameters list specified to a Learner must not be empty."
        raise ArgumentError(describe(what, hint="model.parameters"))
    for parameter in found:
        if not isinstance(parameter, Parameter):
            what = f"a learner takes parameters, not {parameter!r}"
            raise ArgumentError(describe(what, hint="model.parameters"))
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
