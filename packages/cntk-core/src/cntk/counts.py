"""Counts and amounts: those that users give, and how large ones print."""

from __future__ import annotations

import math
import operator
from numbers import Real

from cntk.errors import ArgumentError

_PREFIXES = ("", "k", "M", "G", "T", "P")


def count_of(value, what: str) -> int:
    """Return a count as an int.

    Args:
        value: what the user gave; any integer type.
        what: its name, for the message.

    Raises:
        TypeError: it is not an integer.
        OverflowError: it is negative or does not fit 64 bits.

    >>> count_of(3, "minibatch_size")
    3
    """
    try:
        count = operator.index(value)
    except TypeError:
        raise TypeError(f"{what} is an integer from 0 on, not {value!r}") from None
    if not 0 <= count < 2**64:
        raise OverflowError(f"{what} is an integer from 0 to 2**64 - 1, not {count}")
    return count


def amount_of(value, what: str) -> float:
    """Return a number that is not negative as a float.

    Args:
        value: what the user gave; any real type.
        what: its name, for the message.

    Raises:
        ValueError: it is no number, negative, or not finite.

    >>> amount_of(1, "weight_decay")
    1.0
    """
    if not isinstance(value, Real) or not 0 <= float(value) < math.inf:
        raise ArgumentError(f"{what} is a finite number from 0 on, not {value!r}")
    return float(value)


def with_prefix(value: float | None, unit: str = "") -> str:
    """Return a number with three digits and a prefix of a thousand each: ``1.25 M``.

    >>> with_prefix(1_254_321, 'B'), with_prefix(12), with_prefix(None)
    ('1.25 MB', '12', '?')
    """
    if value is None:
        return "?"
    power = 0
    while abs(value) >= 999.5 and power < len(_PREFIXES) - 1:
        value, power = value / 1000, power + 1
    return f"{value:.3g} {_PREFIXES[power]}{unit}".rstrip()
