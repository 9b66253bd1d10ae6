"""Text from files for a terminal: no control characters, no end of length."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 80


def plain(text: object) -> str:
    """Return a text from a file as it can be shown.

    >>> plain("a\\x1b[31m")
    'a\\\\x1b[31m'
    """
    shown = str(text)
    if not shown.isprintable():
        shown = shown.encode("unicode_escape").decode("ascii")
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 3] + "..."


def columns(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Return rows as lines, indented, their columns aligned."""
    listed = list(rows)
    widths = [max(map(len, column)) for column in zip(*listed)]
    return [
        "  " + "  ".join(cell.ljust(w) for cell, w in zip(row, widths)).rstrip() for row in listed
    ]


def counted(number: int, noun: str) -> str:
    """Return ``1 array`` or ``2 arrays``."""
    ending = "es" if noun.endswith("ch") else "s"
    return f"{number:,} {noun}{'' if number == 1 else ending}"
