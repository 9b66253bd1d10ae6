"""The order of a plan's steps.

Steps stand as they were appended: forward, then backward from the last to the first. What is
computed from leaves alone could run at any time; it waits for its first reader, so that its result
takes no memory meanwhile, and is still in the cache when it is read.
"""

from __future__ import annotations

from collections.abc import Sequence

from cntk.execution.kernels import Kernel
from cntk.execution.symbols import Step, Symbol


def ordered(steps: Sequence[Step], chosen: Sequence[Kernel]) -> tuple[list[Step], list[Kernel]]:
    """Return steps and their kernels in the order in which they run."""
    made = {output.number for step in steps for output in step.all_outputs}
    first_reader: dict[int, int] = {}
    for position, step in enumerate(steps):
        for symbol in _operands(step):
            first_reader.setdefault(symbol.number, position)
    waiting: dict[int, list[int]] = {}
    for position, step in enumerate(steps):
        reader = _first(step, first_reader)
        if reader is not None and _may_wait(step, made):
            waiting.setdefault(reader, []).append(position)
    moved = {position for positions in waiting.values() for position in positions}
    order: list[int] = []
    for position in range(len(steps)):
        order += waiting.get(position, [])
        if position not in moved:
            order.append(position)
    return [steps[i] for i in order], [chosen[i] for i in order]


def _operands(step: Step) -> list[Symbol]:
    """Return all that a step reads, if only for its layout."""
    values = [value for value in step.attributes.values() if isinstance(value, Symbol)]
    return [*step.operands, *values]


def _first(step: Step, first_reader: dict[int, int]) -> int | None:
    """Return the position of the first step that reads a result of this one."""
    readers = [first_reader[o.number] for o in step.all_outputs if o.number in first_reader]
    return min(readers, default=None)


def _may_wait(step: Step, made: set[int]) -> bool:
    """Whether a step reads leaves alone, and nothing but its readers notices when it runs."""
    operator = step.operator
    return (
        operator.is_pure
        and not operator.derives_layout
        and not any(symbol.number in made for symbol in _operands(step))
    )
