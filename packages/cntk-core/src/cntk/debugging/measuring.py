"""Measuring: how long each step of the plans took, and how much work it was."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from threading import Lock

from cntk.debugging.peak import Peak
from cntk.debugging.work import Work, work_of
from cntk.execution.watch import Span, Timer, WatchedStep

_KEPT = 64  # counts of rows whose work is known, per step


class Times:
    """Times in seconds and work of one step, or of several.

    Args:
        name: what they are.
        in_loop: whether a step of a recurrence has this time too.
    """

    def __init__(self, name: str, in_loop: bool) -> None:
        self.name, self.in_loop = name, in_loop
        self.count, self.total, self.squares = 0, 0.0, 0.0
        self.shortest, self.longest = math.inf, 0.0
        self.work = Work(0, 0)

    def add(self, span: Span, work: Work) -> None:
        """Count one run, or those of a loop with their mean."""
        mean = span.seconds / span.runs
        self.count += span.runs
        self.total += span.seconds
        self.squares += span.runs * mean * mean
        self.shortest, self.longest = min(self.shortest, mean), max(self.longest, mean)
        self.work = _sum(self.work, work)

    def merge(self, other: Times) -> None:
        """Count what another step took as well."""
        self.count += other.count
        self.total += other.total
        self.squares += other.squares
        self.shortest = min(self.shortest, other.shortest)
        self.longest = max(self.longest, other.longest)
        self.work = _sum(self.work, other.work)


class Measuring(Timer):
    """Times every step of the plans that are made while it watches."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.steps: list[Times] = []

    def recorder(self, watched: WatchedStep) -> Callable[[Span], None]:
        """Return what counts the spans of a step.

        Args:
            watched: the step.
        """
        place = " in a loop" if watched.in_loop else ""
        name = f"{watched.step.operator.name}{place} ({watched.kernel.label})"
        times = Times(name, watched.in_loop)
        with self.lock:
            self.steps.append(times)

        @lru_cache(_KEPT)
        def work_on(*counts: int) -> Work:
            return work_of(watched.step, watched.kernel, counts)

        def record(span: Span) -> None:
            work = work_on(*span.counts)
            with self.lock:
                times.add(span, work)
                self.keep(watched, times, span, work)

        return record

    def keep(self, watched: WatchedStep, times: Times, span: Span, work: Work) -> None:
        """Keep more of a span than its sum; here, nothing."""

    def by_name(self) -> dict[str, Times]:
        """Return the times of all steps of equal names together, the longest first."""
        found: dict[str, Times] = {}
        for times in self.steps:
            if times.count:
                found.setdefault(times.name, Times(times.name, times.in_loop)).merge(times)
        return dict(sorted(found.items(), key=lambda entry: -entry[1].total))

    def work(self) -> Work:
        """Return the work of all steps."""
        total = Work(0, 0)
        for times in self.steps:
            total = _sum(total, times.work)
        return total

    def floor(self, peak: Peak, name: str | None = None) -> float:
        """Return the seconds that all steps, or those of a name, take at least.

        Args:
            peak: what the machine can do.
            name: name of steps.
        """
        return sum(peak.seconds(x.work) for x in self.steps if name in (None, x.name))


def _sum(a: Work, b: Work) -> Work:
    return Work(a.operations + b.operations, a.bytes + b.bytes)
