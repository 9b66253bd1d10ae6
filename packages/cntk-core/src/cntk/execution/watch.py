"""Watching runs: what debugging hangs around the steps of plans.

A watcher has its say when a plan is made, not when it runs: plans made while nobody watches hold no
trace of it, and a run pays nothing. Starting or stopping a watcher makes all plans anew at their
next run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from cntk.graph.nodes import mutations

Launch = Callable[[list], Any]


class WatchedStep(NamedTuple):
    """A step of a plan, and where its arrays lie.

    ``step``: operator, operands, outputs and the user's node; ``kernel``: what computes it;
    ``inputs`` and ``outputs``: slots of its arrays; ``position``: its number in the plan.
    """

    step: Any
    kernel: Any
    inputs: list[int]
    outputs: list[int]
    position: int


class Watcher(Protocol):
    """What debugging implements."""

    def around(self, watched: WatchedStep, launch: Launch) -> Launch:
        """Return what runs in place of a step's launch."""


_watchers: list[Watcher] = []


def start(watcher: Watcher) -> None:
    """Let a watcher hang itself around the steps of all plans from now on."""
    if watcher not in _watchers:
        _watchers.append(watcher)
        mutations[0] += 1  # plans that were made for a Function are made anew


def stop(watcher: Watcher) -> None:
    """Let a watcher go."""
    if watcher in _watchers:
        _watchers.remove(watcher)
        mutations[0] += 1


def watchers() -> tuple[Watcher, ...]:
    """Return the watchers, in the order in which they were started."""
    return tuple(_watchers)


def around(watched: WatchedStep, launch: Launch) -> Launch:
    """Return the launch of a step with all watchers around it."""
    for watcher in _watchers:
        launch = watcher.around(watched, launch)
    return launch


def title(step) -> str:
    """Return how messages name a step: its operator, and the user's function that it is for."""
    if step.purpose is None:
        return f"operator '{step.operator.name}'"
    node = step.purpose.node
    label = f"{node.op_name} '{node.name}' ({node.uid})" if node.name else node.uid
    if step.purpose.is_gradient:
        return f"operator '{step.operator.name}' in the gradient of {label}"
    return f"operator '{step.operator.name}' of {label}"
