"""Tracing: plans as they are made, and sums of what their steps compute."""

from __future__ import annotations

import sys

import numpy as np

from cntk.debugging.explain import step_text
from cntk.execution.watch import Launch, WatchedStep
from cntk.row_sparse import held

_VALUES = 1000  # the level from which on the values of a run are traced


class Tracing:
    """Prints to standard error.

    Args:
        level: from 1 each step of a plan is printed when the plan is made, from 1000 each step with
            the sum of its output's absolute values when it has run.
    """

    def __init__(self, level: int) -> None:
        self.level = level

    def around(self, watched: WatchedStep, launch: Launch) -> Launch:
        """Print a step; return a launch that prints what it computes if the level asks for it.

        Args:
            watched: the step.
            launch: what computes it.
        """
        text = step_text(watched.step, watched.kernel)
        if watched.position == 0:
            print("Plan", file=sys.stderr)
        print(f"Validating --> {text}", file=sys.stderr)
        if self.level < _VALUES:
            return launch

        def traced(slots: list) -> None:
            launch(slots)
            print(f"Dump --> {text}", file=sys.stderr)
            for slot in watched.outputs:
                numbers = held(slots[slot])
                if isinstance(numbers, np.ndarray) and numbers.dtype != object:
                    print(f"  absSum: {np.abs(numbers).sum():f}", file=sys.stderr)

        return traced
