"""TrainingParameterSchedule: a learning rate or momentum that changes with the samples seen."""

from __future__ import annotations

import math
import operator
from bisect import bisect_right
from collections.abc import Mapping

from cntk.counts import count_of
from cntk.errors import ArgumentError

_KEYS = ("epoch_size", "ref_mb_size", "schedule")


class ScheduleError(ArgumentError, RuntimeError):
    """A schedule is empty, or an entry of it lasts for no epochs."""


class TrainingParameterSchedule:
    """Values by the number of samples, or of sweeps through the data, that training has seen.

    Args:
        steps: ``(end, value)`` pairs with growing ends: a value holds below its end, the last for
            ever.
        epoch_size: unit of the ends that ``serialize`` states, in samples; 0: ends count sweeps.
        minibatch_size: number of samples that a value is meant for; 0: the minibatch, whatever its
            size.
        is_minibatch_size_explicitly_specified: whether the user stated that size; if not, a
            learner's replaces it.

    >>> rate = TrainingParameterSchedule([(10, 0.1), (20, 0.2)], epoch_size=10)
    >>> rate[9], rate[10], rate[1000]
    (0.1, 0.2, 0.2)
    """

    __slots__ = (
        "_ends",
        "_values",
        "epoch_size",
        "is_minibatch_size_explicitly_specified",
        "minibatch_size",
    )

    def __init__(
        self,
        steps: list[tuple[int, float]],
        epoch_size: int = 0,
        minibatch_size: int = 0,
        is_minibatch_size_explicitly_specified: bool = True,
    ) -> None:
        if not steps:
            raise ScheduleError("schedule is empty; give at least one value")
        self._ends = [operator.index(end) for end, _ in steps]
        self._values = [float(value) for _, value in steps]
        if self._ends[0] < 0 or any(a >= b for a, b in zip(self._ends, self._ends[1:])):
            raise ScheduleError(f"a schedule's ends must grow, not {self._ends}")
        if not all(map(math.isfinite, self._values)):
            raise ScheduleError(f"a schedule's values must be finite, not {self._values}")
        self.epoch_size = count_of(epoch_size, "epoch_size")
        self.minibatch_size = count_of(minibatch_size, "minibatch_size")
        self.is_minibatch_size_explicitly_specified = is_minibatch_size_explicitly_specified

    def __getitem__(self, count: int) -> float:
        """Return the value after ``count`` samples (sweeps, if :attr:`is_sweep_based`)."""
        count = count_of(count, "a schedule's index")
        return self._values[min(bisect_right(self._ends, count), len(self._values) - 1)]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TrainingParameterSchedule):
            return NotImplemented
        return self.to_dict() == other.to_dict()

    def __repr__(self) -> str:
        steps = ", ".join(f"{value} to {end}" for end, value in zip(self._ends, self._values))
        return f"TrainingParameterSchedule({steps}; minibatch_size={self.minibatch_size})"

    @property
    def values(self) -> tuple[float, ...]:
        """The values, in the order in which they hold."""
        return tuple(self._values)

    def is_sweep_based(self) -> bool:
        """Return whether values change with sweeps through the data, not with samples."""
        return self.epoch_size == 0

    def for_learner(self, minibatch_size: int | None) -> TrainingParameterSchedule:
        """Return the schedule with the learner's minibatch size, unless it states its own."""
        if minibatch_size is None or self.is_minibatch_size_explicitly_specified:
            return self
        steps = list(zip(self._ends, self._values))
        return TrainingParameterSchedule(steps, self.epoch_size, minibatch_size)

    def scaled(self, factor: float, lowest: float = 0.0) -> TrainingParameterSchedule:
        """Return the schedule with all values multiplied; those above ``lowest`` stay above it.

        >>> TrainingParameterSchedule([(10, 1.0), (20, 0.5)]).scaled(0.1, lowest=0.07).values
        (0.1, 0.07)
        """
        steps = [
            (end, max(value * factor, min(value, lowest)))
            for end, value in zip(self._ends, self._values)
        ]
        explicit = self.is_minibatch_size_explicitly_specified
        return TrainingParameterSchedule(steps, self.epoch_size, self.minibatch_size, explicit)

    def from_now(self, count: int, minibatch_size: int) -> TrainingParameterSchedule:
        """Return the schedule with its values beginning after a count, for a minibatch size.

        Args:
            count: of samples, or of sweeps if it counts those.
            minibatch_size: number of samples that its values are meant for.

        >>> rate = TrainingParameterSchedule([(10, 1.0), (20, 0.5)], epoch_size=10).from_now(7, 0)
        >>> rate[16], rate[17]
        (1.0, 0.5)
        """
        steps = [(end + count, value) for end, value in zip(self._ends, self._values)]
        return TrainingParameterSchedule(steps, self.epoch_size, minibatch_size)

    def value_at(self, samples: int, sweeps: int) -> float:
        """Return the value as the user wrote it, for the minibatch that comes next.

        Args:
            samples: seen before this minibatch.
            sweeps: completed before this minibatch.
        """
        return self[sweeps if self.is_sweep_based() else samples]

    def rate(self, samples: int, sweeps: int, minibatch_samples: int) -> float:
        """Return the factor of the SUM of the gradients over the minibatch's samples.

        >>> TrainingParameterSchedule([(0, 0.1)], minibatch_size=0).rate(0, 0, 4)
        0.025
        >>> TrainingParameterSchedule([(0, 0.1)], minibatch_size=2).rate(0, 0, 4)
        0.05
        """
        return self.value_at(samples, sweeps) / (self.minibatch_size or minibatch_samples)

    def momentum(self, samples: int, sweeps: int, minibatch_samples: int) -> float:
        """Return the share of the old average that is left after the minibatch.

        >>> TrainingParameterSchedule([(0, 0.9)], minibatch_size=1).momentum(0, 0, 2)
        0.81
        """
        value = self.value_at(samples, sweeps)
        if self.minibatch_size in (0, minibatch_samples):
            return value
        return value ** (minibatch_samples / self.minibatch_size)

    def to_dict(self) -> dict:
        """Return what a checkpoint stores: plain numbers, ends as decimal text."""
        return {
            "epoch_size": self.epoch_size,
            "ref_mb_size": self.minibatch_size,
            "schedule": {str(end): value for end, value in zip(self._ends, self._values)},
        }

    @classmethod
    def from_dict(cls, stored: Mapping) -> TrainingParameterSchedule:
        """Return the schedule of a dictionary; also of version 1, with ``unit`` for the size.

        Raises:
            RuntimeError: entries are missing or make no schedule.
        """
        fields = dict(stored)
        if fields.get("unit") in (0, 1):  # per sample, per minibatch
            fields.setdefault("ref_mb_size", 1 - fields["unit"])
        missing = [key for key in _KEYS if key not in fields]
        if missing:
            raise ScheduleError(f"a stored schedule lacks {', '.join(missing)}")
        try:
            steps = sorted((int(end), float(value)) for end, value in fields["schedule"].items())
            return cls(steps, fields["epoch_size"], fields["ref_mb_size"])
        except (AttributeError, TypeError, ValueError, OverflowError) as problem:
            raise ScheduleError(f"a stored schedule is damaged: {problem}") from problem
