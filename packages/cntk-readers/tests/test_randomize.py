"""Shuffling: a permutation in each sweep, reproducible, within the window."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.io import MinibatchSource
from cntk.io.randomize import ShuffledOrder

from .ctf_files import drain, reader

ONE = {"a": ("a", 1, False)}
COUNT = 60
TEXT = "".join(f"|a {i}\n" for i in range(COUNT))


def values(path, **options) -> list[float]:
    chunks = reader(path, TEXT, ONE, chunk_bytes=50)
    reading = MinibatchSource(chunks, **{"max_sweeps": 1, **options})
    return sum(drain(reading, 7, "a"), [])


@pytest.mark.parametrize("window", [1, 2, 3, 8, 128])
def test_a_sweep_gives_everything_once(tmp_path, window):
    found = values(tmp_path / "f", randomization_window_in_chunks=window)
    assert sorted(found) == list(range(COUNT))
    assert found != sorted(found)


def test_each_sweep_and_each_seed_has_its_own_order(tmp_path):
    twice = values(tmp_path / "f", max_sweeps=2)
    first, second = twice[:COUNT], twice[COUNT:]
    assert sorted(second) == list(range(COUNT)) and first != second
    assert values(tmp_path / "f") == first
    assert values(tmp_path / "f", randomization_seed=5) != first


def test_no_window_keeps_the_order(tmp_path):
    kept = values(tmp_path / "f", randomization_window_in_chunks=0)
    assert kept == values(tmp_path / "f", randomize=False) == list(range(COUNT))


def test_a_window_in_samples_is_rounded_up_to_chunks(tmp_path):
    found = values(tmp_path / "f", randomization_window_in_samples=11)
    assert found == values(tmp_path / "f", randomization_window_in_chunks=2)


@pytest.mark.parametrize("num_chunks", [1, 5, 40])
@pytest.mark.parametrize("window", [1, 2, 5, 7])
def test_a_step_needs_no_more_chunks_than_the_window(num_chunks, window):
    order = ShuffledOrder(num_chunks, lambda chunk_id: 10 + chunk_id % 3, window, seed=3)
    seen = []
    for number in range(num_chunks):
        step = order.step(0, number)
        assert len(step.chunk_ids) <= window
        chunks = np.array(step.chunk_ids)[step.chunk_of]
        seen += list(zip(chunks.tolist(), step.index.tolist()))
    assert sorted(seen) == [(c, i) for c in range(num_chunks) for i in range(10 + c % 3)]


def test_any_step_is_found_without_those_before_it():
    def order() -> ShuffledOrder:
        return ShuffledOrder(9, lambda chunk_id: 20, window=4, seed=1)

    walking = order()
    for number in range(9):
        step, jumped = walking.step(2, number), order().step(2, number)
        assert step.chunk_ids == jumped.chunk_ids
        np.testing.assert_array_equal(step.index, jumped.index)
        np.testing.assert_array_equal(step.chunk_of, jumped.chunk_of)


def test_within_the_window_all_places_are_equally_likely():
    place = np.zeros(6)
    for seed in range(600):
        order = ShuffledOrder(3, lambda chunk_id: 2, window=3, seed=seed)
        steps = [order.step(0, number) for number in range(3)]
        sequence = [
            (step.chunk_ids[c], i) for step in steps for c, i in zip(step.chunk_of, step.index)
        ]
        place[sequence.index((0, 0))] += 1
    # 100 expected in each place; 4 standard deviations
    assert abs(place - 100).max() < 4 * np.sqrt(600 / 6 * 5 / 6)
