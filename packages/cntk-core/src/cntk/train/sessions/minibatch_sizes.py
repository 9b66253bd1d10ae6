"""Sizes of minibatches, which may change as training goes on."""

from __future__ import annotations

from numbers import Integral

from cntk.counts import count_of
from cntk.errors import ArgumentError, describe
from cntk.learners.schedule import TrainingParameterSchedule
from cntk.learners.schedules import learning_parameter_schedule


class MinibatchSizeSchedule:
    """Minibatch sizes by the number of samples, or of sweeps, that training has seen.

    >>> sizes = C.minibatch_size_schedule([32, 64], epoch_size=1000)
    >>> sizes[999], sizes[1000]
    (32, 64)
    """

    def __init__(self, schedule: TrainingParameterSchedule) -> None:
        self._schedule = schedule

    def __getitem__(self, count: int) -> int:
        """Return the size after ``count`` samples (sweeps, if :meth:`is_sweep_based`)."""
        return int(self._schedule[count])

    def is_sweep_based(self) -> bool:
        """Return whether sizes change with sweeps through the data, not with samples."""
        return self._schedule.is_sweep_based()

    def at(self, samples: int, sweeps: int) -> int:
        """Return the size after that many samples and sweeps."""
        return self[sweeps if self.is_sweep_based() else samples]


def minibatch_size_schedule(schedule, epoch_size=1) -> MinibatchSizeSchedule:
    """Return a schedule of minibatch sizes for :func:`training_session`.

    Args:
        schedule: a size; or a list of sizes, or of (number of epochs, size) pairs, the last of
            which holds for ever.
        epoch_size: samples that an entry of the list lasts; 0: sweeps through the data.

    Raises:
        ValueError: ``schedule`` is something else, or a size is no positive integer.
        RuntimeError: it is empty, or lasts for 0 epochs.

    >>> [C.minibatch_size_schedule([(2, 3), 4], 5)[i] for i in (0, 9, 10)]
    [3, 3, 4]
    """
    if isinstance(schedule, MinibatchSizeSchedule):
        return schedule
    if isinstance(schedule, Integral):
        schedule = [int(schedule)]
    if not isinstance(schedule, list):
        raise ArgumentError(f"schedule must be either a float or a list, not {type(schedule)}")
    sizes = [entry[1] if isinstance(entry, tuple) and len(entry) == 2 else entry
             for entry in schedule]  # fmt: skip
    for size in sizes:
        _check_size(size)
    epoch = count_of(epoch_size, "epoch_size")
    return MinibatchSizeSchedule(learning_parameter_schedule(schedule, epoch_size=epoch))


def sizes_of(given, name: str) -> MinibatchSizeSchedule:
    """Return the schedule that a user gives as a number, or as one.

    Raises:
        ValueError: it is something else.
    """
    if isinstance(given, Integral) and not isinstance(given, bool):
        return minibatch_size_schedule(given)
    if isinstance(given, MinibatchSizeSchedule):
        return given
    raise ArgumentError(
        f"{name} of type ({type(given)}) not supported. it must be an output of "
        "minibatch_size_schedule() function"
    )


def _check_size(size) -> None:
    if isinstance(size, bool) or not isinstance(size, Integral) or size < 1:
        what = f"a minibatch has 1 sample or more, a whole number, not {size!r}"
        raise ArgumentError(describe(what, hint="e.g. C.minibatch_size_schedule([32, 64], 10000)"))
