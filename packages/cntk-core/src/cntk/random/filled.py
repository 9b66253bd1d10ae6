"""Random numbers of a given static shape, without dynamic axes."""

from __future__ import annotations

import numpy as np

from cntk.default_options import default_override_or, get_default_override
from cntk.dtypes import FLOAT16, as_dtype, dtype_code
from cntk.errors import DTypeError, ShapeError
from cntk.graph.function import Function
from cntk.ops._random.distribution import random_distribution
from cntk.ops._random.seed import auto_select, seed_argument
from cntk.random.parameters import choice, even, extreme_value, gaussian
from cntk.shape import as_shape, is_static, shape_text

FLOAT32 = default_override_or(np.float32)


def uniform(
    shape, dtype=FLOAT32, low: float = 0.0, high: float = 1.0, seed=auto_select, name: str = ""
) -> Function:
    """Return numbers spread evenly from ``low`` up to ``high``.

    Args:
        shape: static shape of the result.
        dtype: float32 or float64.
        low: smallest possible number.
        high: number that is never reached, above ``low``.
        seed: start of the random numbers; default: the next one of the process.
        name: name of the result.

    Raises:
        ValueError: ``low`` is not below ``high``, or another element type.

    >>> numbers = C.random.uniform((2, 3), low=4, high=5, seed=1).eval()
    >>> numbers.shape, bool((numbers >= 4).all()), bool((numbers < 5).all())
    ((2, 3), True, True)
    """
    dtype = get_default_override(uniform, dtype=dtype)
    return _filled(even(low, high), shape, dtype, seed, name)


def normal(
    shape, dtype=FLOAT32, mean: float = 0.0, scale: float = 1.0, seed=auto_select, name: str = ""
) -> Function:
    """Return numbers of the normal distribution.

    Args:
        shape: static shape of the result.
        dtype: float32 or float64.
        mean: centre of the distribution.
        scale: its standard deviation, not negative.
        seed: start of the random numbers; default: the next one of the process.
        name: name of the result.

    Raises:
        ValueError: ``scale`` is negative, or another element type.

    >>> bool(abs(C.random.normal((1000,), mean=7, seed=1).eval().mean() - 7) < 0.2)
    True
    """
    dtype = get_default_override(normal, dtype=dtype)
    return _filled(gaussian(mean, scale), shape, dtype, seed, name)


def gumbel(
    shape, dtype=FLOAT32, loc: float = 0.0, scale: float = 1.0, seed=auto_select, name: str = ""
) -> Function:
    """Return numbers ``loc - scale * log(-log(u))`` for even ``u`` between 0 and 1.

    Args:
        shape: static shape of the result.
        dtype: float32 or float64.
        loc: most frequent value.
        scale: width of the distribution, not negative.
        seed: start of the random numbers; default: the next one of the process.
        name: name of the result.

    Raises:
        ValueError: ``scale`` is negative, or another element type.

    Reference: Jang, Gu, Poole, "Categorical reparameterization with Gumbel-softmax", ICLR 2017.

    >>> bool(abs(C.random.gumbel((1000,), seed=1).eval().mean() - 0.577) < 0.2)
    True
    """
    dtype = get_default_override(gumbel, dtype=dtype)
    return _filled(extreme_value(loc, scale), shape, dtype, seed, name)


def bernoulli(
    shape, dtype=FLOAT32, mean: float = 0.5, seed=auto_select, name: str = ""
) -> Function:
    """Return ones with a given probability, and zeros.

    Args:
        shape: static shape of the result.
        dtype: float32 or float64.
        mean: probability of a one, from 0 to 1.
        seed: start of the random numbers; default: the next one of the process.
        name: name of the result.

    Raises:
        ValueError: ``mean`` is not in [0, 1], or another element type.

    >>> sorted(set(C.random.bernoulli((100,), mean=0.3, seed=1).eval().tolist()))
    [0.0, 1.0]
    """
    dtype = get_default_override(bernoulli, dtype=dtype)
    return _filled(choice(mean), shape, dtype, seed, name)


def _filled(distribution: tuple, shape, dtype, seed, name: str) -> Function:
    shape, dtype = as_shape(shape), as_dtype(dtype)
    if not is_static(shape):
        raise ShapeError(
            f"RandomDistribution: Output shape '{shape_text(shape)}' must not have an unbound "
            "dimension. try: C.random.uniform_like and its relatives"
        )
    if dtype == FLOAT16:  # files have no such node
        raise DTypeError("RandomDistribution: data type must be one of float, double; try: C.cast")
    return random_distribution(
        *distribution, shape, dtype_code(dtype), seed_argument(seed), name=name
    )
