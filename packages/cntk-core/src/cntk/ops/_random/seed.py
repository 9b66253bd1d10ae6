"""The seed argument of random operators."""

from __future__ import annotations

from cntk.counts import count_of
from cntk.initializer import SentinelValueForAutoSelectRandomSeed
from cntk.seeds import generate_random_seed

auto_select = SentinelValueForAutoSelectRandomSeed


def seed_argument(seed) -> int:
    """Return the seed of a new random operator: the one given, or the next one of this worker.

    Raises:
        TypeError: the seed is not an integer.
        OverflowError: it does not fit 64 bits without sign.
    """
    if seed is None or seed == auto_select:
        return generate_random_seed(per_worker=True)
    return count_of(seed, "a random seed")
