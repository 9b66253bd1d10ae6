"""How much the toolkit says of what it does."""

from __future__ import annotations

import operator
from enum import Enum


class TraceLevel(Enum):
    """Errors only, warnings too, or information too.

    >>> TraceLevel.Warning.value
    1
    """

    Error = 0
    Warning = 1
    Info = 2


_level = [TraceLevel.Warning.value]


def get_trace_level() -> int:
    """Return the level as a number; 1, warnings, unless it was set.

    >>> C.logging.get_trace_level()
    1
    """
    return _level[0]


def set_trace_level(value: TraceLevel | int) -> None:
    """Set the level for the whole process.

    Args:
        value: a TraceLevel, or its number.

    Raises:
        TypeError: ``value`` is something else.

    >>> set_trace_level(TraceLevel.Info)
    >>> get_trace_level()
    2
    >>> set_trace_level(TraceLevel.Warning)
    """
    _level[0] = value.value if isinstance(value, TraceLevel) else operator.index(value)
