"""Inference around recurrences: what is known spreads until it is stable."""

from __future__ import annotations

from collections.abc import Iterable

from cntk.graph.build import infer_node
from cntk.graph.infer import guesses
from cntk.graph.traverse import nodes_in_order
from cntk.shape import UNKNOWN_SHAPE
from cntk.variables import Variable

_PASSES = 10


def infer_until_stable(roots: Iterable[Variable]) -> None:
    """Infer anew all that roots depend on; around a cycle something is guessed first."""
    roots = list(roots)
    state: list = []
    for attempt in range(_PASSES):
        nodes = _infer_pass(roots)
        now = [output.known() for node in nodes for output in node.outputs]
        unknown = any(o.shape == UNKNOWN_SHAPE for node in nodes for o in node.outputs)
        if attempt == 0 and unknown:
            with guesses():
                _infer_pass(roots)
        elif attempt and now == state:
            return
        state = now


def _infer_pass(roots: list[Variable]) -> list:
    nodes = nodes_in_order(roots)
    for node in nodes:
        infer_node(node)
    return nodes
