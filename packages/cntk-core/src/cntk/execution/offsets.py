"""Where random nodes draw: runs of training go on, evaluation changes nothing for them.

A node's ``rng_offset`` counts the numbers that training has drawn; it is part of the model, is
written into files, and all plans share it. Evaluation begins at the same place and goes on by a
count of its own, so that each evaluation draws anew, and yet training draws what it would have
drawn without. Numbers are taken when a run begins, so that runs of two threads differ; a run that
fails gives them back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from cntk.execution.symbols import Symbol
from cntk.layout import Layout

_lock = threading.Lock()
_FREE_AXIS = 1 << 16  # numbers kept for an axis whose size only the run shows
_RANGE = 1 << 64
_EVALUATED = "_drawn_in_evaluation"


class Draw:
    """The numbers that one run takes from one node.

    Args:
        node: the random node.
        symbol: what it draws.
        training: whether the run is one of training.
    """

    def __init__(self, node, symbol: Symbol, training: bool) -> None:
        self._node, self._symbol, self._training = node, symbol, training
        self._before = self._after = 0

    def take(self, layouts: dict) -> int:
        """Take numbers for the rows that are known, and return where they begin."""
        with _lock:
            offset, evaluated = position_of(self._node)
            self._before = offset if self._training else evaluated
            self._advance(layouts.get(self._symbol.dynamic_axes))
        return offset if self._training else (offset + evaluated) % _RANGE

    def settle(self, layout_of: Callable[[tuple], Layout | None]) -> None:
        """Take the numbers of rows whose layout was made in the run."""
        if self._after == self._before:
            with _lock:
                self._advance(layout_of(self._symbol.dynamic_axes))

    def take_back(self) -> None:
        """Undo, unless another run has taken numbers since."""
        with _lock:
            if self._taken() == self._after:
                self._write(self._before)

    def _advance(self, layout: Layout | None) -> None:
        if self._symbol.dynamic_axes and layout is None:
            rows = 0  # known when the run has made them
        else:
            rows = 1 if layout is None else layout.rows
        count = rows
        for size in self._symbol.shape:
            count *= size if size >= 0 else _FREE_AXIS
        self._after = (self._before + count) % _RANGE
        self._write(self._after)

    def _taken(self) -> int:
        return position_of(self._node)[0 if self._training else 1]

    def _write(self, count: int) -> None:
        offset, evaluated = position_of(self._node)
        move_to(self._node, (count, evaluated) if self._training else (offset, count))


def take_back(drawn: list[Draw]) -> None:
    """Let random nodes stand where they stood before a run, which is not to count; empties a list.

    Args:
        drawn: what the run has drawn.
    """
    while drawn:
        drawn[-1].take_back()
        drawn.pop()


def position_of(node) -> tuple[int, int]:
    """Return how many numbers a node has drawn in training, and since it was made in evaluation."""
    return node.arguments_by_name["rng_offset"], node.__dict__.get(_EVALUATED, 0)


def move_to(node, position: tuple[int, int]) -> None:
    """Let a node go on from a position that :func:`position_of` gave."""
    node.arguments_by_name["rng_offset"], node.__dict__[_EVALUATED] = position
