"""Memory of a plan: who lives how long, and which buffers may share one place.

Buffers are coloured once, symbolically: a colour's size is the largest of its members' sizes, which
depend on the row counts of a run; the places within the arena are prefix sums, computed per run.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Set as AbstractSet
from itertools import accumulate
from math import prod

import numpy as np

from cntk.execution.symbols import Step, Symbol
from cntk.shape import is_static

_ALIGNMENT = 64
_ARRAYS = ("argument", "cell", "given", "literal")  # kinds of leaves


class _Buffer:
    """Memory of one symbol and of all that are views of it or took it over."""

    __slots__ = ("axes", "bytes_per_row", "color", "first", "last_use", "pinned", "slots")

    def __init__(self, symbol: Symbol, first: int, last_use: int, pinned: bool) -> None:
        self.axes, self.bytes_per_row = symbol.dynamic_axes, _row_bytes(symbol)
        self.first, self.last_use, self.pinned, self.color = first, last_use, pinned, -1
        self.slots: list[tuple[int, Symbol]] = []


class MemoryPlan:
    """Colours, the symbols that lie in each, and what is let go after each step.

    Args:
        colors: per colour, the size expressions [(dynamic axes, bytes per row)] of its members.
        places: [(slot, symbol, colour)].
        released_after: step index -> slots of arrays that nobody reads any more.
    """

    def __init__(self, colors, places, released_after) -> None:
        self.colors: list[list[tuple[tuple, int]]] = colors
        self.places: list[tuple[int, Symbol, int]] = places
        self.released_after: dict[int, list[int]] = released_after
        # hashing axes takes longer than all else that placing does
        self._axes = list(dict.fromkeys(
            [symbol.dynamic_axes for _, symbol, _ in places]
            + [axes for color in colors for axes, _ in color]
        ))  # fmt: skip
        index_of = {axes: i for i, axes in enumerate(self._axes)}
        self._axes_of = {slot: index_of[symbol.dynamic_axes] for slot, symbol, _ in places}
        self._sizes = [[(index_of[axes], size) for axes, size in color] for color in colors]
        # symbols serve several plans; this one's choice is kept here
        self._channels_last = {slot for slot, symbol, _ in places if symbol.channels_last}

    def split_off(self, derived: set[tuple]) -> None:
        """Keep places on axes whose layouts are made during the run out of the arena."""
        self._later = [place for place in self.places if place[1].dynamic_axes in derived]
        self.places = [place for place in self.places if place[1].dynamic_axes not in derived]
        self._derived = derived

    def derived(self, axes: tuple, rows: int) -> list[tuple[int, np.ndarray]]:
        """Return (slot, new array) pairs for the places on an axis; a colour is one array."""
        found, by_color = [], {}
        for slot, symbol, color in self._later:
            if symbol.dynamic_axes == axes:
                if color not in by_color:
                    size = self._color_bytes(self.colors[color], {axes: rows})
                    by_color[color] = np.empty(size, np.uint8)
                shape, last = (rows, *symbol.shape), slot in self._channels_last
                found.append((slot, self._array(by_color[color], 0, shape, symbol, last)))
        return found

    def size(self, rows: dict[tuple, int]) -> int:
        """Return the bytes of the arena for given row counts."""
        return sum(self._rounded_sizes(self._counts(rows))) + _ALIGNMENT

    def _counts(self, rows: dict[tuple, int]) -> list[int]:
        """Return the rows on each of the dynamic axes; 1 without axes."""
        return [rows.get(axes, 0) if axes else 1 for axes in self._axes]

    def _rounded_sizes(self, counts: list[int]) -> list[int]:
        """Return the bytes of each colour, with what aligns the next one."""
        return [
            -(-max([counts[i] * size for i, size in color]) // _ALIGNMENT) * _ALIGNMENT
            for color in self._sizes
        ]

    def _color_bytes(self, color, rows: dict[tuple, int]) -> int:
        return max(per_row * (rows.get(axes, 0) if axes else 1) for axes, per_row in color)

    def views(self, raw: np.ndarray, rows: dict[tuple, int]) -> list[tuple[int, np.ndarray]]:
        """Return (slot, array) pairs that lie in an arena of at least :meth:`size` bytes."""
        counts, axes_of, last = self._counts(rows), self._axes_of, self._channels_last
        sizes = self._rounded_sizes(counts)
        starts = list(accumulate(sizes, initial=-raw.ctypes.data % _ALIGNMENT))
        result = []
        for slot, symbol, color in self.places:
            shape = tuple(symbol.shape)
            if symbol.dynamic_axes:
                shape = (counts[axes_of[slot]], *shape)
            if slot in last:
                array = self._array(raw, starts[color], shape, symbol, True)
            else:
                array = np.ndarray(shape, symbol._dtype, raw, starts[color])
            result.append((slot, array))
        return result

    @staticmethod
    def _array(raw, start: int, shape: tuple, symbol: Symbol, channels_last: bool) -> np.ndarray:
        """Return an array of a logical shape, whatever its order in memory."""
        if not channels_last:
            return np.ndarray(shape, symbol._dtype, raw, start)
        axis = int(symbol.has_rows)
        turned = (*shape[:axis], *shape[axis + 1 :], shape[axis])
        return np.moveaxis(np.ndarray(turned, symbol._dtype, raw, start), -1, axis)


def _row_bytes(symbol: Symbol) -> int:
    return prod(symbol.shape) * symbol._dtype.itemsize


def provides(step: Step, kernel) -> bool:
    """Whether the plan provides the arrays that a step's outputs are written to."""
    outputs = step.all_outputs
    return kernel.writes and all(is_static(x.shape) and x._dtype.kind != "O" for x in outputs)


