"""Random numbers with the static shape and the dynamic axes of an operand."""

from __future__ import annotations

from cntk.graph.function import Function
from cntk.ops._random.distribution import random_distribution_like
from cntk.ops._random.seed import auto_select, seed_argument
from cntk.random.parameters import choice, even, extreme_value, gaussian


def uniform_like(
    x, low: float = 0.0, high: float = 1.0, seed=auto_select, name: str = ""
) -> Function:
    """Return numbers spread evenly from ``low`` up to ``high``, as many as ``x`` has.

    Args:
        x: any static shape; only that and its dynamic axes are used.
        low: smallest possible number.
        high: number that is never reached, above ``low``.
        seed: start of the random numbers; default: the next one of the process.
        name: name of the result.

    Raises:
        ValueError: ``low`` is not below ``high``.

    >>> C.random.uniform_like(C.input_variable((2, 3))).eval([np.zeros((2, 3), np.float32)]).shape
    (1, 2, 3)
    """
    return random_distribution_like(x, *even(low, high), seed_argument(seed), name=name)


def normal_like(
    x, mean: float = 0.0, scale: float = 1.0, seed=auto_select, name: str = ""
) -> Function:
    """Return numbers of the normal distribution, as many as ``x`` has.

    Args:
        x: any static shape; only that and its dynamic axes are used.
        mean: centre of the distribution.
        scale: its standard deviation, not negative.
        seed: start of the random numbers; default: the next one of the process.
        name: name of the result.

    Raises:
        ValueError: ``scale`` is negative.

    >>> C.random.normal_like([1, 2, 3], scale=0, mean=4).eval()
    array([4., 4., 4.], dtype=float32)
    """
    return random_distribution_like(x, *gaussian(mean, scale), seed_argument(seed), name=name)


def gumbel_like(
    x, loc: float = 0.0, scale: float = 1.0, seed=auto_select, name: str = ""
) -> Function:
    """Return numbers ``loc - scale * log(-log(u))`` for even ``u``, as many as ``x`` has.

    Args:
        x: any static shape; only that and its dynamic axes are used.
        loc: most frequent value.
        scale: width of the distribution, not negative.
        seed: start of the random numbers; default: the next one of the process.
        name: name of the result.

    Raises:
        ValueError: ``scale`` is negative.

    >>> C.random.gumbel_like([1, 2, 3]).eval().shape
    (3,)
    """
    return random_distribution_like(x, *extreme_value(loc, scale), seed_argument(seed), name=name)


def bernoulli_like(x, mean: float = 0.5, seed=auto_select, name: str = "") -> Function:
    """Return ones with a given probability and zeros, as many as ``x`` has.

    Args:
        x: any static shape; only that and its dynamic axes are used.
        mean: probability of a one, from 0 to 1.
        seed: start of the random numbers; default: the next one of the process.
        name: name of the result.

    Raises:
        ValueError: ``mean`` is not in [0, 1].

    >>> C.random.bernoulli_like([1, 2, 3], mean=1).eval()
    array([1., 1., 1.], dtype=float32)
    """
    return random_distribution_like(x, *choice(mean), seed_argument(seed), name=name)
