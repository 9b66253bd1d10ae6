"""Scaling with and without the proportions, and to another number of channels."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.io.transforms import scale

from ..image_files import coordinates, draw, noise


def columns(image):
    return image[0, :, 0].tolist()


def rows(image):
    return image[:, 0, 1].tolist()


def test_padding_is_that_of_the_original():
    given = scale(7, 9, 3, scale_mode="pad", pad_value=99)
    image = given.apply(coordinates(11, 9), draw())
    assert rows(image) == [99, 0, 2, 3, 5, 6, 8, 99, 99]  # printed by CNTK 2.7
    assert image[1, :, 0].tolist() == [0, 2, 3, 5, 6, 8, 10]


def test_padding_repeats_the_edge_by_default():
    image = scale(14, 6, 3, scale_mode="pad").apply(coordinates(11, 9), draw())
    assert image.shape == (6, 14, 3)
    assert columns(image)[:4] == [0] * 4 and columns(image)[-4:] == [10] * 4


@pytest.mark.parametrize(
    ("size", "expected"), [((6, 6), [0, 2, 3, 5, 6, 8]), ((5, 8), [2, 3, 4, 5, 6])]
)
def test_cropping_is_that_of_the_original(size, expected):
    image = scale(*size, 3, scale_mode="crop").apply(coordinates(11, 9), draw())
    assert columns(image) == expected  # printed by CNTK 2.7


@pytest.mark.parametrize("mode", ["fill", "crop", "pad"])
@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (7, 5)])
def test_the_result_has_the_wanted_size(mode, size):
    for image in (noise(1, 1), noise(1, 30), noise(30, 1), noise(9, 8)):
        assert scale(*size, 3, scale_mode=mode).apply(image, draw()).shape == (*size[::-1], 3)


def test_grey_and_colours():
    image = noise()
    grey = scale(8, 6, 1).apply(image, draw())
    assert grey.shape == (6, 8, 1)
    again = scale(8, 6, 3).apply(grey, draw())
    np.testing.assert_array_equal(again, np.repeat(grey, 3, axis=2))


def test_labels_keep_their_values():
    given = scale(5, 5, 3, interpolations="cubic", scale_mode="pad").for_labels()
    found = given.apply(np.array([[[1], [200]]], np.uint8), draw())
    assert set(found.ravel().tolist()) == {1, 200, 255}
    assert found.shape == (5, 5, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(width=0), "width is a whole number from 1 up, got 0"),
        (dict(height=2.5), "height is a whole number"),
        (dict(channels=2), r"channels is 3 \(colours\) or 1 \(grey\), got 2"),
        (dict(interpolations="foo"), "must be nearest, linear, cubic, lanczos"),
        (dict(scale_mode="foo"), "must be fill, crop, pad"),
        (dict(pad_value=256), "pad_value is a grey level from 0 to 255, or -1"),
        (dict(pad_value=True), "pad_value is a grey level"),
    ],
)
def test_wrong_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        scale(**{"width": 4, "height": 4, "channels": 3, **arguments})
