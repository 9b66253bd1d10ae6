"""Random numbers as a function of (seed, offset): nothing is stored, any part can be drawn alone.

An element takes one number of its seed's stream, whatever the distribution: a node that has drawn
``n`` elements goes on at ``offset + n``, which is also what ``rngOffset`` counts in model files.
Drawing ``m + n`` elements at once or ``m`` and then ``n`` gives the same values. Numbers of
float16 and float32 are 32-bit lanes of the stream, those of float64 are 64-bit lanes; choices
(bernoulli, dropout) take 16-bit lanes. See ``philox.py`` for what a lane is, ``seeds.py`` for who
gets which seed.

A seed has one such stream per *table*; ``random_rows.py`` has one per time step.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from cntk.errors import ArgumentError
from cntk.philox import lanes
from cntk.seeds import generate_random_seed as next_seed
from cntk.seeds import get_random_seed as get_random_seed
from cntk.seeds import is_random_seed_fixed as is_fixed
from cntk.seeds import reset_random_seed as reset_random_seed
from cntk.seeds import set_fixed_random_seed as set_fixed_random_seed

__all__ = [
    "bernoulli",
    "get_random_seed",
    "gumbel",
    "is_fixed",
    "keep_mask",
    "next_seed",
    "normal",
    "reset_random_seed",
    "set_fixed_random_seed",
    "truncated_normal",
    "uniform",
]

FLOAT32, FLOAT64 = np.dtype("f4"), np.dtype("f8")
_CHUNK = 1 << 17  # numbers at a time: temporaries stay in the second-level cache (20 % faster)
_CHOICES = 1 << 16  # values of a 16-bit lane
_TRUNCATION_BLOCK = 4096
_TIE_TABLES = 1 << 63  # tables above settle what is undecided in the ones below


def uniform(
    seed: int, offset: int, shape, low: float = 0.0, high: float = 1.0, dtype=FLOAT32,
    table: int = 0,
) -> np.ndarray:  # fmt: skip
    """Return numbers spread evenly from ``low`` up to ``high``.

    >>> whole = uniform(3, 0, 5)
    >>> (whole[2:] == uniform(3, 2, 3)).all()
    np.True_
    """

    def scale(first: int, into: np.ndarray) -> None:
        _unit(seed, first, into, table)
        into *= into.dtype.type(high - low)
        into += into.dtype.type(low)

    drawn = _filled(offset, shape, dtype, scale)
    if (low, high) != (0, 1) or drawn.dtype == np.float16:  # rounding may have reached the end
        below = np.nextafter(drawn.dtype.type(high), drawn.dtype.type(low))
        np.minimum(drawn, below, out=drawn)
    return drawn


def normal(
    seed: int, offset: int, shape, mean: float = 0.0, scale: float = 1.0, dtype=FLOAT32,
    table: int = 0,
) -> np.ndarray:  # fmt: skip
    """Return numbers of the normal distribution with standard deviation ``scale``.

    Reference: Box, Muller, "A note on the generation of random normal deviates", 1958; elements
    2k and 2k + 1 of the stream are one pair.
    """

    def pairs(first: int, into: np.ndarray) -> None:
        into[...] = _standard_normal(seed, first, into.size, into.dtype, table)
        into *= into.dtype.type(scale)
        into += into.dtype.type(mean)

    return _filled(offset, shape, dtype, pairs)


def truncated_normal(
    seed: int, offset: int, shape, mean: float = 0.0, scale: float = 1.0, dtype=FLOAT32
) -> np.ndarray:
    """Return normal numbers, those farther than two standard deviations drawn again.

    The stream is cut into blocks of 4096 elements; a block keeps the first 4096 numbers that pass
    of a table of its own, so a block is the smallest part that is computed.
    """

    def blocks(first: int, into: np.ndarray) -> None:
        done = 0
        while done < into.size:
            block, skipped = divmod(first + done, _TRUNCATION_BLOCK)
            part = _truncated_block(seed, block, into.dtype)[skipped:][: into.size - done]
            into[done : done + part.size] = part
            done += part.size
        into *= into.dtype.type(scale)
        into += into.dtype.type(mean)

    return _filled(offset, shape, dtype, blocks)


def gumbel(
    seed: int, offset: int, shape, loc: float = 0.0, scale: float = 1.0, dtype=FLOAT32,
    table: int = 0,
) -> np.ndarray:  # fmt: skip
    """Return ``loc - scale * log(-log(u))`` for even ``u`` between 0 and 1, both left out."""

    def transform(first: int, into: np.ndarray) -> None:
        if into.dtype == FLOAT64:
            even = ((lanes(seed, first, into.size, 64, table) >> np.uint64(12)) + 0.5) * 2.0**-52
        else:  # in float64 as well: near u = 1 float32 has no numbers below 1 - 6e-8
            even = (lanes(seed, first, into.size, 32, table) + 0.5) * 2.0**-32
        into[...] = loc - scale * np.log(-np.log(even))

    return _filled(offset, shape, dtype, transform)


def bernoulli(
    seed: int, offset: int, shape, mean: float = 0.5, dtype=FLOAT32, table: int = 0
) -> np.ndarray:
    """Return ones with probability ``mean``, else zeros.

    Raises:
        ValueError: ``mean`` is not in [0, 1].
    """
    if not 0 <= mean <= 1:
        raise ArgumentError(f"bernoulli: the mean is a probability from 0 to 1, not {mean!r}")

    def choose(first: int, into: np.ndarray) -> None:
        into[...] = _below(seed, first, into.size, mean, table)

    return _filled(offset, shape, dtype, choose)


def keep_mask(
    seed: int, offset: int, shape, rate: float, dtype=FLOAT32, table: int = 0
) -> np.ndarray:
    """Return what dropout multiplies by: 0 with probability ``rate``, else ``1 / (1 - rate)``.

    Raises:
        ValueError: ``rate`` is not in [0, 1).

    >>> sorted(set(keep_mask(1, 0, (10, 10), 0.5).flat))
    [np.float32(0.0), np.float32(2.0)]
    """
    if not 0 <= rate < 1:
        raise ArgumentError(f"dropout_rate must be in the interval [0,1), not {rate!r}")

    def choose(first: int, into: np.ndarray) -> None:
        into[...] = ~_below(seed, first, into.size, rate, table)
        into *= into.dtype.type(1 / (1 - rate))

    return _filled(offset, shape, dtype, choose)


def _filled(offset: int, shape, dtype, fill: Callable[[int, np.ndarray], None]) -> np.ndarray:
    """Return an array that ``fill(first number, part)`` has written, part by part."""
    dtype = np.dtype(dtype)
    work = np.empty(shape, FLOAT64 if dtype == FLOAT64 else FLOAT32)
    flat = work.reshape(-1)
    for start in range(0, flat.size, _CHUNK):
        fill(offset + start, flat[start : start + _CHUNK])
    return work.astype(dtype, copy=False)  # float16: the same numbers, rounded


def _unit(seed: int, first: int, into: np.ndarray, table: int) -> None:
    """Write numbers of [0, 1): 24 of 32 bits for float32, 53 of 64 for float64."""
    width, used = (64, 53) if into.dtype == FLOAT64 else (32, 24)
    bits = lanes(seed, first, into.size, width, table)
    bits >>= bits.dtype.type(width - used)
    into[...] = bits
    into *= into.dtype.type(2.0**-used)


def _standard_normal(seed: int, first: int, count: int, dtype: np.dtype, table: int) -> np.ndarray:
    skipped = first % 2
    pairs = (skipped + count + 1) // 2
    width = 8 * dtype.itemsize
    bits = lanes(seed, first - skipped, 2 * pairs, width, table).reshape(pairs, 2)
    one, step = dtype.type(1), dtype.type(2.0**-width)
    # (lane + 1) / 2**width lies in (0, 1]: the logarithm is finite
    radius = np.sqrt(dtype.type(-2) * np.log((bits[:, 0].astype(dtype) + one) * step))
    angle = bits[:, 1].astype(dtype) * (step * dtype.type(2 * math.pi))
    values = np.empty((pairs, 2), dtype)
    np.multiply(radius, np.cos(angle), out=values[:, 0])
    np.multiply(radius, np.sin(angle), out=values[:, 1])
    return values.reshape(-1)[skipped : skipped + count]


def _truncated_block(seed: int, block: int, dtype: np.dtype) -> np.ndarray:
    kept: list[np.ndarray] = []
    number, drawn, batch = 0, 0, _TRUNCATION_BLOCK + _TRUNCATION_BLOCK // 8  # 95.4 % pass
    while number < _TRUNCATION_BLOCK:
        values = _standard_normal(seed, drawn, batch, dtype, table=block)
        kept.append(values[np.abs(values) <= 2])
        number, drawn = number + kept[-1].size, drawn + batch
    return np.concatenate(kept)[:_TRUNCATION_BLOCK]


def _below(seed: int, first: int, count: int, probability: float, table: int) -> np.ndarray:
    """Return True with a probability that is exact to 2**-32, from 16 bits an element.

    A lane below the upper half of the threshold is True, one above it False; the one lane in
    65536 that equals it is settled by its like in another table and the threshold's lower half.
    """
    upper, lower = divmod(round(probability * 2**32), _CHOICES)
    if upper == _CHOICES:
        return np.ones(count, bool)
    choices = lanes(seed, first, count, 16, table)
    result = choices < np.uint16(upper)
    if lower:
        for i in np.flatnonzero(choices == np.uint16(upper)):
            result[i] = lanes(seed, first + int(i), 1, 16, table + _TIE_TABLES)[0] < lower
    return result
