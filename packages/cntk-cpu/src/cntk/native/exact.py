"""Launches whose library objects have the count of rows baked in, and the blocks that hold them."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from typing import Any

import numpy as np

from cntk.cell import Cell
from cntk.errors import ExecutionError, OutOfMemoryError
from cntk.execution.threads import one_thread
from cntk.native.launch import Launch, Place, elements
from cntk.native.library import ffi, lent_threads, lib
from cntk.native.onednn.interface import OUT_OF_MEMORY
from cntk.native.onednn.sequence import CallSequence, Recipe, Workplace
from cntk.orders import Order

_KEPT = 8  # combinations of row counts per block
_MUCH = 1 << 20  # bytes; a heap that has let go of fewer is left alone


def check() -> None:
    """Raise for a primitive that failed.

    Raises:
        ExecutionError: one did in this thread.
        MemoryError: for want of memory.
    """
    status = lib().onednn_failure()
    if status == OUT_OF_MEMORY:
        raise OutOfMemoryError("oneDNN failed to execute a primitive: out of memory.")
    if status:
        raise ExecutionError(f"oneDNN failed to execute a primitive: status {status}.")


class ExactLaunch(Launch):
    """A launch of oneDNN's primitives; the last of its places is the result.

    Args:
        places: its operands and its result; the slots of lent operands hold cells.
        recipe: what it computes, for any count of rows.
        rows: slot of the layout whose rows it counts; None without rows.
    """

    check = staticmethod(check)

    def __init__(self, places: list[Place], recipe: Recipe, rows: int | None) -> None:
        result = places[-1]
        empty = elements(result) * result.dtype.itemsize if result.rows is None else 0
        super().__init__("onednn_execute", places, [len(places) - 1, empty], rows=rows)
        self.recipe = recipe

    @property
    def lent(self) -> list[Place]:
        """The places of what it reads from cells."""
        return [self.places[position] for position in self.recipe.lent]


class _Lent:
    """An operand that a launch reads from a cell, in an order that depends on the count of rows."""

    def __init__(self, at: int, place: Place, order: Order | None) -> None:
        self.at, self.place, self.order = at, place, order
        self._seen: Any = None  # weakly, for the cell decides how long memory lives

    def point(self, table: Any, cell: Cell) -> Any:
        """Let the table point to the operand; return what must live as long as that is read."""
        memory = cell.read_in(self.order, self.place.shape, self.place.dtype)
        if self._seen is None or self._seen() is not memory:
            array = np.ascontiguousarray(memory)
            table.pointers[self.at] = ffi().cast("char *", array.ctypes.data)
            self._seen = weakref.ref(memory) if array is memory else None
            if array.nbytes >= _MUCH:  # what it was before is free now
                lib().give_memory_back()
            return array
        return memory


class ExactBlock:
    """A segment's launches for one table, with the objects that fit the rows of its runs.

    Args:
        launches: what the segment runs.
        block: its launches in C.
    """

    def __init__(self, launches: list[Launch], block: Any) -> None:
        self._exact = [(i, x) for i, x in enumerate(launches) if isinstance(x, ExactLaunch)]
        self.block = ffi().new("launch[]", len(launches))
        ffi().memmove(self.block, block, ffi().sizeof(block))
        self._workplace = Workplace()
        self._fitted: tuple | None = None
        self._known: OrderedDict[tuple, list[CallSequence | None]] = OrderedDict()
        self._lent: list[_Lent] = []
        self._read: list[Any] = []
        self._threads = 0

    def fit(self, table: Any, slots: list) -> None:
        """Take the objects for the counts of rows of a run, and read from cells.

        Args:
            table: the table, with pointers and counts of rows.
            slots: the slots of the run.
        """
        counts, threads = tuple(table.rows), one_thread.count_of_products
        if counts != self._fitted or threads != self._threads:
            self._fit(counts, threads)
        self._read = [lent.point(table, slots[lent.place.slot]) for lent in self._lent]

    def let_go(self) -> None:
        """Hold no longer what a run has read from cells."""
        self._read = []

    def _fit(self, counts: tuple, threads: int) -> None:
        self._fitted = None
        if threads != self._threads:  # objects have that inside, too
            self._known.clear()
            self._threads = threads
        found = self._known.get(counts)
        if found is None:
            found = self._known[counts] = [
                self._sequence(launch, self._count(i, counts)) for i, launch in self._exact
            ]
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(counts)
        self._lent = []
        for (i, launch), sequence in zip(self._exact, found):
            self.block[i].library = ffi().NULL if sequence is None else sequence.pointer
            if sequence is not None and launch.lent:
                orders = launch.recipe.orders(self._count(i, counts))
                at = [self.block[i].at[position] for position in launch.recipe.lent]
                self._lent.extend(map(_Lent, at, launch.lent, orders))
        self._fitted = counts

    def _count(self, i: int, counts: tuple) -> int:
        """Return how many rows a launch has."""
        at = self.block[i].rows
        return 1 if at < 0 else counts[at]

    def _sequence(self, launch: ExactLaunch, count: int) -> CallSequence | None:
        if not count:
            return None
        with lent_threads():
            return self._workplace.sequence(launch.recipe, count)
