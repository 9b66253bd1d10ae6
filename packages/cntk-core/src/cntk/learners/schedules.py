"""The functions that make schedules of learning rates and momenta, and their units."""

from __future__ import annotations

import math
import warnings
from enum import Enum
from numbers import Real

from cntk.counts import count_of
from cntk.deprecation import warn_deprecated
from cntk.errors import ArgumentError
from cntk.learners.schedule import ScheduleError, TrainingParameterSchedule

IGNORE = 0  # minibatch size of a learner or schedule that takes each minibatch as it is

_unit_gain = [True]


class UnitType(Enum):
    """What a learning rate of the older functions is for.

    >>> C.learners.UnitType('sample').name
    'sample'
    """

    sample = "sample"
    minibatch = "minibatch"


def default_unit_gain_value() -> bool:
    """Return whether learners with momentum average gradients (True) or add them up.

    >>> C.default_unit_gain_value()
    True
    """
    return _unit_gain[0]


def set_default_unit_gain_value(value: bool) -> None:
    """Set what :func:`default_unit_gain_value` returns.

    Args:
        value: True for averages, False for sums.

    Raises:
        TypeError: ``value`` is not a bool.

    >>> C.set_default_unit_gain_value(False)
    >>> C.default_unit_gain_value()
    False
    >>> C.set_default_unit_gain_value(True)
    """
    if not isinstance(value, bool):
        raise TypeError(f"the unit gain is True or False, not {value!r}")
    _unit_gain[0] = value


def learning_parameter_schedule(
    schedule, minibatch_size=None, epoch_size=None
) -> TrainingParameterSchedule:
    """Return a schedule of learning rates.

    Args:
        schedule: a number; or a list of values, or of (number of epochs, value) pairs, the last of
            which holds for ever; or a schedule, which comes back as it is.
        minibatch_size: number of samples whose mean gradient a value is meant for; 0 for the
            minibatch whatever its size; None to leave that to the learner.
        epoch_size: samples that an entry of the list lasts; None or 0: sweeps through the data.

    Raises:
        ValueError: ``schedule`` is something else.
        RuntimeError: it is empty, or lasts for 0 epochs.

    >>> rate = learning_parameter_schedule([(2, 0.1), 0.01], minibatch_size=1, epoch_size=100)
    >>> rate[199], rate[200]
    (0.1, 0.01)
    """
    if isinstance(schedule, TrainingParameterSchedule):
        return schedule
    has_size = minibatch_size is not None
    size = count_of(minibatch_size, "minibatch_size") if has_size else IGNORE
    epoch = 0 if epoch_size is None else count_of(epoch_size, "epoch_size")
    if isinstance(schedule, Real):
        if epoch_size is not None:
            warnings.warn(
                "When providing the schedule as a number, epoch_size is ignored",
                RuntimeWarning,
                stacklevel=2,
            )
        return TrainingParameterSchedule([(0, float(schedule))], 0, size, has_size)
    if not isinstance(schedule, list):
        raise ArgumentError(f"schedule must be either a float or a list, not {type(schedule)}")
    steps, end = [], 0
    for entry in schedule:
        epochs, value = _pair(entry)
        end += epochs * (epoch or 1)
        steps.append((end, value))
    return TrainingParameterSchedule(steps, epoch, size, has_size)


def learning_parameter_schedule_per_sample(schedule, epoch_size=None) -> TrainingParameterSchedule:
    """Return a schedule of learning rates for one sample: they multiply the sum of gradients.

    Args:
        schedule: as in :func:`learning_parameter_schedule`.
        epoch_size: samples that an entry of the list lasts; None: sweeps through the data.

    >>> learning_parameter_schedule_per_sample(0.1).minibatch_size
    1
    """
    return learning_parameter_schedule(schedule, 1, epoch_size)


def training_parameter_schedule(
    schedule, unit=UnitType.minibatch, epoch_size=None
) -> TrainingParameterSchedule:
    """Return a schedule of values; the older form of :func:`learning_parameter_schedule`.

    Args:
        schedule: as in :func:`learning_parameter_schedule`.
        unit: UnitType.sample or UnitType.minibatch.
        epoch_size: samples that an entry of the list lasts; None: sweeps through the data.

    Raises:
        ValueError: ``unit`` is neither.
    """
    return _schedule_of_unit("training_parameter_schedule()", schedule, unit, epoch_size)


