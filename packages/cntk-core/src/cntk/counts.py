"""Counts and amounts given by users: of samples, minibatches, epochs; weights."""

from __future__ import annotations

import math
import operator
from numbers import Real

from cntk.errors import ArgumentError


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
