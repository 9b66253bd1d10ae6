"""Choosing classes at random, by weights."""

from __future__ import annotations

import numpy as np

from cntk import generator
from cntk.counts import count_of
from cntk.errors import ArgumentError, AxisError, ShapeError
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.ops._random.seed import auto_select, seed_argument
from cntk.sparse import SparseRows, Storage

_ATTRIBUTES = {
    "num_samples": Attribute("numSamples", "Z"),
    "allow_duplicates": Attribute("allowDuplicates", "B"),
    "seed": Attribute("rngSeed", "Z"),
    "rng_offset": Attribute("rngOffset", "Z"),
}
_SIMULATIONS = 10
_WHAT = "RandomSample/RandomSampleInclusionFrequency"


@composite()
def random_sample(
    weights: Operand,
    num_samples: int,
    allow_duplicates: bool,
    seed: int = auto_select,
    name: str = "",
) -> Function:
    """Return classes chosen at random, as sparse rows with a single one; anew in each forward pass.

    Args:
        weights: static shape ``(classes,)`` or ``(1, classes)``, without dynamic axes; how likely
            each class is, not negative and not all zero. They need not add up to 1. No gradient
            flows to them.
        num_samples: number of choices.
        allow_duplicates: choose a class more than once, or else each at most once.
        seed: start of the random numbers; default: the next one of the process.
        name: name of the result, of static shape ``(num_samples, classes)``.

    Raises:
        ValueError: ``num_samples`` is 0, or more than the classes that can be chosen without
            duplicates; or weights are negative or all zero when it is computed.

    Reference: without duplicates, Efraimidis, Spirakis, "Weighted random sampling with a
    reservoir", Information Processing Letters 97, 2006.

    >>> C.random_sample([0, 1, 0], 2, True).eval().toarray()
    array([[0., 1., 0.],
           [0., 1., 0.]], dtype=float32)
    """
    count = _count_of_samples(num_samples)
    return chosen_classes(weights, count, bool(allow_duplicates), seed_argument(seed), name=name)


@composite()
def random_sample_inclusion_frequency(
    weights: Operand,
    num_samples: int,
    allow_duplicates: bool,
    seed: int = auto_select,
    name: str = "",
) -> Function:
    """Return how often each class is among those that :func:`random_sample` chooses, on average.

    With duplicates that is ``num_samples`` times the share of its weight. Without, it is estimated:
    if choosing with duplicates takes ``t`` choices to find as many classes, a class of share ``p``
    is among them with probability ``1 - (1 - p) ** t``; ``t`` is the mean over ten simulations.

    Args:
        weights: as of :func:`random_sample`.
        num_samples: number of choices.
        allow_duplicates: whether a class may be chosen more than once.
        seed: start of the random numbers of the simulations.
        name: name of the result, of the static shape of ``weights``.

    Raises:
        ValueError: as of :func:`random_sample`.

    >>> C.random_sample_inclusion_frequency([1, 2, 3, 4], 2, True).eval()
    array([0.2, 0.4, 0.6, 0.8], dtype=float32)
    """
    count = _count_of_samples(num_samples)
    return frequency_of_classes(
        weights, count, bool(allow_duplicates), seed_argument(seed), name=name
    )


@random_sample.samples
@random_sample_inclusion_frequency.samples
def _samples(make):
    weights = np.abs(make(5)) + 0.1
    for duplicates in (True, False):
        for shape in ((5,), (1, 5)):
            row = weights.reshape(shape)
            yield Sample(
                row, axes=("constant",), num_samples=3, allow_duplicates=duplicates, seed=1
            )


def _count_of_samples(num_samples) -> int:
    count = count_of(num_samples, "num_samples")
    if count < 1:
        raise ArgumentError(f"{_WHAT}: Number of requested samples must be > 0.")
    return count


@operator(
    family="whole",
    stored=Primitive(45, "RandomSample", attributes=_ATTRIBUTES),
    runtime=("seed", "rng_offset"),
    no_gradient=("weights",),
    is_random=True,
)
def chosen_classes(
    weights: Operand,
    num_samples: int,
    allow_duplicates: bool,
    seed: int,
    rng_offset: int = 0,
    name: str = "",
) -> Function:
    """Return rows with a single one, chosen at random; see :func:`random_sample`."""


@chosen_classes.shape
def chosen_classes_shape(weights, num_samples, allow_duplicates):
    _check_classes(weights, num_samples, allow_duplicates)
    return (num_samples, weights.shape[-1])


@chosen_classes.lower
def chosen_classes_lower(weights, num_samples, allow_duplicates, seed, rng_offset):
    return sparse_choices(weights, num_samples, allow_duplicates, seed, rng_offset)


@operator(family="whole", runtime=("seed", "rng_offset"), no_gradient=("weights",), is_random=True)
def sparse_choices(
    weights: Operand, num_samples: int, allow_duplicates: bool, seed: int, rng_offset: int
):
    """Return what :func:`chosen_classes` is in a plan: sparse, which its declaration hides."""


