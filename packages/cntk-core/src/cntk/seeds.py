"""The seeds that random operators and initializers get when the user gives none.

Each new one takes the next number of a process-wide counter. Made once, a node keeps its seed, so a
model built in the same order draws the same numbers.
"""

from __future__ import annotations

import operator
import threading

_LARGEST = 2**64 - 1


class _Counter:
    """The next seed, and whether all get the same one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.next, self.is_fixed = 0, False

    def set(self, value: int, is_fixed: bool) -> None:
        value = operator.index(value)
        if not 0 <= value <= _LARGEST:
            raise OverflowError(f"a random seed is a number from 0 to 2**64 - 1, not {value}")
        with self._lock:
            self.next, self.is_fixed = value, is_fixed

    def take(self) -> int:
        with self._lock:
            seed = self.next
            if not self.is_fixed:
                self.next = seed + 1 & _LARGEST
            return seed


_counter = _Counter()


def set_fixed_random_seed(value: int) -> None:
    """Give every random operator and parameter made from now on the same seed.

    Raises:
        TypeError: ``value`` is not an integer.
        OverflowError: it does not fit 64 bits without sign.
    """
    _counter.set(value, True)


def reset_random_seed(value: int = 0) -> None:
    """Count the seeds from ``value`` again.

    Raises:
        TypeError: ``value`` is not an integer.
        OverflowError: it does not fit 64 bits without sign.
    """
    _counter.set(value, False)


def get_random_seed() -> int:
    """Return the seed that the next random operator or parameter will get."""
    return _counter.next


def generate_random_seed() -> int:
    """Return a seed and, unless the seed is fixed, count it as used."""
    return _counter.take()


def is_random_seed_fixed() -> bool:
    """Return whether all get the same seed."""
    return _counter.is_fixed
