"""Linking: the bound steps of a plan become what its runs call, one after the other.

A backend's linker may put several entries into one, e.g. those that run without Python between
them. Entries that it does not know stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import cntk.plugins as plugins


class Bound(NamedTuple):
    """One entry of a bound plan.

    ``launch``: function of the slots; ``step``, ``kernel``: what it computes, and how (None for
    entries of the plan itself); ``inputs``, ``outputs``: slots of the step's arrays;
    ``released``: slots that the entry only clears.
    """

    launch: Callable
    step: Any = None
    kernel: Any = None
    inputs: Sequence[int] = ()
    outputs: Sequence[int] = ()
    released: Sequence[int] = ()


def linked(entries: list[Bound], context) -> list[Callable]:
    """Return what runs call.

    Args:
        entries: the entries in order.
        context: gives slots.
    """
    for linker in plugins.linkers():
        entries = linker(entries, context)
    return [entry.launch for entry in entries]
