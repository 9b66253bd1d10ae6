"""Which part of an image is taken: numbers printed by CNTK 2.7, and draws."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.io.transforms import crop

from ..image_files import coordinates, draw

# (arguments, then for images of 40 x 30, 31 x 47 and 11 x 9: left, top, width, height)
CENTER = [
    (dict(side_ratio=0.5), (12, 7, 15, 15), (7, 15, 16, 16), (3, 2, 5, 5)),
    (dict(side_ratio=0.33), (15, 10, 10, 10), (10, 18, 10, 10), (4, 3, 3, 3)),
    (dict(side_ratio=0.77), (8, 3, 23, 23), (3, 11, 24, 24), (2, 1, 7, 7)),
    (dict(side_ratio=0.9), (6, 1, 27, 27), (1, 9, 28, 28), (1, 0, 8, 8)),
    (dict(side_ratio=1.0), (5, 0, 30, 30), (0, 8, 31, 31), (1, 0, 9, 9)),
    (dict(side_ratio=(0.5, 0.8)), (12, 7, 15, 15), (7, 15, 16, 16), (3, 2, 5, 5)),
    (dict(crop_size=10), (15, 10, 10, 10), (10, 18, 10, 10), (0, 0, 10, 9)),
    (dict(crop_size=(10, 20)), (15, 5, 10, 20), (10, 13, 10, 20), (0, 0, 10, 9)),
    (dict(crop_size=(100, 5)), (0, 12, 40, 5), (0, 21, 31, 5), (0, 2, 11, 5)),
    (dict(crop_size=(33, 45)), (3, 0, 33, 30), (0, 1, 31, 45), (0, 0, 11, 9)),
    (dict(crop_size=7, side_ratio=0.5), (16, 11, 7, 7), (12, 20, 7, 7), (2, 1, 7, 7)),
    (dict(area_ratio=0.5), (8, 3, 24, 24), (2, 10, 27, 27), (2, 1, 7, 7)),
    (dict(area_ratio=0.25), (11, 6, 17, 17), (6, 14, 19, 19), (3, 2, 5, 5)),
    (dict(area_ratio=0.9), (0, 0, 40, 30), (0, 0, 31, 47), (1, 0, 9, 9)),
    (dict(), (0, 0, 40, 30), (0, 0, 31, 47), (0, 0, 11, 9)),
]
# the ten views of 40 x 30 with side_ratio=0.5: left, top, flipped
VIEWS = [(0, 0), (25, 0), (0, 15), (25, 15), (12, 7)]


@pytest.mark.parametrize(("arguments", "first", "second", "third"), CENTER)
def test_the_centre_is_that_of_the_original(arguments, first, second, third):
    given = crop("center", **arguments)
    for size, expected in (((40, 30), first), ((31, 47), second), ((11, 9), third)):
        assert given.box(*size, draw()) == (*expected, False)


def test_ten_views_are_those_of_the_original():
    given = crop("multiview10", side_ratio=0.5)
    boxes = [given.box(40, 30, draw(view=view)) for view in range(10)]
    expected = [(*place, 15, 15, flipped) for flipped in (False, True) for place in VIEWS]
    assert boxes == expected


@pytest.mark.parametrize(
    ("ratio", "sizes"), [(dict(side_ratio=0.5), (21, 10)), (dict(area_ratio=0.4), (31, 15))]
)
def test_the_longer_side_is_drawn_and_rounded_as_in_the_original(ratio, sizes):
    given = crop("randomarea", aspect_ratio=0.5, **ratio)
    found = {given.box(40, 40 - 10, draw(i))[2:4] for i in range(50)}
    assert found <= {sizes, sizes[::-1], (40, 30)}
    assert sizes in found


def test_a_part_that_never_fits_is_the_whole_image():
    given = crop("randomarea", area_ratio=0.9, aspect_ratio=0.5)
    assert {given.box(40, 30, draw(i))[:4] for i in range(20)} == {(0, 0, 40, 30)}


@pytest.mark.parametrize("kind", ["randomside", "randomarea"])
def test_places_are_even_and_half_of_them_flipped(kind):
    given = crop(kind, crop_size=(10, 20))
    boxes = np.array([given.box(40, 30, draw(i)) for i in range(2000)])
    assert boxes[:, 0].min() == 0 and boxes[:, 0].max() == 30
    assert boxes[:, 1].min() == 0 and boxes[:, 1].max() == 10
    np.testing.assert_allclose(boxes.mean(axis=0), [15, 5, 10, 20, 0.5], atol=0.7)
    counts = np.bincount(boxes[:, 1], minlength=11)
    assert counts.min() > 120  # of 182


def test_ratios_are_even_between_low_and_high():
    given = crop("randomside", side_ratio=(0.2, 1.0), jitter_type="uniratio")
    sides = np.array([given.box(100, 200, draw(i)).width for i in range(2000)])
    assert sides.min() >= 20 and sides.max() <= 100
    np.testing.assert_allclose(np.quantile(sides, [0.25, 0.5, 0.75]), [40, 60, 80], atol=4)


def test_pixels_are_those_of_the_box():
    image = coordinates(40, 30)
    given = crop("randomside", crop_size=10)
    for i in range(20):
        box = given.box(40, 30, draw(i))
        part = given.apply(image, draw(i))
        columns = range(box.left, box.left + 10)
        assert part[0, :, 0].tolist() == list(reversed(columns) if box.is_flipped else columns)
        assert part[:, 0, 1].tolist() == list(range(box.top, box.top + 10))


def test_the_size_is_known_where_it_is_given():
    assert crop(crop_size=(5, 6)).size((None, None, 3)) == (6, 5, 3)
    assert crop(side_ratio=0.5).size((10, 10, 3)) == (None, None, 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(crop_type="corner"), "invalid crop_type value 'corner', must be center, randomside"),
        (dict(jitter_type="all"), "invalid jitter_type value 'all', must be none, uniratio"),
        (dict(side_ratio=0.5, area_ratio=0.5), "sideRatio and areaRatio cannot be specified"),
        (dict(side_ratio=1.5), "side_ratio is a number from 0 to 1, got 1.5"),
        (dict(side_ratio=(0.9, 0.5)), "smaller than or equal to the second"),
        (dict(side_ratio=(0.1, 0.2, 0.3)), "a number or a tuple of two numbers"),
        (dict(aspect_ratio=0), "aspect_ratio is a number from 0.001 to 1"),
        (dict(area_ratio="half"), "area_ratio is a number"),
        (dict(crop_size=-1), "crop_size is a whole number from 0 up, got -1"),
        (dict(crop_size=(1, 2, 3)), "crop_size must be a number or a tuple of two numbers"),
        (dict(crop_size=(0, 5)), "crop_size must be a number or a tuple of two numbers"),
        (dict(crop_size=2.5), "crop_size is a whole number"),
    ],
)
def test_wrong_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        crop(**arguments)


def test_words_are_taken_in_capitals_too():
    assert crop("Center", jitter_type="UniRatio") == crop("center", jitter_type="uniratio")
