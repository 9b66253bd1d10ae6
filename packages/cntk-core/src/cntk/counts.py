"""Counts given by users: of samples, minibatches, epochs."""

from __future__ import annotations

import operator


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
