"""Squares without content."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.io.transforms import cutout

from ..image_files import draw

ONES = np.ones((9, 12, 3), np.uint8)


def test_a_square_is_covered_in_all_channels():
    for i in range(50):
        covered = cutout(3, value=5).apply(ONES, draw(i)) == 5
        assert (covered[..., 0] == covered[..., 1]).all()
        rows, columns = covered[..., 0].any(axis=1), covered[..., 0].any(axis=0)
        assert 2 <= rows.sum() <= 3 and 2 <= columns.sum() <= 3
        assert covered[..., 0].sum() == rows.sum() * columns.sum()
    assert (ONES == 1).all()


def test_every_place_is_covered_sometimes():
    covered = sum((cutout(2).apply(ONES, draw(i)) == 0)[..., 0].astype(int) for i in range(500))
    assert covered.min() > 0


def test_there_may_be_several_and_large_ones():
    assert (cutout(100).apply(ONES, draw()) == 0).all()
    areas = [(cutout(2, count=4).apply(ONES, draw(i)) == 0)[..., 0].sum() for i in range(30)]
    assert max(areas) > 10 and max(areas) <= 16


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(length=0), "length is a whole number from 1 up"),
        (dict(length=3, count=0), "count is a whole number from 1 up"),
        (dict(length=3, count=33), "count is at most 32, got 33"),
        (dict(length=3, value=300), "value is a number from 0 to 255"),
    ],
)
def test_wrong_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        cutout(**arguments)