@sparse_choices.shape
def sparse_choices_shape(weights, num_samples):
    return (num_samples, weights.shape[-1])


@sparse_choices.axes
def sparse_choices_axes():
    return ()


@sparse_choices.storage
def sparse_choices_storage():
    return Storage.CSR


@sparse_choices.reference
def sparse_choices_reference(weights, num_samples, allow_duplicates, seed, rng_offset):
    shares = _shares(weights, num_samples, allow_duplicates)
    if allow_duplicates:
        draws = generator.uniform(seed, rng_offset, num_samples, dtype=generator.FLOAT64)
        steps = np.cumsum(shares)
        chosen = np.searchsorted(steps, draws * steps[-1], side="right")
    else:
        chosen = _in_order_of_choice(shares, seed, rng_offset)[:num_samples]
    ones = np.ones(num_samples, weights.dtype)
    return SparseRows(ones, chosen, np.arange(num_samples + 1), len(shares))


@operator(
    family="whole",
    stored=Primitive(46, "RandomSampleInclusionFrequency", attributes=_ATTRIBUTES),
    no_gradient=("weights",),
)
def frequency_of_classes(
    weights: Operand,
    num_samples: int,
    allow_duplicates: bool,
    seed: int,
    rng_offset: int = 0,
    name: str = "",
) -> Function:
    """Return how often classes are chosen; see :func:`random_sample_inclusion_frequency`."""


@frequency_of_classes.shape
def frequency_of_classes_shape(weights, num_samples, allow_duplicates):
    _check_classes(weights, num_samples, allow_duplicates)
    return weights.shape


@frequency_of_classes.reference
def frequency_of_classes_reference(weights, num_samples, allow_duplicates, seed, rng_offset):
    shares = _shares(weights, num_samples, allow_duplicates)
    if allow_duplicates:
        return (shares * num_samples).astype(weights.dtype).reshape(weights.shape)
    draws = [
        _mean_draws(shares, num_samples, seed, rng_offset + i * len(shares))
        for i in range(_SIMULATIONS)
    ]
    frequencies = -np.expm1(np.mean(draws) * np.log1p(-shares))
    return frequencies.astype(weights.dtype).reshape(weights.shape)


@chosen_classes.axes
@frequency_of_classes.axes
def _axes(weights):
    if weights.dynamic_axes:
        raise AxisError(
            f"{_WHAT}: the weights {weights} must have no dynamic axes: one choice serves a whole "
            "minibatch"
        )
    return ()


@chosen_classes.samples
@frequency_of_classes.samples
def _stored_samples(make):
    yield from _samples(make)


def _check_classes(weights, num_samples: int, allow_duplicates: bool) -> None:
    if not weights.shape or any(size != 1 for size in weights.shape[:-1]):
        raise ShapeError(f"{_WHAT}: the weights must be a vector or a row, not {weights}")
    if not allow_duplicates and 0 <= weights.shape[-1] < num_samples:
        raise ArgumentError(
            f"{_WHAT}: For sampling without duplicates the number of requested samples "
            f"({num_samples}) must be at most the number of classes ({weights.shape[-1]})."
        )


def _shares(weights, num_samples: int, allow_duplicates: bool) -> np.ndarray:
    """Return the weights as probabilities that add up to 1, in float64."""
    shares = np.asarray(weights, np.float64).ravel()
    if not np.isfinite(shares).all():
        raise ArgumentError("Sampling weights must be finite numbers.")
    if shares.min(initial=0) < 0:
        raise ArgumentError(f"Sampling weights contain negative number {shares.min():f}.")
    possible = np.count_nonzero(shares)
    if possible < (1 if allow_duplicates else num_samples):
        raise ArgumentError(
            f"Sampling weights: {num_samples} samples are asked for, {possible} of {len(shares)} "
            "classes have a weight above 0."
        )
    return shares / shares.sum()


def _in_order_of_choice(shares: np.ndarray, seed: int, offset: int) -> np.ndarray:
    """Return all classes in the order in which choosing without duplicates finds them."""
    draws = generator.uniform(seed, offset, len(shares), dtype=generator.FLOAT64)
    with np.errstate(divide="ignore"):
        waiting = -np.log1p(-draws) / shares  # of a class of share 0: for ever
    waiting[shares == 0] = np.inf
    return np.argsort(waiting, kind="stable")


def _mean_draws(shares: np.ndarray, num_samples: int, seed: int, offset: int) -> float:
    """Return how many choices with duplicates find so many classes, on average for one order."""
    order = _in_order_of_choice(shares, seed, offset)[: num_samples - 1]
    left = np.maximum(1 - np.cumsum(shares[order]), np.finfo(float).eps)
    return 1 + np.sum(1 / left)
