"""Initializers: limits and deviations of CNTK 2.7, their seeds, and what they refuse."""

from __future__ import annotations

import math

import numpy as np
import pytest

import cntk.initializer as initializer
from cntk.initializer import (
    bilinear,
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    initializer_with_rank,
    normal,
    truncated_normal,
    uniform,
    xavier,
)
from cntk.seeds import get_random_seed, reset_random_seed, set_fixed_random_seed

WITH_RANKS = [normal, xavier, glorot_uniform, glorot_normal, he_uniform, he_normal]


@pytest.fixture(autouse=True)
def counted_seeds():
    before = get_random_seed()
    reset_random_seed(0)
    yield
    reset_random_seed(before)


def draw(recipe, shape, dtype=np.float32):
    return recipe.bound()(shape, dtype)


# shape, ranks, fan_in, fan_out: measured on CNTK 2.7 through the limits of its draws
FANS = [
    ((300, 200), {}, 300, 200),
    ((64, 32, 5, 5), {}, 10240, 5),
    ((64, 32, 5, 5), dict(output_rank=-1, filter_rank=2), 800, 1600),
    ((2000,), {}, 1, 2000),
    ((30, 20, 40), dict(output_rank=2), 30, 800),
    ((300, 200), dict(output_rank=0), 60000, 1),
    ((3, 400), dict(output_rank=2), 1, 1200),
    ((30, 40), dict(output_rank=0, filter_rank=2), 1200, 1200),
    ((30, 40), dict(output_rank=0, filter_rank=1), 1200, 40),
    ((3, 40, 50), dict(output_rank=-1, filter_rank=1), 2000, 150),
    ((3, 40, 50), dict(output_rank=-1, filter_rank=2), 2000, 6000),
    ((3, 40, 50), dict(output_rank=1, filter_rank=2), 2000, 6000),
    ((300, 200), dict(output_rank=1, filter_rank=1), 200, 60000),
]


@pytest.mark.parametrize("shape, ranks, fan_in, fan_out", FANS)
def test_limits_of_even_draws(shape, ranks, fan_in, fan_out):
    for make, limit in [
        (glorot_uniform, math.sqrt(6 / (fan_in + fan_out))),
        (he_uniform, math.sqrt(6 / fan_in)),
        (xavier, math.sqrt(3 / fan_in)),
    ]:
        values = np.abs(draw(make(scale=2, seed=1, **ranks), shape))
        assert 0.98 * 2 * limit < values.max() <= 2 * limit * (1 + 1e-6)


@pytest.mark.parametrize("shape, ranks, fan_in, fan_out", FANS)
def test_deviations_of_normal_draws(shape, ranks, fan_in, fan_out):
    for make, deviation in [
        (glorot_normal, math.sqrt(2 / (fan_in + fan_out))),
        (he_normal, math.sqrt(2 / fan_in)),
    ]:
        values = draw(make(scale=2, seed=1, **ranks), shape)
        assert values.std() == pytest.approx(2 * deviation, rel=4 / math.sqrt(2 * values.size))


def test_plain_draws():
    shape = (300, 200)
    assert np.abs(draw(uniform(0.1), shape)).max() == pytest.approx(0.1, rel=1e-3)
    assert draw(normal(0.1), shape).std() == pytest.approx(0.1, rel=0.02)
    cut = draw(truncated_normal(0.1), shape)
    assert np.abs(cut).max() == pytest.approx(0.2, rel=1e-2)
    assert cut.std() == pytest.approx(0.0880, rel=0.02)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
@pytest.mark.parametrize("make", [*WITH_RANKS, uniform, truncated_normal])
def test_the_type_is_the_parameters(make, dtype):
    values = draw(make(1.0), (20, 30), np.dtype(dtype))
    assert values.dtype == dtype and values.shape == (20, 30)


def test_one_recipe_draws_anew_for_each_parameter():
    recipe = glorot_uniform()
    first, second = recipe.bound(), recipe.bound()
    late, early = second((2, 3), np.float32), first((2, 3), np.float32)
    reset_random_seed(0)
    assert np.array_equal(early, draw(glorot_uniform(), (2, 3)))  # seed 0, though drawn last
    assert np.array_equal(late, draw(glorot_uniform(), (2, 3)))
    assert not np.array_equal(early, late)


def test_a_clone_that_is_not_drawn_yet_gets_the_same_numbers():
    values = glorot_uniform().bound()
    assert np.array_equal(values((2, 3), np.float32), values((2, 3), np.float32))


def test_a_seed_of_its_own_is_not_counted():
    recipe = glorot_uniform(seed=3)
    assert np.array_equal(draw(recipe, (2, 3)), draw(recipe, (2, 3)))
    assert get_random_seed() == 0


def test_the_seed_is_the_counters():
    set_fixed_random_seed(7)
    fixed = [draw(glorot_uniform(), (2, 3)) for _ in range(2)]
    assert np.array_equal(fixed[0], fixed[1])
    assert np.array_equal(fixed[0], draw(glorot_uniform(seed=7), (2, 3)))


