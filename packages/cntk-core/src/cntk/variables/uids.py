"""Labels of variables and Functions that are unique in the process, such as ``Input3``."""

from __future__ import annotations

import itertools

_counter = itertools.count(3)


def next_uid(word: str) -> str:
    """Return a new label such as ``Input3``; one counter serves the whole process."""
    return f"{word}{next(_counter)}"


def skip_uids(count: int) -> None:
    """Leave numbers out that CNTK 2.7 gives to what has no label here."""
    for _ in range(count):
        next(_counter)


def lift_uid_counter(above: int) -> None:
    """Make the next uid larger than a number that a loaded file uses."""
    global _counter
    start = next(_counter)
    _counter = itertools.count(max(start, above + 1))
