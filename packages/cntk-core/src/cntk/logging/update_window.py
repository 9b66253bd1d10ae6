"""The updates since a writer's last line: how many, and whether a line is due."""

from __future__ import annotations

import time
from collections.abc import Callable

from cntk.counts import count_of
from cntk.errors import ArgumentError

Reading = float | Callable[[], float] | None


class UpdateWindow:
    """Counts minibatches, and reads the trainer's sums only when a line is due.

    Args:
        frequency: a line after each that many updates; 0: after updates 1, 3, 7, 15, ...; None:
            none but the first ones.
        first: a line for each of that many first updates; without effect if ``frequency`` is 0.
        what: name of the frequency, for messages.
    """

    def __init__(self, frequency: int | None, first: int, what: str) -> None:
        self._frequency = None if frequency is None else count_of(frequency, what)
        self._first = count_of(first, "first")
        self.total_updates = self.summaries = 0
        self.restart()

    def restart(self) -> None:
        """Begin a new epoch: forget the sums, and measure time from now."""
        self.samples = self.updates = 0
        self._from_samples = self._from_updates = 0
        self._from_sums: tuple[float, ...] = (0.0, 0.0)
        self._started = time.perf_counter()

    def elapsed_milliseconds(self) -> int:
        """Return the time since the epoch began."""
        return round(1000 * (time.perf_counter() - self._started))

    def state(self, is_open: bool) -> list[float]:
        """Return the counts, for :meth:`go_on_from`.

        Args:
            is_open: whether the epoch goes on there; else it begins anew.
        """
        if not is_open:
            return [self.total_updates - self.updates, self.summaries]
        counts = (self.total_updates, self.summaries, self.samples, self.updates)
        return [*counts, self._from_samples, self._from_updates, *self._from_sums]

    def go_on_from(self, state: list[float]) -> None:
        """Take over the counts that :meth:`state` returned.

        Raises:
            ValueError: it is something else.
        """
        numbers = list(state)
        if len(numbers) != 2 and len(numbers) < 6:
            raise ArgumentError(f"no counts of a progress writer: {state!r:.80}")
        self.restart()
        counts = [count_of(number, "a count") for number in numbers[:6]]
        self.total_updates, self.summaries = counts[:2]
        if len(counts) == 6:
            self.samples, self.updates, self._from_samples, self._from_updates = counts[2:]
            self._from_sums = tuple(map(float, numbers[6:]))

    def add(self, samples: int) -> bool:
        """Count one update; return whether a line is due."""
        self.samples += samples
        self.updates += 1
        self.total_updates += 1
        return is_due(self.updates, self._frequency, self._first)

    def close(self, *sums: Reading) -> tuple[tuple[float, float], ...]:
        """Return (at the last line, now) of the samples, the updates, and each sum of the epoch."""
        now = tuple(map(read, sums))
        pairs = (
            (self._from_samples, self.samples),
            (self._from_updates, self.updates),
            *zip(self._from_sums, now),
        )
        self._from_samples, self._from_updates, self._from_sums = self.samples, self.updates, now
        return pairs


def is_due(updates: int, frequency: int | None, first: int) -> bool:
    """Return whether a line follows this update of the epoch, counted from 1.

    >>> [n for n in range(1, 20) if is_due(n, 0, 0)]
    [1, 3, 7, 15]
    >>> [n for n in range(1, 10) if is_due(n, 4, 2)]
    [1, 2, 4, 8]
    """
    if frequency == 0:
        return updates & updates + 1 == 0
    return updates <= first or (frequency is not None and updates % frequency == 0)


def read(value: Reading) -> float:
    """Return a sum that is a number, a function that fetches it, or None for nothing to add up."""
    if callable(value):
        value = value()
    return 0.0 if value is None else float(value)
