"""Watching runs: what debugging hangs around the steps of plans.

A watcher has its say when a plan is made, not when it runs: plans made while nobody watches hold no
trace of it, and a run pays nothing. Starting or stopping a watcher makes all plans anew at their
next run.

There are two kinds. A :class:`Watcher` runs something around each step, in Python; then elementwise
steps are no chains, so that it sees each of them. A :class:`Timer` only asks how long steps take:
plans are what they are without it, and what a backend runs in one piece stays in one piece.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from cntk.graph.nodes import mutations

Launch = Callable[[list], Any]


class WatchedStep(NamedTuple):
    """A step of a plan, and where its arrays lie.

    ``step``: operator, operands, outputs and the user's node; ``kernel``: what computes it;
    ``inputs`` and ``outputs``: slots of its arrays; ``position``: its number in the plan;
    ``layouts``: slots of the layouts of its operands' rows, then of its outputs' (None: no rows);
    ``in_loop``: whether the plan is the body of a recurrence, whose own step has the time of both.
    """

    step: Any
    kernel: Any
    inputs: list[int]
    outputs: list[int]
    position: int
    layouts: Sequence[int | None] = ()
    in_loop: bool = False


class Span(NamedTuple):
    """One run of a step, or all its runs in one loop.

    ``begin``: seconds on the clock of ``time.perf_counter``; ``seconds``: how long; ``runs``: how
    often; ``counts``: how many arrays of its static shape each operand, then each output was.
    """

    begin: float
    seconds: float
    runs: int
    counts: Sequence[int]


class Watcher(Protocol):
    """What debugging implements to run something around each step."""

    def around(self, watched: WatchedStep, launch: Launch) -> Launch:
        """Return what runs in place of a step's launch."""


class Timer(ABC):
    """What debugging implements to learn how long steps take."""

    @abstractmethod
    def recorder(self, watched: WatchedStep) -> Callable[[Span], None] | None:
        """Return what takes the spans of a step; None: nobody wants them."""


class Recording:
    """Tells timers of one step when it has run.

    Args:
        recorders: what takes its spans.
        layouts: slots of the layouts of its operands and outputs.
    """

    def __init__(
        self, recorders: list[Callable[[Span], None]], layouts: Sequence[int | None]
    ) -> None:
        self._recorders, self._layouts = recorders, layouts

    def ran(self, begin: float, seconds: float, slots: list) -> None:
        """Tell of one run.

        Args:
            begin: when it began.
            seconds: how long it took.
            slots: the slots of the run.
        """
        layouts = [None if slot is None else slots[slot] for slot in self._layouts]
        self._tell(begin, seconds, 1, [1 if x is None else x.rows for x in layouts])

    def ran_in_loop(self, begin: float, seconds: float, runs: int, rows: int) -> None:
        """Tell of all runs in one loop.

        Args:
            begin: when they are said to begin.
            seconds: how long they took together.
            runs: how many they were.
            rows: how many rows they had together.
        """
        self._tell(begin, seconds, runs, [runs if s is None else rows for s in self._layouts])

    def _tell(self, begin: float, seconds: float, runs: int, counts: list[int]) -> None:
        span = Span(begin, seconds, runs, counts)
        for record in self._recorders:
            record(span)

    def around(self, launch: Launch) -> Launch:
        """Return a launch that is timed."""

        def timed(slots: list) -> None:
            begin = time.perf_counter()
            launch(slots)
            self.ran(begin, time.perf_counter() - begin, slots)

        return timed


_watchers: list[Watcher | Timer] = []


def start(watcher: Watcher | Timer) -> None:
    """Let a watcher see the steps of all plans from now on."""
    if watcher not in _watchers:
        _watchers.append(watcher)
        mutations[0] += 1  # plans that were made for a Function are made anew


def stop(watcher: Watcher | Timer) -> None:
    """Let a watcher go."""
    if watcher in _watchers:
        _watchers.remove(watcher)
        mutations[0] += 1


def watchers() -> tuple[Watcher | Timer, ...]:
    """Return the watchers, in the order in which they were started."""
    return tuple(_watchers)


def sees_each_step() -> bool:
    """Return whether there is a watcher that is more than a timer."""
    return any(not isinstance(watcher, Timer) for watcher in _watchers)


def around(watched: WatchedStep, launch: Launch) -> Launch:
    """Return the launch of a step with all watchers, but not the timers, around it."""
    for watcher in _watchers:
        if not isinstance(watcher, Timer):
            launch = watcher.around(watched, launch)
    return launch


def recording(watched: WatchedStep) -> Recording | None:
    """Return what tells timers of a step; None where nobody wants to know."""
    asked = [timer.recorder(watched) for timer in _watchers if isinstance(timer, Timer)]
    recorders = [recorder for recorder in asked if recorder is not None]
    return Recording(recorders, watched.layouts) if recorders else None


def title(step) -> str:
    """Return how messages name a step: its operator, and the user's function that it is for."""
    if step.purpose is None:
        return f"operator '{step.operator.name}'"
    node = step.purpose.node
    label = f"{node.op_name} '{node.name}' ({node.uid})" if node.name else node.uid
    if step.purpose.is_gradient:
        return f"operator '{step.operator.name}' in the gradient of {label}"
    return f"operator '{step.operator.name}' of {label}"
