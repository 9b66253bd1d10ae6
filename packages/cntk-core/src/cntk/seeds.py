"""The seeds that random operators and initializers get when the user gives none.

Each new one takes the next number of a process-wide counter. Made once, a node keeps its seed, so a
model built in the same order draws the same numbers.

Workers of a distributed job build the same model, so their counters agree. Initial parameters must
be equal on all workers and take the counter itself; dropout and random operators must differ and
take ``counter * workers + rank``. A fixed seed is the same everywhere, as in CNTK 2.7.
"""

from __future__ import annotations

import threading

from cntk.counts import count_of

LARGEST_SEED = 2**64 - 1


class _Counter:
    """The next seed, whether all get the same one, and this worker's place among the others."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.next, self.is_fixed = 0, False
        self.rank, self.num_workers = 0, 1

    def set(self, value: int, is_fixed: bool) -> None:
        value = count_of(value, "a random seed")
        with self._lock:
            self.next, self.is_fixed = value, is_fixed

    def take(self, per_worker: bool) -> int:
        with self._lock:
            seed = self.next
            if self.is_fixed:
                return seed
            self.next = seed + 1 & LARGEST_SEED
            if per_worker:
                seed = seed * self.num_workers + self.rank & LARGEST_SEED
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


def generate_random_seed(per_worker: bool = False) -> int:
    """Return a seed and, unless the seed is fixed, count it as used.

    Args:
        per_worker: give each worker of a distributed job another one.

    >>> reset_random_seed(5)
    >>> generate_random_seed(), generate_random_seed()
    (5, 6)
    >>> reset_random_seed()
    """
    return _counter.take(per_worker)


def is_random_seed_fixed() -> bool:
    """Return whether all get the same seed."""
    return _counter.is_fixed


def set_worker(rank: int, num_workers: int) -> None:
    """Say which worker of how many this process is; a communicator does when it starts."""
    if not 0 <= rank < num_workers:
        raise ValueError(f"rank {rank} is not one of {num_workers} workers")
    _counter.rank, _counter.num_workers = rank, num_workers
