"""Times of the user's nodes, while node timing is on."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable

from cntk.execution.watch import Span, Timer, WatchedStep


class _Times:
    """Seconds and numbers of runs of one node, forward and backward."""

    __slots__ = ("runs", "seconds")

    def __init__(self) -> None:
        self.seconds, self.runs = [0.0, 0.0], [0, 0]


class NodeTiming(Timer):
    """Measures how long the steps of each of the user's nodes take.

    Steps that several nodes share count for one of them; steps without a node count nowhere.
    """

    def __init__(self) -> None:
        self._times: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()

    def recorder(self, watched: WatchedStep) -> Callable[[Span], None] | None:
        """Return what counts the time of a step of a user's node.

        Args:
            watched: the step.
        """
        purpose = watched.step.purpose
        if purpose is None:
            return None
        times, way = self._times.setdefault(purpose.node, _Times()), int(purpose.is_gradient)

        def record(span: Span) -> None:
            times.seconds[way] += span.seconds
            times.runs[way] += span.runs

        return record

    def lines(self, nodes: Iterable) -> list[str]:
        """Return one line per node that has run, by uid, as CNTK 2.7 prints them.

        Args:
            nodes: nodes of a graph.
        """
        found = []
        for node in nodes:
            times = self._times.get(node)
            if times is not None:
                forward, backward = (s / max(n, 1) for s, n in zip(times.seconds, times.runs))
                found.append(
                    f"{node.uid:<30} forward avg {forward:.6f}s, backward avg {backward:.6f}s "
                    f"(fwd# {times.runs[0]}|bwd# {times.runs[1]})"
                )
        return sorted(found)


node_timing = NodeTiming()


def print_node_timing(function) -> None:
    """Print the times of a Function's nodes, those inside blocks too.

    Args:
        function: the Function.
    """
    from cntk.graph.flatten import FlatGraph

    groups = FlatGraph(function.outputs).groups
    for line in node_timing.lines(node for group in groups for node in group):
        print(line)
