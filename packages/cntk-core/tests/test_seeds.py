"""Who gets which seed; the numbers are those of CNTK 2.7, of one and of three workers."""

from __future__ import annotations

import pytest

import cntk.seeds as seeds


@pytest.fixture(autouse=True)
def untouched_counter():
    before = seeds.get_random_seed()
    yield
    seeds.set_worker(0, 1)
    seeds.reset_random_seed(before)


def test_seeds_are_counted():
    seeds.reset_random_seed(5)
    assert [seeds.generate_random_seed() for _ in range(3)] == [5, 6, 7]
    assert seeds.get_random_seed() == 8 and not seeds.is_random_seed_fixed()


def test_a_fixed_seed_is_everybodys():
    seeds.set_fixed_random_seed(7)
    assert [seeds.generate_random_seed() for _ in range(3)] == [7, 7, 7]
    assert seeds.get_random_seed() == 7 and seeds.is_random_seed_fixed()
    seeds.reset_random_seed()
    assert [seeds.generate_random_seed() for _ in range(2)] == [0, 1]


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_workers_share_initial_values_but_not_masks(rank):
    seeds.set_worker(rank, 3)
    seeds.reset_random_seed(100)
    assert [seeds.generate_random_seed(per_worker=True) for _ in range(2)] == [
        300 + rank,
        303 + rank,
    ]
    assert [seeds.generate_random_seed() for _ in range(2)] == [102, 103]
    seeds.set_fixed_random_seed(9)
    assert seeds.generate_random_seed(per_worker=True) == 9


def test_the_counter_wraps():
    seeds.reset_random_seed(2**64 - 1)
    assert [seeds.generate_random_seed() for _ in range(2)] == [2**64 - 1, 0]


@pytest.mark.parametrize("change", [seeds.set_fixed_random_seed, seeds.reset_random_seed])
@pytest.mark.parametrize(
    "value, error",
    [(-1, OverflowError), (2**64, OverflowError), (1.5, TypeError), ("a", TypeError)],
)
def test_what_is_no_seed(change, value, error):
    seeds.reset_random_seed(3)
    with pytest.raises(error, match="a random seed is an integer"):
        change(value)
    assert seeds.get_random_seed() == 3


def test_a_rank_beyond_the_workers():
    with pytest.raises(ValueError, match="rank 3 is not one of 3 workers"):
        seeds.set_worker(3, 3)
