"""Segments: launches that one call runs, and the linker that makes them.

The slots of a run hold arrays; C wants pointers. Each instance of a plan keeps a table of pointers
for each segment, and a run looks only whether a slot still holds the array that it held before.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from cntk.errors import ShapeError
from cntk.execution.link import Bound
from cntk.execution.watch import Recording
from cntk.native.exact import ExactBlock, ExactLaunch
from cntk.native.launch import Launch, Place
from cntk.native.library import ffi, lib
from cntk.shape import shape_text

_SAME_MEMORY = {"set_shape", "align_rank", "shape_as"}  # views of all elements in their order


def link(entries: list[Bound], context) -> list[Bound]:
    """Return the entries with neighbouring launches joined to segments.

    Views of arrays that the plan provides are made before a segment, arrays are let go after it.
    """
    found: list[Bound] = []
    parts: list[Bound] = []
    launches: list[Launch] = []
    views: list[Bound] = []
    released: list[int] = []

    def close() -> None:
        if parts:
            slot = context.new_slot()
            recordings = [part.recording for part in parts]
            segment = Segment(launches[:], views[:], released[:], slot, recordings)
            segment.lets_go(context.fed)
            found.append(Bound(segment, parts=tuple(parts)))
        for collected in (parts, launches, views, released):
            collected.clear()

    for entry in entries:
        if isinstance(entry.launch, Launch):
            parts.append(entry)
            launches.append(entry.launch)
        elif parts and entry.released:
            released.extend(entry.released)
        elif parts and entry.kernel is not None and _is_alias(entry):
            views.append(entry)
        else:
            close()
            found.append(entry)
    close()
    return found


def _is_alias(entry: Bound) -> bool:
    return entry.kernel.view and entry.step.operator.name in _SAME_MEMORY


class Segment:
    """Launches that run one after the other in C.

    Args:
        launches: what runs.
        views: entries that make views of arrays, before.
        released: slots to clear, after.
        slot: the slot that keeps the table of an instance; None: one run, one table.
        recordings: per launch, what wants to know its times.
    """

    def __init__(
        self,
        launches: list[Launch],
        views,
        released,
        slot: int | None,
        recordings: Sequence[Recording | None] = (),
    ) -> None:
        self.launches, self.slot, self.released = launches, slot, released
        self._recordings = recordings
        self.is_timed = any(recording is not None for recording in recordings)
        self.views = [(v.inputs[0], v.outputs[0], v.launch) for v in views]
        entries: dict[Place, int] = {}
        layouts: dict[int, int] = {}
        self._keep: list = []
        count = len(launches)
        self.block = block = ffi().new("launch[]", count)
        known = {place for launch in launches for place in launch.all_places}
        self.size = len(known)  # entries of the table
        self.panels: list[tuple] = []  # (entry of a right matrix, entry of its panels, what it is)
        for i, launch in enumerate(launches):
            at = [entries.setdefault(place, len(entries)) for place in launch.places]
            if launch.panels is not None:
                self.panels.append((at[1], self.size, launch.panels))
                at.append(self.size)
                self.size += 1
            self._fill(block[i], launch, at, layouts)
            if launch.then is not None:
                at = [entries.setdefault(place, len(entries)) for place in launch.then.places]
                block[i].then = then = ffi().new("launch *")
                self._keep.append(then)
                self._fill(then, launch.then, at, layouts)
        self.choosy = [launch for launch in launches if launch.is_choosy]
        exact = [launch for launch in launches if isinstance(launch, ExactLaunch)]
        self.is_exact = bool(exact)
        lent = {place for launch in exact for place in launch.lent}
        self.entries = [(i, place.slot, place) for place, i in entries.items() if place not in lent]
        self.alias: dict[int, int] = {}  # slot of a view -> slot of the array that it shows
        for source, target, _ in self.views:
            self.alias[target] = self.alias.get(source, source)
        self.layouts = [(i, slot) for slot, i in layouts.items()]
        self._checks = {launch.check for launch in launches if launch.check is not None}
        self._fed_entries: list[int] = []
        self._fed_views: list[int] = []

    def _fill(self, block: Any, launch: Launch, at: list[int], layouts: dict[int, int]) -> None:
        """Tell C of a launch whose places are these entries of the table."""
        at_block = ffi().new("int32_t[]", at or 1)
        self._keep.append(at_block)
        block.run, block.share, block.at = launch.kernel, launch.share, at_block
        block.ints, block.floats, block.library = launch.ints, launch.floats, launch.library
        rows = launch.rows
        block.rows = -1 if rows is None else layouts.setdefault(rows, len(layouts))

    def lets_go(self, fed: set[int]) -> None:
        """Note what to forget after each run: pointers to what was fed, in these slots."""
        of = self.alias.get
        self._fed_entries = [i for i, slot, _ in self.entries if of(slot, slot) in fed]
        self._fed_views = [i for i, (source, _, _) in enumerate(self.views)
                           if of(source, source) in fed]  # fmt: skip

    def forget(self, slots: list) -> None:
        """Let go of what was fed: users' arrays live no longer than the run."""
        table = None if self.slot is None else slots[self.slot]
        if table is not None:
            for i in self._fed_entries:
                table.seen[i], table.held[i] = _nothing, None
            for i in self._fed_views:
                table.viewed[i] = table.views[i] = None

    def __call__(self, slots: list) -> None:
        """Run on the arrays in the slots."""
        if self.choosy:
            if not all(launch.serves(slots) for launch in self.choosy):
                self._run_apart(slots)
                return
            for launch in self.choosy:
                launch.prepare(slots)
        table = self.table(slots)
        for i, (source, target, view) in enumerate(self.views):
            array = slots[source]
            if table.viewed[i] is not array:
                view(slots)
                table.viewed[i], table.views[i] = array, slots[target]
            else:
                slots[target] = table.views[i]
        rows = table.rows
        for i, slot in self.layouts:
            rows[i] = slots[slot].rows
        seen = table.seen
        for i, slot, place in self.entries:
            array = slots[slot]
            if array is not seen[i]():
                table.point(i, array, place, slots)
        self.run(table, slots)
        for slot in self.released:
            slots[slot] = None

    def _run_apart(self, slots: list) -> None:
        """Run the launches one by one."""
        for _, _, view in self.views:
            view(slots)
        for launch, recording in zip_longest(self.launches, self._recordings):
            run = launch if recording is None else recording.around(launch)
            run(slots)
        for slot in self.released:
            slots[slot] = None

    def table(self, slots: list) -> _Table:
        """Return the table that belongs to the slots."""
        table = None if self.slot is None else slots[self.slot]
        if table is None:
            table = _Table(self.size, len(self.layouts), len(self.views))
            if self.slot is not None:
                slots[self.slot] = table
        return table

    def run(self, table: _Table, slots: list) -> None:
        """Run on the pointers of a table, which were taken from the slots."""
        block = self.block
        if self.is_exact:
            if table.exact is None:
                table.exact = ExactBlock(self.launches, block)
            table.exact.fit(table, slots)
            block = table.exact.block
        if not self.is_timed:
            lib().run_segment(block, len(self.launches), table.pointers, table.rows)
        else:
            seconds, begin = ffi().new("double[]", len(self.launches)), time.perf_counter()
            lib().time_segment(block, len(self.launches), table.pointers, table.rows, seconds)
            for recording, began, taken in self.recorded(begin, seconds):
                recording.ran(began, taken, slots)
        if table.exact is not None:
            table.exact.let_go()
        self.check()

    def check(self) -> None:
        """Raise if a launch has failed in this thread."""
        for check in self._checks:
            check()

    def recorded(self, begin: float, seconds) -> Iterator[tuple[Recording, float, float]]:
        """Yield (recording, begin, seconds) of launches that ran one after the other."""
        for recording, taken in zip(self._recordings, seconds):
            if recording is not None:
                yield recording, begin, taken
            begin += taken


