"""The parameters of distributions, checked."""

from __future__ import annotations

import math

from cntk.errors import ArgumentError


def even(low: float, high: float) -> tuple[str, tuple[float, ...]]:
    """Return the uniform distribution from ``low`` up to ``high``."""
    low, high = _number("low", low), _number("high", high)
    if not low < high:
        raise ArgumentError(
            f"uniform: low end of the range ({low}) must be < high end of the range ({high})"
        )
    return "uniform", (low, high)


def gaussian(mean: float, scale: float) -> tuple[str, tuple[float, ...]]:
    """Return the normal distribution; ``scale`` is its standard deviation."""
    mean, scale = _number("mean", mean), _number("scale", scale)
    if scale < 0:
        raise ArgumentError(f"normal: standard deviation ({scale}) must be non-negative")
    return "normal", (mean, scale)


def extreme_value(loc: float, scale: float) -> tuple[str, tuple[float, ...]]:
    """Return the Gumbel distribution of location ``loc``."""
    loc, scale = _number("loc", loc), _number("scale", scale)
    if scale < 0:
        raise ArgumentError(f"gumbel: scale ({scale}) must be non-negative")
    return "gumbel", (loc, scale)


def choice(mean: float) -> tuple[str, tuple[float, ...]]:
    """Return the distribution that is 1 with probability ``mean``, else 0."""
    mean = _number("mean", mean)
    if not 0 <= mean <= 1:
        raise ArgumentError(f"bernoulli: mean ({mean}) must be between 0 and 1")
    return "bernoulli", (mean,)


def _number(name: str, value) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ArgumentError(f"{name} must be a number, not {value!r}") from None
    if not math.isfinite(number):
        raise ArgumentError(f"{name} must be finite, not {number}")
    return number
