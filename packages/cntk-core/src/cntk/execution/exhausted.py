"""Out of memory: what wanted how much, what there is, who has most, and a way out."""

from __future__ import annotations

from collections.abc import Iterator

from cntk.counts import with_prefix
from cntk.errors import OutOfMemoryError, describe
from cntk.execution import watch
from cntk.execution.link import Bound
from cntk.execution.plan import Plan
from cntk.execution.usage import arena_bytes, largest, made_bytes
from cntk.layout import Layout
from cntk.memory import free_memory, wanted_memory

_SHOWN = 5


def in_plan(
    error: MemoryError, plan: Plan, layouts: dict[tuple, Layout], entry: Bound | None
) -> OutOfMemoryError:
    """Return the error of a run that got no memory.

    Args:
        error: what was raised.
        plan: the plan; the errors name the user's functions if it still knows them.
        layouts: {dynamic axes: layout} of the run.
        entry: what was running; None: the run's own memory could not be had.
    """
    wanted = wanted_memory(error)
    if entry is None:
        what = "there is no memory for what a minibatch computes"
    else:
        what = f"there is no memory for {_title(entry)}"
    hint = "smaller minibatches; C.debugging.estimate tells what one needs before it runs"
    lines = [f"minibatch {_sizes(layouts)}"] if layouts else []
    return OutOfMemoryError(
        describe(what, *lines, *wanted, *free_memory(), *_users(plan, layouts), hint=hint)
    )


def in_variable(error: MemoryError, variable: object) -> OutOfMemoryError:
    """Return the error of a value, or of data, that got no memory.

    Args:
        error: what was raised.
        variable: the parameter, the input, or the learner's array.
    """
    what = f"there is no memory for {variable}"
    return OutOfMemoryError(describe(what, *wanted_memory(error), *free_memory()))


def _title(entry: Bound) -> str:
    steps = [part.step for part in entry.parts or (entry,) if part.step is not None]
    if not steps:
        return "the rows of an axis that a run makes"
    if len(steps) == 1:
        return watch.title(steps[0])
    return f"one of {len(steps)} steps from {watch.title(steps[0])} to {watch.title(steps[-1])}"


def _sizes(layouts: dict[tuple, Layout]) -> str:
    longest = max(layouts.values(), key=lambda layout: layout.rows)
    return longest.describe()


def _users(plan: Plan, layouts: dict[tuple, Layout]) -> Iterator[str]:
    def rows(axes: tuple) -> int:
        return layouts[axes].rows if axes in layouts else 0

    arena, made = arena_bytes(plan, rows), made_bytes(plan, rows)
    yield f"in all    {with_prefix(arena + made, 'B')} for this minibatch, besides parameters"
    word = "largest"
    for use in largest(plan, rows, _SHOWN):
        yield f"{word:<9} {with_prefix(use.bytes, 'B')}: {use.text}"
        word = ""
