"""Random numbers of packed rows depend on slot, time step and element, on nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.generator import bernoulli, gumbel, keep_mask, normal, uniform
from cntk.layout import Layout
from cntk.random_rows import draw_rows

DRAWS = {
    "uniform": (uniform, -2.0, 3.0),
    "normal": (normal, 1.0, 2.0),
    "gumbel": (gumbel, 1.0, 2.0),
    "bernoulli": (bernoulli, 0.3),
    "keep_mask": (keep_mask, 0.3),
}


def drawn(kind, lengths, offset=7, dtype="f4", size=5):
    """Return one array of frames per sequence."""
    layout, (draw, *arguments) = Layout(len(lengths), lengths), DRAWS[kind]
    shape = (layout.rows, size)
    rows = draw_rows(draw, 3, offset, shape, layout, *arguments, dtype=np.dtype(dtype))
    assert rows.shape == shape and rows.dtype == dtype
    return layout.split(rows)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
@pytest.mark.parametrize("kind", DRAWS)
@pytest.mark.parametrize(
    "other", [[4, 2, 3], [1, 1, 1], [2, 3, 4], [3, 1, 9, 5], [3], [1] * 2 + [6] + [1] * 40]
)
def test_a_frame_keeps_its_numbers_whatever_the_lengths(kind, dtype, other):
    ours, theirs = (drawn(kind, lengths, dtype=dtype) for lengths in ([3, 1, 2], other))
    for one, another in zip(ours, theirs):
        both = min(len(one), len(another))
        np.testing.assert_array_equal(one[:both], another[:both])


@pytest.mark.parametrize("kind", ["uniform", "normal", "gumbel"])
def test_no_number_is_drawn_twice(kind):
    lengths = [3, 1, 1, 1, 1, 1, 1, 1, 4]  # the last steps are drawn slot by slot
    first = drawn(kind, lengths, offset=0, dtype="f8")
    rows = sum(lengths)
    second = drawn(kind, lengths, offset=rows * 5, dtype="f8")
    numbers = np.concatenate([*first, *second])
    assert len(np.unique(numbers)) == numbers.size


def test_samples_without_sequences_are_one_stream():
    rows = draw_rows(uniform, 3, 7, (6, 5), Layout(6), dtype=np.dtype("f4"))
    np.testing.assert_array_equal(rows, uniform(3, 7, (6, 5)))
    np.testing.assert_array_equal(np.concatenate(drawn("uniform", [1] * 6)), rows * 5 - 2)


def test_without_rows_there_is_one_draw():
    found = draw_rows(uniform, 3, 7, (6, 5), None, dtype=np.dtype("f4"))
    np.testing.assert_array_equal(found, uniform(3, 7, (6, 5)))
