"""Initializers: how the first values of a parameter are drawn, ``C.parameter(shape, init=...)``."""

from __future__ import annotations

import math
import numbers
from dataclasses import replace

from cntk.counts import count_of
from cntk.errors import ArgumentError, ShapeError
from cntk.initial_values import WITHOUT_RANKS, BilinearInitializer, RandomInitializer

DefaultParamInitScale = 1
SentinelValueForAutoSelectRandomSeed = 2**64 - 3
SentinelValueForInferParamInitRank = 2**31 - 1


def uniform(scale, seed=None) -> RandomInitializer:
    """Return an initializer that draws evenly from [-scale, scale].

    Args:
        scale: largest absolute value, above 0.
        seed: 0 to 2**64 - 1; default: the next one of the process.

    >>> bool(abs(uniform(0.1, seed=1).draw((50, 40), np.float32)).max() <= 0.1)
    True
    """
    return _random("uniform", scale, seed=seed)


def normal(
    scale,
    output_rank=SentinelValueForInferParamInitRank,
    filter_rank=SentinelValueForInferParamInitRank,
    seed=None,
) -> RandomInitializer:
    """Return an initializer that draws from the normal distribution around 0.

    Args:
        scale: standard deviation, above 0.
        output_rank: must fit the shape, else without effect.
        filter_rank: must fit the shape, else without effect.
        seed: 0 to 2**64 - 1; default: the next one of the process.

    >>> round(float(normal(2, seed=1).draw((300, 400), np.float32).std()), 1)
    2.0
    """
    return _random("normal", scale, output_rank, filter_rank, seed)


def truncated_normal(stdev, seed=None) -> RandomInitializer:
    """Return an initializer that draws normally, and again what is beyond two deviations.

    Args:
        stdev: standard deviation before the cut, above 0; what is left has 0.88 of it.
        seed: 0 to 2**64 - 1; default: the next one of the process.

    >>> bool(abs(truncated_normal(1, seed=1).draw((50, 40), np.float32)).max() <= 2)
    True
    """
    return _random("truncated_normal", stdev, seed=seed)


def xavier(
    scale=DefaultParamInitScale,
    output_rank=SentinelValueForInferParamInitRank,
    filter_rank=SentinelValueForInferParamInitRank,
    seed=None,
) -> RandomInitializer:
    """Return an initializer that draws evenly within ``scale * sqrt(3 / fan_in)`` of 0.

    Args:
        scale: factor, above 0.
        output_rank: number of output axes: the last before the filter's, or, negative, the first.
        filter_rank: number of trailing axes that are a receptive field.
        seed: 0 to 2**64 - 1; default: the next one of the process.

    >>> bool(abs(xavier(seed=1).draw((3, 400), np.float32)).max() <= 1)
    True
    """
    return _random("xavier", scale, output_rank, filter_rank, seed)


def glorot_uniform(
    scale=DefaultParamInitScale,
    output_rank=SentinelValueForInferParamInitRank,
    filter_rank=SentinelValueForInferParamInitRank,
    seed=None,
) -> RandomInitializer:
    """Return an initializer that draws evenly within ``scale * sqrt(6 / (fan_in + fan_out))`` of 0.

    Args:
        scale: factor, above 0.
        output_rank: number of output axes: the last before the filter's, or, negative, the first.
        filter_rank: number of trailing axes that are a receptive field.
        seed: 0 to 2**64 - 1; default: the next one of the process.

    Reference: Glorot, Bengio, "Understanding the difficulty of training deep feedforward neural
    networks", AISTATS 2010, equation 16.

    >>> bool(abs(glorot_uniform(seed=1).draw((2, 4), np.float32)).max() <= 1)
    True
    """
    return _random("glorot_uniform", scale, output_rank, filter_rank, seed)


def glorot_normal(
    scale=DefaultParamInitScale,
    output_rank=SentinelValueForInferParamInitRank,
    filter_rank=SentinelValueForInferParamInitRank,
    seed=None,
) -> RandomInitializer:
    """Return an initializer of deviation ``scale * sqrt(2 / (fan_in + fan_out))`` around 0.

    Args:
        scale: factor, above 0.
        output_rank: number of output axes: the last before the filter's, or, negative, the first.
        filter_rank: number of trailing axes that are a receptive field.
        seed: 0 to 2**64 - 1; default: the next one of the process.

    Reference: Glorot, Bengio, 2010, equation 12.

    >>> round(float(glorot_normal(10, seed=1).draw((100, 100), np.float32).std()), 1)
    1.0
    """
    return _random("glorot_normal", scale, output_rank, filter_rank, seed)