def learning_rate_schedule(lr, unit, epoch_size=None) -> TrainingParameterSchedule:
    """Return a schedule of rates; the older form of :func:`learning_parameter_schedule`.

    Args:
        lr: as ``schedule`` in :func:`learning_parameter_schedule`.
        unit: UnitType.sample or UnitType.minibatch.
        epoch_size: samples that an entry of the list lasts; None: sweeps through the data.

    Raises:
        ValueError: ``unit`` is neither.
    """
    return _schedule_of_unit("learning_rate_schedule()", lr, unit, epoch_size)


def _schedule_of_unit(older: str, schedule, unit, epoch_size) -> TrainingParameterSchedule:
    size = 1 if UnitType(unit) is UnitType.sample else IGNORE
    written = "1" if size == 1 else "C.learners.IGNORE"
    warn_deprecated(older, f"learning_parameter_schedule() with minibatch_size={written}")
    return learning_parameter_schedule(schedule, size, epoch_size)


def momentum_schedule(momentum, epoch_size=None, minibatch_size=None) -> TrainingParameterSchedule:
    """Return a schedule of momenta.

    Args:
        momentum: as ``schedule`` in :func:`learning_parameter_schedule`.
        epoch_size: samples that an entry of the list lasts; None: sweeps through the data.
        minibatch_size: samples in which the old average shrinks to ``momentum`` of itself; 0 for
            the minibatch whatever its size; None to leave that to the learner.

    Raises:
        ValueError: a momentum is not in [0, 1].

    >>> momentum_schedule(0.9, minibatch_size=2).momentum(0, 0, minibatch_samples=4)
    0.81
    """
    result = learning_parameter_schedule(momentum, minibatch_size, epoch_size)
    outside = [value for value in result.values if not 0 <= value <= 1]
    if outside:
        raise ArgumentError(f"a momentum is a number from 0 to 1, not {outside[0]}")
    return result


def momentum_schedule_per_sample(momentum, epoch_size=None) -> TrainingParameterSchedule:
    """Return a schedule of momenta for one sample.

    Args:
        momentum: as ``schedule`` in :func:`learning_parameter_schedule`.
        epoch_size: samples that an entry of the list lasts; None: sweeps through the data.

    >>> momentum_schedule_per_sample(0.9).momentum(0, 0, minibatch_samples=2)
    0.81
    """
    return momentum_schedule(momentum, epoch_size, 1)


def momentum_as_time_constant_schedule(momentum, epoch_size=None) -> TrainingParameterSchedule:
    """Return a schedule of momenta, given the samples in which an average shrinks to ``1/e``.

    It is the older form of :func:`momentum_schedule`.

    Args:
        momentum: as ``schedule`` in :func:`learning_parameter_schedule`; a value is a number of
            samples.
        epoch_size: samples that an entry of the list lasts; None: sweeps through the data.

    Raises:
        ValueError: ``momentum`` is not a number or a list.
    """
    warn_deprecated(
        "momentum_as_time_constant_schedule()",
        "momentum_schedule() with exp(-1 / time constant) and minibatch_size=1",
    )
    if isinstance(momentum, Real):
        return momentum_schedule_per_sample(_decay(float(momentum)), epoch_size)
    if isinstance(momentum, list):
        entries = [_pair(entry) for entry in momentum]
        return momentum_schedule_per_sample([(n, _decay(t)) for n, t in entries], epoch_size)
    if isinstance(momentum, TrainingParameterSchedule):
        return momentum
    raise ArgumentError(f"momentum must be either a float or a list, not {type(momentum)}")


def _decay(time_constant: float) -> float:
    if not time_constant >= 0:
        raise ArgumentError(f"a time constant is a number of samples, not {time_constant}")
    return math.exp(-1 / time_constant) if time_constant else 0.0


def _pair(entry) -> tuple[int, float]:
    """Return (number of epochs, value) of an entry; a lone value lasts for one epoch."""
    epochs, value = entry if isinstance(entry, tuple) and len(entry) == 2 else (1, entry)
    if not isinstance(value, Real):
        raise ArgumentError(f"an entry of a schedule is a value or (epochs, value), not {entry!r}")
    epochs = count_of(epochs, "the number of epochs in a schedule")
    if epochs == 0:
        raise ScheduleError("unit count in the 'schedule' argument must not be 0")
    return epochs, float(value)