def written_directly(steps, chosen, effects, leaves, outputs) -> set[int]:
    """Return the symbols of effects that may be computed right in the memory of their cell.

    That holds where nobody reads the cell later than the step that writes it, and that step may
    write over the operand.
    """
    last = last_uses(steps, chosen)
    step_of = {output.number: i for i, step in enumerate(steps) for output in step.all_outputs}
    cell_of = {id(leaf.payload): symbol for leaf, symbol, _ in leaves if leaf.kind == "cell"}
    fetched = {symbol.number for symbol in outputs}
    written: set[int] = set()
    for effect in effects:
        value, cell = effect.value, cell_of.get(id(effect.stored))
        i = step_of.get(value.number)
        if i is None or value.number in fetched or value.number in written:
            continue
        step, kernel = steps[i], chosen[i]
        if not provides(step, kernel) or value.shape != effect.stored._shape:
            continue
        if cell is not None and last.get(cell.number, -1) > i:
            continue
        positions = [p for p, x in enumerate(step.operands) if cell is not None
                     and x.number == cell.number]  # fmt: skip
        if all(p in kernel.in_place for p in positions):
            written.add(value.number)
    return written


def shown_leaves(steps, chosen, leaves, outputs) -> list[Symbol]:
    """Return the outputs that may lie in the memory of a leaf, such as data fed, or a cell."""
    numbers = {symbol.number for leaf, symbol, _ in leaves if leaf.kind in _ARRAYS}
    for step, kernel in zip(steps, chosen):
        if kernel.view and any(x.number in numbers for x in step.operands):
            numbers.update(output.number for output in step.all_outputs)
    return list({x.number: x for x in outputs if x.number in numbers}.values())


def placed_directly(steps, chosen, outputs) -> set[int]:
    """Return the outputs that their steps may write into arrays of the caller."""
    fetched = {symbol.number for symbol in outputs}
    return {
        output.number
        for step, kernel in zip(steps, chosen)
        if provides(step, kernel)
        for output in step.all_outputs
        if output.number in fetched
    }


def assign_memory(
    steps: list[Step], chosen: list, pinned, context, direct: AbstractSet[int] = frozenset()
) -> MemoryPlan:
    """Return which buffers share memory, and when arrays are let go.

    Args:
        steps: the steps in order.
        chosen: their kernels.
        pinned: symbols that must stay until the run is over.
        context: gives the slots.
        direct: symbols that lie in the memory of a cell.
    """
    last_use = last_uses(steps, chosen)
    pinned_numbers = {symbol.number for symbol in pinned}
    buffers = _buffers(steps, chosen, last_use, pinned_numbers, context, direct)
    colors, places = _color(buffers, len(steps))
    released = _releases(steps, chosen, last_use, pinned_numbers, context)
    return MemoryPlan(colors, places, released)


def last_uses(steps, chosen) -> dict[int, int]:
    """Return symbol number -> index of the last step that reads it, views counted."""
    last: dict[int, int] = {}
    for i, (step, kernel) in enumerate(zip(steps, chosen)):
        read = range(len(step.operands)) if kernel.reads is None else kernel.reads
        for position in read:
            last[step.operands[position].number] = i
        for output in step.all_outputs:
            last.setdefault(output.number, i)
    for i in range(len(steps) - 1, -1, -1):
        step, kernel = steps[i], chosen[i]
        if kernel.view:
            until = max(last[output.number] for output in step.all_outputs)
            read = range(len(step.operands)) if kernel.reads is None else kernel.reads
            if 0 in read:
                number = step.operands[0].number
                last[number] = max(last.get(number, i), until)
    return last


