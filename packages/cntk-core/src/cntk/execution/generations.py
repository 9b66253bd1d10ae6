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
        runs: how many runs of one Function by one thread there are now.
        number: how many there were.
    """

    runs: list[int]
    number: int

    @property
    def is_current(self) -> bool:
        """Whether the Function has not been run since, by the thread that ran it then."""
        return self.runs[0] == self.number


class _Runs(threading.local):
    """How often one Function has been run, for each thread."""

    def __init__(self) -> None:  # called once in each thread
        self.runs = [0]


def moment_of(function) -> Moment:
    """Return the time of the last run of a Function by this thread."""
    runs = _runs_of(function)
    return Moment(runs, runs[0])


def next_generation(function) -> None:
    """Count a run of a Function by this thread."""
    _runs_of(function)[0] += 1


def _runs_of(function) -> list[int]:
    return function.__dict__.setdefault("_runs", _Runs()).runs
