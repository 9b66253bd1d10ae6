"""Launches whose library objects have the count of rows baked in, and the blocks that hold them."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from cntk.errors import ExecutionError
from cntk.execution.threads import one_thread
from cntk.native.launch import Launch, Place, elements
from cntk.native.library import ffi, lent_threads, lib
from cntk.native.onednn.prepared import Fitted, Prepared, fitted
from cntk.native.onednn.sequence import Recipe, Workplace

_KEPT = 8  # combinations of row counts per block


def check() -> None:
    """Raise for a primitive that failed.

    Raises:
        ExecutionError: one did in this thread.
    """
    status = lib().onednn_failure()
    if status:
        raise ExecutionError(f"oneDNN failed to execute a primitive: status {status}.")


class ExactLaunch(Launch):
    """A launch of oneDNN's primitives; the last of its places is the result.

    Args:
        places: its operands and its result.
        recipe: what it computes, for any count of rows.
        rows: slot of the layout whose rows it counts; None without rows.
        versions: {position of a place: slot of the version of what is there}; such an operand is
            put into the order of a primitive only when it has changed.
    """

    check = staticmethod(check)

    def __init__(
        self,
        places: list[Place],
        recipe: Recipe,
        rows: int | None,
        versions: dict[int, int] | None = None,
    ) -> None:
        result = places[-1]
        empty = elements(result) * result.dtype.itemsize if result.rows is None else 0
        super().__init__("onednn_execute", places, [len(places) - 1, empty], rows=rows)
        self.recipe, self.versions = recipe, versions or {}


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
        self._known: OrderedDict[tuple, list[Fitted | None]] = OrderedDict()
        self._prepared: dict[int, list[Prepared]] = {}  # by number of the launch
        self._changing: list[tuple[int, Prepared, int]] = []
        self._threads = 0

    def fit(self, table: Any, slots: list) -> None:
        """Take the objects for the counts of rows of a run, and prepare operands that changed.

        Args:
            table: the table, with pointers and counts of rows.
            slots: the slots of the run.
        """
        counts, threads = tuple(table.rows), one_thread.count_of_products
        if counts != self._fitted or threads != self._threads:
            self._fit(counts, threads)
        for i, prepared, slot in self._changing:
            version = slots[slot]
            if prepared.version != version:
                self._prepare(i, prepared, table)
                prepared.version = version

    def _fit(self, counts: tuple, threads: int) -> None:
        self._fitted = None
        if threads != self._threads:  # objects have that inside, too
            self._known.clear()
            self._prepared.clear()
            self._threads = threads
        found = self._known.get(counts)
        if found is None:
            found = self._known[counts] = [
                self._sequence(i, launch, counts) for i, launch in self._exact
            ]
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(counts)
        self._changing = []
        for (i, launch), one in zip(self._exact, found):
            self.block[i].library = ffi().NULL if one is None else one.sequence.pointer
            for prepared in () if one is None else one.prepared:
                self._changing.append((i, prepared, launch.versions[prepared.position]))
        self._fitted = counts

    def _sequence(self, i: int, launch: ExactLaunch, counts: tuple) -> Fitted | None:
        at = self.block[i].rows
        count = 1 if at < 0 else counts[at]
        if not count:
            return None
        with lent_threads():
            if not launch.versions:  # launches of equal recipes share what executes them
                return Fitted(self._workplace.sequence(launch.recipe, count), [])
            known = self._prepared.setdefault(i, [])
            return fitted(launch.recipe.calls(count), known, launch.versions, self._workplace)

    def _prepare(self, i: int, prepared: Prepared, table: Any) -> None:
        """Copy an operand of a launch."""
        one = ffi().new("launch *", self.block[i])
        one.library = prepared.sequence.pointer
        lib().run_segment(one, 1, table.pointers, table.rows)
        check()
