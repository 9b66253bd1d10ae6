"""Rows that are not made yet."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.io.chunk import Chunk, SequenceRows, gather, join
from cntk.io.deferred import DeferredRows, Moment, Recipe, deferred_streams, put_in_sweep


class Nothing(Recipe):
    """Makes no rows."""

    def write(self, item, moment, rows):
        raise AssertionError("nothing is asked for")

    def report(self, sample, problem):
        raise AssertionError("nothing is malformed")


RECIPE = Nothing({"x": (2, 3)})


def chunk(first, count):
    samples = np.arange(first, first + count)
    rows = DeferredRows(RECIPE, "x", samples * 10, samples)
    return Chunk({"x": SequenceRows(rows, np.ones(count, np.int64))})


def test_rows_have_a_shape_and_little_memory():
    rows = chunk(0, 5).streams["x"].rows
    assert len(rows) == 5 and rows.shape == (5, 2, 3)
    assert rows.nbytes == 5 * 3 * 8


def test_rows_are_taken_joined_and_gathered_as_others_are():
    parts = [chunk(0, 4), chunk(100, 4)]
    both = gather(parts, np.array([1, 0, 1]), np.array([3, 2, 0])).streams["x"].rows
    assert both.samples.tolist() == [103, 2, 100] and both.items.tolist() == [1030, 20, 1000]
    assert join(parts).streams["x"].rows[2:6].samples.tolist() == [2, 3, 100, 101]


def test_a_sweep_is_that_of_the_minibatch():
    first, second = put_in_sweep(chunk(0, 2), 3), put_in_sweep(chunk(0, 1), 4)
    assert join([first, second]).streams["x"].rows.sweeps.tolist() == [3, 3, 4]


def test_streams_are_found_by_their_recipe():
    given = chunk(0, 2)
    given.streams["y"] = SequenceRows(np.zeros((2, 1)), np.ones(2, np.int64))
    assert {recipe: list(found) for recipe, found in deferred_streams(given).items()} == {
        RECIPE: ["x"]
    }


@pytest.mark.parametrize("other", [Moment(1, 2, 4), Moment(1, 3, 3), Moment(2, 2, 3)])
def test_moments_draw_independent_numbers(other):
    own = Moment(1, 2, 3).numbers(0, 64)
    assert abs(np.corrcoef(own, other.numbers(0, 64))[0, 1]) < 0.4
    assert abs(np.corrcoef(own, Moment(1, 2, 3).numbers(1, 64))[0, 1]) < 0.4


def test_many_numbers_are_even():
    drawn = np.concatenate([Moment(0, 1, i).numbers(3, 4) for i in range(2000)])
    assert np.histogram(drawn, 10, (0, 1))[0].min() > 700


def test_rows_can_be_made_at_once():
    class Counting(Nothing):
        def write(self, item, moment, rows):
            rows["x"][:] = item + moment.seed

    rows = DeferredRows(Counting({"x": (2, 3)}), "x", np.array([1, 5]), np.array([0, 1]))
    assert rows.made(seed=10).tolist() == [[[11] * 3] * 2, [[15] * 3] * 2]
