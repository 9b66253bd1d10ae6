"""Equal results of equal runs."""

from __future__ import annotations

from cntk import cntk_py
from cntk.seeds import set_fixed_random_seed


def force_deterministic(seed: int) -> None:
    """Give every node with random numbers the same seed, from now on.

    Equal runs of equal programs have equal results anyway; now also with another number of threads.

    Args:
        seed: the seed, an integer from 0.

    >>> force_deterministic(7)
    >>> C.cntk_py.is_random_seed_fixed(), C.cntk_py.should_force_deterministic_algorithms()
    (True, True)
    >>> C.cntk_py.reset_random_seed()
    """
    set_fixed_random_seed(seed)
    cntk_py.force_deterministic_algorithms()
