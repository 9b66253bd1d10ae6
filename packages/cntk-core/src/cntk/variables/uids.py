"""Labels of variables and Functions: unique ones, such as ``Input3``, and names given by users."""

from __future__ import annotations

import itertools

_counter = itertools.count(3)


def next_uid(word: str) -> str:
    """Return a new label such as ``Input3``; one counter serves the whole process."""
    return f"{word}{next(_counter)}"


def checked_name(name: str | None, what: str = "name") -> str:
    """Return a name that a user gives, or '' for none; raise TypeError if it is no string."""
    if not isinstance(name or "", str):
        raise TypeError(f"{what} must be a str, not {type(name).__name__} {name!r:.60}")
    return name or ""


def skip_uids(count: int) -> None:
    """Leave numbers out that CNTK 2.7 gives to what has no label here."""
    for _ in range(count):
        next(_counter)


def lift_uid_counter(above: int) -> None:
    """Make the next uid larger than a number that a loaded file uses."""
    global _counter
    start = next(_counter)
    _counter = itertools.count(max(start, above + 1))
