"""Launches: one piece of work in C, described in Python."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from cntk.native.library import ffi, kernel, shared_kernel


class Place(NamedTuple):
    """What an entry of a table of pointers is: (part of) the array in a slot.

    ``slot``: the slot; ``shape``, ``dtype``: what its array must be; ``has_rows``: whether rows
    come before that shape; ``rows``: the slot of their layout; ``part``: the name of an attribute
    of what is in the slot, e.g. ``indices`` of sparse rows; ``channels_last``: whether the first
    axis of the shape varies fastest in memory.
    """

    slot: int
    shape: tuple[int, ...]
    dtype: np.dtype
    rows: int | None
    part: str | None = None
    channels_last: bool = False


def place(symbol, slot: int, context) -> Place:
    """Return the place of a symbol's array."""
    rows, last = context.layout_slot(symbol), symbol.channels_last
    return Place(slot, tuple(symbol.shape), symbol._dtype, rows, None, last)


def sparse_places(symbol, slot: int, context) -> list[Place]:
    """Return the places of the values, columns and row pointers of sparse rows."""
    rows, whole = context.layout_slot(symbol), np.dtype(np.int64)
    return [
        Place(slot, tuple(symbol.shape), symbol._dtype, rows, "data"),
        Place(slot, tuple(symbol.shape), whole, rows, "indices"),
        Place(slot, tuple(symbol.shape), whole, rows, "indptr"),
    ]


class Launch:
    """A kernel in C with all that is fixed when a plan is bound.

    It may be called with the slots, as any launch; a segment runs many of them in one call.

    Args:
        name: the kernel's name.
        places: its operands and results, in the order that the kernel's file says.
        ints, floats: its other arguments.
        rows: slot of the layout whose rows it counts; None without rows.
        panels: (k, columns, whether turned) of a right matrix, the second place, that a loop may
            put into panels, whose memory is one more entry of the table; k is None where it counts
            rows.

    Attributes:
        then: the launch of a chain that the kernel goes on with, part by part; None: it ends.
        check: raises if a launch of this kind has failed in this thread; None: none can fail.
        is_choosy: whether it serves some runs only, which :meth:`serves` says.
    """

    check: Callable[[], None] | None = None
    is_choosy = False

    def __init__(
        self, name: str, places: list[Place], ints=(), floats=(), rows=None, panels=None
    ) -> None:
        self.name, self.places, self.rows, self.panels = name, places, rows, panels
        self.ints = ffi().new("int64_t[]", [int(n) for n in ints] or 1)
        self.floats = ffi().new("double[]", [float(x) for x in floats] or 1)
        self.kernel, self.share = kernel(name), shared_kernel(name)
        self.library: Any = ffi().NULL
        self.then: Launch | None = None
        self._alone: Any = None

    @property
    def all_places(self) -> list[Place]:
        """Its places, and those of the chain that it goes on with."""
        return self.places if self.then is None else [*self.places, *self.then.places]

    def serves(self, slots: list) -> bool:
        """Whether it can run; if not, it is called by itself, and does in Python what it is for."""
        return True

    def prepare(self, slots: list) -> None:
        """Do what has to be done in Python before it runs in C."""

    def __call__(self, slots: list) -> None:
        """Run alone."""
        from cntk.native.segment import Segment

        if self._alone is None:
            self._alone = Segment([self], [], [], None)
        self._alone(slots)


def elements(place: Place) -> int:
    """Return how many elements each row of a place has."""
    return math.prod(place.shape)