def he_uniform(
    scale=DefaultParamInitScale,
    output_rank=SentinelValueForInferParamInitRank,
    filter_rank=SentinelValueForInferParamInitRank,
    seed=None,
) -> RandomInitializer:
    """Return an initializer that draws evenly within ``scale * sqrt(6 / fan_in)`` of 0.

    Args:
        scale: factor, above 0.
        output_rank: number of output axes: the last before the filter's, or, negative, the first.
        filter_rank: number of trailing axes that are a receptive field.
        seed: 0 to 2**64 - 1; default: the next one of the process.

    Reference: He, Zhang, Ren, Sun, "Delving deep into rectifiers", ICCV 2015, equation 10.

    >>> bool(abs(he_uniform(seed=1).draw((6, 100), np.float32)).max() <= 1)
    True
    """
    return _random("he_uniform", scale, output_rank, filter_rank, seed)


def he_normal(
    scale=DefaultParamInitScale,
    output_rank=SentinelValueForInferParamInitRank,
    filter_rank=SentinelValueForInferParamInitRank,
    seed=None,
) -> RandomInitializer:
    """Return an initializer of standard deviation ``scale * sqrt(2 / fan_in)`` around 0.

    Args:
        scale: factor, above 0.
        output_rank: number of output axes: the last before the filter's, or, negative, the first.
        filter_rank: number of trailing axes that are a receptive field.
        seed: 0 to 2**64 - 1; default: the next one of the process.

    Reference: He, Zhang, Ren, Sun, 2015, equation 10.

    >>> round(float(he_normal(seed=1).draw((2, 9000), np.float32).std()), 1)
    1.0
    """
    return _random("he_normal", scale, output_rank, filter_rank, seed)


def bilinear(kernel_width, kernel_height) -> BilinearInitializer:
    """Return an initializer for transposed convolutions that enlarge images smoothly.

    Args:
        kernel_width: size of the square kernel.
        kernel_height: the same.

    Raises:
        RuntimeError: the kernel is not square.

    Reference: Long, Shelhamer, Darrell, "Fully convolutional networks for semantic segmentation",
    CVPR 2015, section 3.3.

    >>> bilinear(3, 3).draw((1, 1, 3, 3), np.float32)[0, 0, 1]
    array([0.5, 1. , 0.5], dtype=float32)
    """
    for size in (kernel_width, kernel_height):
        if not isinstance(size, numbers.Integral) or size < 1:
            raise ArgumentError(f"bilinear: a kernel size is a positive integer, not {size!r}")
    if kernel_width != kernel_height:
        raise ShapeError(
            f"Filter for bilinear interpolation must be square, not {kernel_width} wide and "
            f"{kernel_height} high."
        )
    return BilinearInitializer(int(kernel_width), int(kernel_height))


def initializer_with_rank(initializer, output_rank=None, filter_rank=None):
    """Return the initializer with the ranks that a layer knows.

    Args:
        initializer: one of this module's; those without ranks come back as they are.
        output_rank: number of output axes, negative for the first ones; None: leave it.
        filter_rank: number of axes of the receptive field; None: leave it.

    Raises:
        TypeError: something else is given, such as a number or an array.
        ValueError: a rank was given before, and is another one.

    >>> initializer_with_rank(he_normal(), output_rank=-1, filter_rank=2).filter_rank
    2
    """
    if isinstance(initializer, BilinearInitializer):
        return initializer
    if not isinstance(initializer, RandomInitializer):
        raise ArgumentError(
            f"initializer_with_rank: expected an initializer, not {type(initializer).__name__}"
        )
    if initializer.kind in WITHOUT_RANKS:
        return initializer
    given = {"output_rank": _rank(output_rank), "filter_rank": _rank(filter_rank)}
    for name, rank in given.items():
        before = getattr(initializer, name)
        if rank is not None and before not in (None, rank):
            raise ArgumentError(
                f"{name} {rank} of '{initializer.kind}' cannot be overridden if it has been "
                f"already specified: it is {before}"
            )
    return replace(initializer, **{name: r for name, r in given.items() if r is not None})


def _random(kind: str, scale, output_rank=None, filter_rank=None, seed=None) -> RandomInitializer:
    if not isinstance(scale, numbers.Real):
        raise ArgumentError(f"{kind}: scale is a number, not {type(scale).__name__}")
    if not 0 < float(scale) < math.inf:
        raise ArgumentError(
            f"scale value for initializer '{kind}' cannot be {scale}: it is positive and finite"
        )
    filters = _rank(filter_rank)
    if filters is not None and filters < 0:
        raise ArgumentError(f"{kind}: filter_rank {filters} is negative")
    if seed == SentinelValueForAutoSelectRandomSeed:
        seed = None
    seed = None if seed is None else count_of(seed, "a random seed")
    return RandomInitializer(kind, float(scale), _rank(output_rank), filters, seed)


def _rank(rank) -> int | None:
    """Return a rank, None for one that is left to the default."""
    if rank is None or rank == SentinelValueForInferParamInitRank:
        return None
    if not isinstance(rank, numbers.Integral):
        raise ArgumentError(f"the rank of an initializer is an integer, not {rank!r}")
    return int(rank)
