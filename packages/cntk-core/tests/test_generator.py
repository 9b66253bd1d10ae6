"""Distributions: their moments, and that any part of a stream can be drawn alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cntk.generator import bernoulli, gumbel, keep_mask, normal, truncated_normal, uniform

DRAWS = {
    "uniform": lambda *where: uniform(*where[:3], -2.0, 3.0, where[3]),
    "normal": lambda *where: normal(*where[:3], 1.0, 2.0, where[3]),
    "truncated_normal": lambda *where: truncated_normal(*where[:3], 1.0, 2.0, where[3]),
    "gumbel": lambda *where: gumbel(*where[:3], 1.0, 2.0, where[3]),
    "bernoulli": lambda *where: bernoulli(*where[:3], 0.3, where[3]),
    "keep_mask": lambda *where: keep_mask(*where[:3], 0.3, where[3]),
}
EULER = 0.5772156649015329
# standard deviation of a normal number that is cut at two deviations
CUT = math.sqrt(1 - 2 * 2 * math.exp(-2) / math.sqrt(2 * math.pi) / math.erf(math.sqrt(2)))
MOMENTS = {
    "uniform": (0.5, 5 / math.sqrt(12)),
    "normal": (1, 2),
    "truncated_normal": (1, 2 * CUT),
    "gumbel": (1 + 2 * EULER, 2 * math.pi / math.sqrt(6)),
    "bernoulli": (0.3, math.sqrt(0.3 * 0.7)),
    "keep_mask": (1, math.sqrt(0.3 / 0.7)),
}


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
@pytest.mark.parametrize("kind", DRAWS)
def test_type_shape_and_moments(kind, dtype):
    values = DRAWS[kind](11, 5, (250, 4, 400), np.dtype(dtype))
    assert values.shape == (250, 4, 400) and values.dtype == dtype
    mean, deviation = MOMENTS[kind]
    # 400,000 numbers: four standard errors, and the rounding of float16
    margin = 4 * deviation / math.sqrt(values.size) + (1e-3 if dtype == "f2" else 0)
    assert values.mean(dtype="f8") == pytest.approx(mean, abs=margin)
    assert values.std(dtype="f8") == pytest.approx(deviation, rel=0.01)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("kind", DRAWS)
def test_a_part_is_the_same_alone(kind, dtype):
    whole = DRAWS[kind](3, 0, 300_000, np.dtype(dtype))  # more than two chunks
    for first, count in [(0, 5), (1, 4), (7, 131_073), (131_071, 3), (299_999, 1), (4095, 2)]:
        part = DRAWS[kind](3, first, count, np.dtype(dtype))
        assert np.array_equal(part, whole[first : first + count])


@pytest.mark.parametrize("kind", DRAWS)
def test_seeds_differ_and_repeat(kind):
    draw = DRAWS[kind]
    first, again, other = (draw(seed, 0, 1000, np.float32) for seed in (1, 1, 2))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


@pytest.mark.parametrize("kind", DRAWS)
def test_a_scalar_and_an_empty_array(kind):
    assert DRAWS[kind](1, 0, (), np.float32).shape == ()
    assert DRAWS[kind](1, 0, (0, 3), np.float32).shape == (0, 3)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_uniform_fills_its_range(dtype):
    values = np.sort(uniform(2, 0, 100_000, -1.0, 1.0, np.dtype(dtype)))
    assert -1 <= values[0] < -0.999 and 0.999 < values[-1] <= 1
    assert np.abs(values - np.linspace(-1, 1, values.size)).max() < 0.01  # Kolmogorov: 1.6 sigma


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_normal_is_normal_and_neighbours_are_unrelated(dtype):
    values = normal(2, 0, 200_000, dtype=np.dtype(dtype))
    for bound in (-2, -1, 0, 0.5, 3):
        expected = (1 + math.erf(bound / math.sqrt(2))) / 2
        assert (values < bound).mean() == pytest.approx(expected, abs=0.004)
    assert abs(np.corrcoef(values[::2], values[1::2])[0, 1]) < 0.01
    assert np.isfinite(values).all()


def test_truncated_normal_stays_within_two_deviations():
    values = truncated_normal(4, 0, 100_000, 0.0, 0.5)
    assert 0.99 < np.abs(values).max() <= 1


@pytest.mark.parametrize("rate", [0.0, 1e-4, 0.1, 0.25, 0.5, 1 / 3, 0.999])
def test_dropout_keeps_the_mean(rate):
    mask = keep_mask(6, 0, 1_000_000, rate)
    dropped = (mask == 0).mean()
    assert dropped == pytest.approx(rate, abs=4 * math.sqrt(rate / mask.size) + 1e-12)
    assert set(np.unique(mask)) <= {np.float32(0), np.float32(1 / (1 - rate))}


def test_rare_choices_are_settled_below_one_in_65536():
    """2**-17 is half of what a 16-bit lane can tell apart."""
    ones = bernoulli(8, 0, 3_000_000, 2.0**-17).sum()
    assert 4 < ones < 50  # 22.9 expected


@pytest.mark.parametrize("mean", [0.0, 1.0])
def test_certain_choices(mean):
    assert (bernoulli(1, 0, 1000, mean) == mean).all()


@pytest.mark.parametrize("rate", [-0.1, 1.0, 2.0, math.nan])
def test_a_rate_outside_its_interval(rate):
    with pytest.raises(ValueError, match=r"dropout_rate must be in the interval \[0,1\)"):
        keep_mask(1, 0, 3, rate)


@pytest.mark.parametrize("mean", [-0.1, 1.1, math.nan])
def test_a_mean_that_is_no_probability(mean):
    with pytest.raises(ValueError, match="probability"):
        bernoulli(1, 0, 3, mean)


@pytest.mark.parametrize(("dtype", "low", "high"), [("f2", 0, 1), ("f4", 2, 4), ("f2", -1, 1)])
def test_rounding_does_not_reach_the_upper_end(dtype, low, high):
    values = uniform(5, 0, 1 << 25 if dtype == "f4" else 1 << 14, low, high, np.dtype(dtype))
    assert low <= values.min() and values.max() < high
    assert values.max() == np.nextafter(np.dtype(dtype).type(high), np.dtype(dtype).type(low))
