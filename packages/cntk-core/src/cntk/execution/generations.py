"""How long what a run lends is valid: until the same thread runs the same Function again.

Each thread counts for itself, so that threads that share a Function do not take each other's
results and states away.
"""

from __future__ import annotations

import threading
from typing import NamedTuple


class Moment(NamedTuple):
    """The time of a run.

    Args:
        count: the number of runs of one Function by one thread, which goes on.
        number: what it was.
    """

    count: list[int]
    number: int

    @property
    def is_current(self) -> bool:
        """Whether the Function has not been run since, by the thread that ran it then."""
        return self.count[0] == self.number


class _Runs(threading.local):
    """How often one Function has been run, for each thread."""

    def __init__(self) -> None:  # called once in each thread
        self.count = [0]


def moment_of(function) -> Moment:
    """Return the time of the last run of a Function by this thread."""
    count = _count_of(function)
    return Moment(count, count[0])


def next_generation(function) -> None:
    """Count a run of a Function by this thread."""
    _count_of(function)[0] += 1


def _count_of(function) -> list[int]:
    return function.__dict__.setdefault("_runs", _Runs()).count