def test_the_sentinels_mean_default():
    auto = initializer.SentinelValueForAutoSelectRandomSeed
    infer = initializer.SentinelValueForInferParamInitRank
    assert glorot_uniform(1, infer, infer, auto) == glorot_uniform()


@pytest.mark.parametrize("make", [*WITH_RANKS, uniform, truncated_normal])
def test_a_scalar_parameter_has_no_axes_to_count(make):
    with pytest.raises(ValueError, match=r"cannot exceed the Parameter shape '\[\]' rank \(0\)"):
        draw(make(1.0), ())


@pytest.mark.parametrize(
    "ranks", [dict(output_rank=3), dict(output_rank=-1), dict(filter_rank=2), dict(output_rank=-3)]
)
def test_ranks_that_do_not_fit_the_shape(ranks):
    with pytest.raises(ValueError, match=r"Sum of filter rank .*'\[300 x 200\]' rank \(2\)"):
        draw(glorot_uniform(**ranks), (300, 200))


@pytest.mark.parametrize("make", [*WITH_RANKS, uniform, truncated_normal])
@pytest.mark.parametrize("scale", [0, -1, math.nan, math.inf])
def test_a_scale_that_spreads_nothing(make, scale):
    with pytest.raises(ValueError, match=f"scale value for initializer '{make.__name__}'"):
        make(scale)


@pytest.mark.parametrize("scale", ["a", None, np.ones(2)])
def test_a_scale_that_is_no_number(scale):
    with pytest.raises(TypeError, match="normal: scale is a number"):
        normal(scale)


@pytest.mark.parametrize(
    "seed, error", [(-1, OverflowError), (2**64, OverflowError), (1.5, TypeError), ("a", TypeError)]
)
def test_what_is_no_seed(seed, error):
    with pytest.raises(error, match="a random seed"):
        uniform(1, seed=seed)


@pytest.mark.parametrize(
    "ranks", [dict(output_rank=1.0), dict(filter_rank="a"), dict(filter_rank=-1)]
)
def test_what_is_no_rank(ranks):
    with pytest.raises(ValueError, match="rank"):
        glorot_uniform(**ranks)


def test_bilinear_is_the_outer_product_of_a_tent():
    lines = {
        1: [1],
        2: [0.5, 0.5],
        3: [0.5, 1, 0.5],
        4: [0.25, 0.75, 0.75, 0.25],
        5: [1 / 3, 2 / 3, 1, 2 / 3, 1 / 3],
        6: [1 / 6, 0.5, 5 / 6, 5 / 6, 0.5, 1 / 6],
    }
    for size, line in lines.items():
        values = draw(bilinear(size, size), (2, 2, size, size))
        assert values[0, 0] == pytest.approx(np.outer(line, line))
        assert np.array_equal(values[1, 1], values[0, 0])
        assert not values[0, 1].any() and not values[1, 0].any()
    assert get_random_seed() == 0


@pytest.mark.parametrize("shape", [(2, 3, 4, 4), (2, 2, 3, 3), (4, 4), (2, 4, 4), ()])
def test_bilinear_refuses_another_shape(shape):
    with pytest.raises(RuntimeError, match=r"expected '\[C x C x 4 x 4\]'"):
        draw(bilinear(4, 4), shape)


def test_bilinear_kernels():
    with pytest.raises(RuntimeError, match="must be square, not 3 wide and 4 high"):
        bilinear(3, 4)
    for size in (0, -1, 2.5):
        with pytest.raises(ValueError, match="kernel size"):
            bilinear(size, size)


@pytest.mark.parametrize("make", WITH_RANKS)
def test_ranks_can_be_filled_in(make):
    recipe = initializer_with_rank(make(2.0, seed=4), output_rank=-1, filter_rank=2)
    assert recipe == make(2.0, output_rank=-1, filter_rank=2, seed=4)
    assert initializer_with_rank(recipe, -1, 2) == recipe == initializer_with_rank(recipe)


def test_ranks_are_not_overridden():
    with pytest.raises(ValueError, match="output_rank 2 of 'glorot_uniform'.* it is 1"):
        initializer_with_rank(glorot_uniform(output_rank=1), 2)
    with pytest.raises(ValueError, match="filter_rank 0 of 'normal'.* it is 1"):
        initializer_with_rank(normal(1, filter_rank=1), None, 0)


@pytest.mark.parametrize("recipe", [uniform(1), truncated_normal(1), bilinear(2, 2)])
def test_recipes_without_ranks_stay(recipe):
    assert initializer_with_rank(recipe, 2, 1) is recipe


@pytest.mark.parametrize("other", [1.0, np.ones(3), None, "a"])
def test_only_initializers_have_ranks(other):
    with pytest.raises(TypeError, match="expected an initializer"):
        initializer_with_rank(other, 1, 0)