class _Table:
    """The pointers of one instance."""

    __slots__ = ("exact", "held", "loop", "pointers", "rows", "seen", "viewed", "views")

    def __init__(self, entries: int, layouts: int, views: int) -> None:
        self.pointers = ffi().new("char *[]", max(entries, 1))
        self.rows = ffi().new("int64_t[]", max(layouts, 1))
        self.exact: ExactBlock | None = None
        self.loop: Any = None  # what C is told where the segment is the body of a loop
        self.seen: list[Callable] = [_nothing] * entries  # weakly: what others let go goes
        self.viewed: list[Any] = [None] * views
        self.views: list[Any] = [None] * views
        self.held: list[Any] = [None] * entries

    def point(self, i: int, value, place: Place, slots: list) -> None:
        """Let an entry point to the array in its slot."""
        if (  # the common case first: an array of the plan's own
            type(value) is np.ndarray
            and value.dtype == place.dtype
            and value.flags.c_contiguous
            and place.part is None
            and not place.channels_last
        ):
            _check(value, place, slots)
            self.held[i], self.seen[i] = None, weakref.ref(value)
            self.pointers[i] = ffi().from_buffer(value)
            return
        array = value if place.part is None else getattr(value, place.part)
        if not isinstance(array, np.ndarray) or array.dtype != place.dtype:
            array = np.asarray(array, place.dtype)
        if place.part is None:
            _check(array, place, slots)
        elif place.part == "indptr":
            _check_rows(value, place, slots)
        lent = array is value
        if place.channels_last:
            array = np.moveaxis(array, -len(place.shape), -1)
        if not array.flags.c_contiguous:
            lent = False
            array = np.ascontiguousarray(array)
        self.held[i] = None if lent else array  # alive as long as it is pointed to
        if lent:
            self.seen[i] = weakref.ref(value)
        else:  # a copy must be made anew in each run, for its source may change under it
            self.seen[i] = _nothing if place.part is None else lambda: value
        self.pointers[i] = ffi().cast("char *", array.ctypes.data)


def _nothing() -> None:
    """Stand for a reference to what is not there."""


def _check(array: np.ndarray, place: Place, slots: list) -> None:
    """Refuse an array that is not as large as the kernel was bound for."""
    expected = place.shape if place.rows is None else (slots[place.rows].rows, *place.shape)
    if array.shape != expected:
        raise ShapeError(
            f"an array of shape '{shape_text(array.shape)}' came where a plan has "
            f"'{shape_text(expected)}'"
        )


def _check_rows(sparse, place: Place, slots: list) -> None:
    """Refuse sparse rows that are not as many or as wide as the kernel was bound for."""
    rows = 1 if place.rows is None else slots[place.rows].rows
    if sparse.shape != (rows, place.shape[-1]):
        raise ShapeError(
            f"sparse rows of shape '{shape_text(sparse.shape)}' came where a plan has "
            f"'{shape_text((rows, place.shape[-1]))}'"
        )
