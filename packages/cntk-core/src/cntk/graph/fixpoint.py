"""Inference around recurrences: what is known spreads until it is stable."""

from __future__ import annotations

from collections.abc import Iterable

from cntk.axis import UNKNOWN_AXES
from cntk.errors import ShapeError
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
    left = ["tensors", "numbers"]
    for _ in range(_PASSES):
        nodes = _infer_pass(roots)
        now = [output.known() for node in nodes for output in node.outputs]
        stable, state = now == state, now
        if left and (stable or len(left) == 2) and _may_guess(left[0], nodes):
            with guesses(left.pop(0)):
                _infer_pass(roots) if _has_open_leaf(nodes) else _spread(roots)
        elif stable:
            return
    raise ShapeError(
        f"Function '{roots[0]}': A recurrent node output shape change happened in {_PASSES} "
        "successive validation passes: the shape of a recurrence depends on itself and never "
        "settles. try: make the step return the shape of its state"
    )


def _spread(roots: list[Variable]) -> None:
    """Infer while that tells more: what is read before it is made is known one pass later."""
    before = -1
    for _ in range(_PASSES):
        nodes = _infer_pass(roots)
        known = sum(not _is_open(output) for node in nodes for output in node.outputs)
        if known == before:
            return
        before = known


def _may_guess(kind: str, nodes: list) -> bool:
    """Whether something is open; a number fits every tensor, so it tells when nothing else can."""
    if not any(_is_open(output) for node in nodes for output in node.outputs):
        return False
    return kind == "tensors" or not _has_open_leaf(nodes)


def _has_open_leaf(nodes: list) -> bool:
    """Whether something is yet to be said of what goes in."""
    return any(_is_open(x) for node in nodes for x in node.operands if not x.is_output)


def _is_open(output: Variable) -> bool:
    """Whether something is not known of an output."""
    return output.shape == UNKNOWN_SHAPE or output.dynamic_axes == UNKNOWN_AXES


def _infer_pass(roots: list[Variable]) -> list:
    nodes = nodes_in_order(roots)
    for node in nodes:
        infer_node(node)
    return nodes
