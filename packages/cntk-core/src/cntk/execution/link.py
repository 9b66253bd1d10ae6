"""Linking: the bound steps of a plan become what its runs call, one after the other.

A backend's linker may put several entries into one, e.g. those that run without Python between
them. Entries that it does not know stay as they are. Where timers watch, entries have recordings;
a linker that puts entries together tells their recordings how long each of them took.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import cntk.plugins as plugins
from cntk.execution.watch import Recording


class Bound(NamedTuple):
    """One entry of a bound plan.

    ``launch``: function of the slots; what it keeps of arrays in them it lets go of in its method
    ``forget(slots)``, if it has one; ``step``, ``kernel``: what it computes, and how (None for
    entries of the plan itself); ``inputs``, ``outputs``: slots of the step's arrays;
    ``released``: slots that the entry only clears; ``recording``: what wants to know its times;
    ``parts``: the entries with steps that a linker has put into it.
    """

    launch: Callable
    step: Any = None
    kernel: Any = None
    inputs: Sequence[int] = ()
    outputs: Sequence[int] = ()
    released: Sequence[int] = ()
    recording: Recording | None = None
    parts: Sequence[Bound] = ()


def linked(entries: list[Bound], context) -> list[Bound]:
    """Return the entries that runs call.

    Args:
        entries: the entries in order.
        context: gives slots.
    """
    for linker in plugins.linkers():
        entries = linker(entries, context)
    return [
        entry
        if entry.recording is None
        else entry._replace(launch=entry.recording.around(entry.launch))
        for entry in entries
    ]
