"""How often something happens in training: every so many samples, minibatches or sweeps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from numbers import Integral

from cntk.errors import ArgumentError, describe


class DataUnit(IntEnum):
    """What a frequency counts.

    >>> C.train.DataUnit.minibatch.name
    'minibatch'
    """

    sweep = 0
    """Passes through the data that are complete."""
    sample = 1
    """Samples; frames, where the loss is one of sequences."""
    minibatch = 2
    """Minibatches that training has seen."""


@dataclass
class Progress:
    """What training has seen so far, by unit."""

    samples: int = 0
    minibatches: int = 0
    sweeps: int = 0

    def count(self, unit: DataUnit) -> int:
        """Return how many of a unit."""
        if unit == DataUnit.sample:
            return self.samples
        return self.minibatches if unit == DataUnit.minibatch else self.sweeps


@dataclass(frozen=True)
class Frequency:
    """Every ``every`` of a unit; None: at the end alone; 0: never."""

    every: int | None
    unit: DataUnit = DataUnit.sample

    @staticmethod
    def of(given, name: str) -> Frequency:
        """Return the frequency that a user states: a number of samples, or a pair with a unit.

        Raises:
            ValueError: it is negative, or of another type.
        """
        if given is None:
            return Frequency(None)
        count, unit = given if isinstance(given, tuple) and len(given) == 2 else (given, 1)
        is_count = isinstance(count, Integral) and not isinstance(count, bool)
        if not is_count or count < 0 or unit not in list(DataUnit):
            what = f"{name} cannot be {given!r}"
            expected = "expected  a number of samples, or a pair such as (2, DataUnit.minibatch)"
            raise ArgumentError(describe(what, expected))
        return Frequency(int(count), DataUnit(unit))


class Recurring:
    """Something that happens with a frequency, and once more at the end if it is due.

    Args:
        frequency: how often.
        act: is called with the number of times that it was called before.
    """

    def __init__(self, frequency: Frequency, act) -> None:
        self._frequency, self._act = frequency, act
        self._index = self._last = 0

    @property
    def times(self) -> int:
        """How often it has happened."""
        return self._index

    def begin(self, progress: Progress, times: int | None = None) -> None:
        """Go on from where a run before has been.

        Args:
            progress: what that has seen.
            times: how often it happened there: once more now if it was still to come; None: as
                often as was due.
        """
        self._last = progress.count(self._frequency.unit)
        if self._frequency.every:
            self._index = self._last // self._frequency.every
            if times is not None and times == self._index - 1:
                self._index = times
                self._do(self._last)

    def after_minibatch(self, progress: Progress) -> None:
        """Act if another ``every`` of the unit are complete."""
        every, count = self._frequency.every, progress.count(self._frequency.unit)
        if every and count // every != self._last // every:
            self._do(count)

    def at_end(self, progress: Progress) -> None:
        """Act if anything has been seen since the last time."""
        count = progress.count(self._frequency.unit)
        if self._frequency.every != 0 and count != self._last:
            self._do(count)

    def _do(self, count: int) -> None:
        self._act(self._index)
        self._index, self._last = self._index + 1, count