def _buffers(steps, chosen, last_use, pinned, context, direct) -> dict[int, _Buffer]:
    """Return symbol number -> buffer for outputs whose memory the plan provides."""
    buffers: dict[int, _Buffer] = {}
    viewed = _pins_through_views(steps, chosen, pinned)
    for i, (step, kernel) in enumerate(zip(steps, chosen)):
        if not provides(step, kernel):
            continue
        for output in step.all_outputs:
            if output.number in direct:
                continue
            keep = output.number in viewed
            taken = None if keep else _taken_over(i, step, kernel, output, buffers, last_use)
            if any(taken is buffers.get(other.number) for other in step.all_outputs):
                taken = None  # by another result of this step, which nobody may read
            buffer = taken or _Buffer(output, i, last_use[output.number], keep)
            buffer.last_use = max(buffer.last_use, last_use[output.number])
            buffer.pinned = buffer.pinned or keep
            buffer.slots.append((context.slot(output), output))
            buffers[output.number] = buffer
    return buffers


def _pins_through_views(steps, chosen, pinned: set[int]) -> set[int]:
    """Return the pinned symbols, and those that a pinned one may be a view of."""
    result = set(pinned)
    for step, kernel in zip(reversed(steps), reversed(chosen)):
        if kernel.view and any(output.number in result for output in step.all_outputs):
            result.add(step.operands[0].number)
    return result


def _taken_over(i, step, kernel, output, buffers, last_use) -> _Buffer | None:
    """Return the buffer of an operand that dies here and that the output may be written to."""
    for position in kernel.in_place:
        operand = step.operands[position]
        buffer = buffers.get(operand.number)
        if (
            buffer is not None
            and not buffer.pinned
            and buffer.last_use == i
            and operand.shape == output.shape
            and operand.dynamic_axes == output.dynamic_axes
            and operand._dtype == output._dtype
            and operand.channels_last == output.channels_last
            and sum(x.number == operand.number for x in step.operands) == 1
        ):
            return buffer
    return None


def _color(buffers: dict[int, _Buffer], end: int) -> tuple[list, list]:
    """Give each buffer a colour; buffers of one colour are never alive together.

    The largest come first, so that a colour is as large as its first buffer, and smaller ones are
    put where it is free. Of several colours, the one that was let go last is taken: its memory may
    still be in caches.

    Reference: Pisarchyk, Lee, "Efficient memory management for deep neural net inference", 2020,
    algorithm 2.
    """
    distinct = list({id(buffer): buffer for buffer in buffers.values()}.values())
    colors: list[_Color] = []
    of_axes: dict[tuple, list[_Color]] = {}
    for buffer in sorted(distinct, key=lambda buffer: (-buffer.bytes_per_row, buffer.first)):
        last = end if buffer.pinned else buffer.last_use
        known = of_axes.setdefault(buffer.axes, [])
        free = [color for color in known if color.is_free(buffer.first, last)]
        if free:
            color = max(free, key=lambda color: color.idle_since(buffer.first))
        else:
            color = _Color(len(colors), (buffer.axes, buffer.bytes_per_row))
            colors.append(color)
            known.append(color)
        color.take(buffer.first, last)
        buffer.color = color.number
    places = [(slot, symbol, buffer.color) for buffer in distinct for slot, symbol in buffer.slots]
    return [[color.size] for color in colors], places


class _Color:
    """Memory that buffers share in turn.

    Args:
        number: which one it is.
        size: (dynamic axes, bytes per row).
    """

    __slots__ = ("_begins", "_ends", "number", "size")

    def __init__(self, number: int, size: tuple[tuple, int]) -> None:
        self.number, self.size = number, size
        self._begins: list[int] = []  # of the times when it is in use, in order
        self._ends: list[int] = []

    def is_free(self, first: int, last: int) -> bool:
        """Whether nobody uses it from one step to another, both counted."""
        at = bisect_right(self._begins, last)
        return at == 0 or self._ends[at - 1] < first

    def idle_since(self, step: int) -> int:
        """Return the last step before one that used it; -1: there is none."""
        at = bisect_left(self._begins, step)
        return self._ends[at - 1] if at else -1

    def take(self, first: int, last: int) -> None:
        """Use it from one step to another."""
        at = bisect_left(self._begins, first)
        self._begins.insert(at, first)
        self._ends.insert(at, last)


def _releases(steps, chosen, last_use, pinned: set[int], context) -> dict[int, list[int]]:
    """Return step index -> slots of arrays that a step allocated and nobody needs any more."""
    released: dict[int, list[int]] = {}
    for step, kernel in zip(steps, chosen):
        if provides(step, kernel):
            continue
        for output in step.all_outputs:
            if output.number not in pinned:
                released.setdefault(last_use[output.number], []).append(context.slot(output))
    return released
