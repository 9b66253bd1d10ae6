"""What the memory of a plan is for: by arrays, for given counts of rows, without running it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from cntk.axis import Axis
from cntk.execution import watch
from cntk.execution.passes.memory import last_uses, provides
from cntk.execution.plan import Plan
from cntk.execution.symbols import Step, Symbol
from cntk.shape import shape_text
from cntk.sparse import DENSE, Storage

Rows = Callable[[tuple[Axis, ...]], int]

_INDEX_BYTES = 8


class Use(NamedTuple):
    """``bytes``: how many; ``text``: which array of which operator it is."""

    bytes: int
    text: str


def arena_bytes(plan: Plan, rows: Rows) -> int:
    """Return the size of the memory that a run of a plan has its arrays in.

    Args:
        plan: the plan.
        rows: function of dynamic axes that returns how many rows data with them have.
    """
    axes = {key for color in plan.memory.colors for key, _ in color}
    return plan.memory.size({key: rows(key) for key in axes})


def made_bytes(plan: Plan, rows: Rows) -> int:
    """Return the most memory that results of steps take at one time which are not in the arena.

    Those are results of kernels that make their own arrays, and sparse ones, taken to have one
    element, or touch one row, for each row of data.

    Args:
        plan: the plan.
        rows: function of dynamic axes that returns how many rows data with them have.
    """
    last = last_uses(plan.steps, plan.kernels)
    kept = {symbol.number for symbol in (*plan.outputs, *(e.value for e in plan.effects))}
    ends: dict[int, int] = {}  # step -> bytes that nobody needs after it
    held = most = 0
    for i, (step, kernel) in enumerate(zip(plan.steps, plan.kernels)):
        if not provides(step, kernel) and not kernel.view:
            for output in step.all_outputs:
                size = bytes_of(output, rows)
                held += size
                if output.number not in kept:
                    end = last[output.number]
                    ends[end] = ends.get(end, 0) + size
        most = max(most, held)
        held -= ends.pop(i, 0)
    return most


def largest(plan: Plan, rows: Rows, count: int) -> list[Use]:
    """Return the largest arrays of a plan, the largest first; of those in one place, one.

    Args:
        plan: the plan.
        rows: function of dynamic axes that returns how many rows data with them have.
        count: how many.
    """
    in_place: dict[int, Use] = {}
    color_of = {symbol.number: color for _, symbol, color in plan.memory.places}
    for step, output in _results(plan):
        place = color_of.get(output.number, -output.number)
        use = Use(bytes_of(output, rows), _text(step, output, rows))
        if place not in in_place or use.bytes > in_place[place].bytes:
            in_place[place] = use
    return sorted(in_place.values(), key=lambda use: -use.bytes)[:count]


def _results(plan: Plan) -> Iterator[tuple[Step, Symbol]]:
    for step, kernel in zip(plan.steps, plan.kernels):
        if not kernel.view:
            for output in step.all_outputs:
                yield step, output


def bytes_of(symbol: Symbol, rows: Rows) -> int:
    """Return the memory of a symbol's array; sizes that only a run shows count as 1.

    Args:
        symbol: the symbol.
        rows: function of dynamic axes that returns how many rows data with them have.
    """
    count = rows(symbol.dynamic_axes) if symbol.has_rows else 1
    if symbol.storage is Storage.CSR:
        return count * (symbol._dtype.itemsize + 2 * _INDEX_BYTES)
    sizes = [max(size, 1) for size in symbol.shape]
    if symbol.storage is Storage.ROWS:
        operands = symbol.source.operands if isinstance(symbol.source, Step) else ()
        touched = max((rows(x.dynamic_axes) for x in operands if x.has_rows), default=sizes[0])
        sizes[0] = min(sizes[0], touched)
    return count * math.prod(sizes) * symbol._dtype.itemsize


def _text(step: Step, symbol: Symbol, rows: Rows) -> str:
    count = f"{rows(symbol.dynamic_axes):,} rows of " if symbol.has_rows else ""
    kind = "" if symbol.storage is DENSE else f"{symbol.storage.value} "
    shape = shape_text(symbol.shape)
    return f"{count}{shape} {kind}{symbol._dtype.name}, {watch.title(step)}"
