"""The C code for linear resampling does what NumPy does."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.io.transforms import resize as module
from cntk.io.transforms.native import linear, native
from cntk.io.transforms.resize import resize

from ..image_files import noise

VIEWS = {
    "whole": lambda image: image,
    "part": lambda image: image[len(image) // 3 :, image.shape[1] // 3 :],
    "mirrored": lambda image: image[:, ::-1],
    "upside down": lambda image: image[::-1],
    "grey": lambda image: image[..., :1],
    "one channel of three": lambda image: image[..., 1:2],
    "two channels": lambda image: image[..., :2],
}


@pytest.mark.parametrize("view", VIEWS)
def test_both_give_the_same_pixels(view, monkeypatch):
    random = np.random.default_rng(0)
    for _ in range(60):
        height, width, rows, columns = (int(n) for n in random.integers(1, 60, 4))
        image = VIEWS[view](noise(width, height))
        with monkeypatch.context() as patch:
            found = resize(image, columns, rows, "linear")
            patch.setattr(module, "native", lambda: None)
            expected = resize(image, columns, rows, "linear")
        np.testing.assert_array_equal(found, expected)


class Older:
    """A module that was built before it could resample."""

    lib = object()


def missing(name):
    raise ImportError(name)


@pytest.mark.parametrize("find", [missing, lambda name: Older])
def test_an_absent_or_older_module_is_not_used(monkeypatch, find):
    native.cache_clear()
    monkeypatch.setattr("cntk.io.transforms.native.import_module", find)
    assert native() is None
    native.cache_clear()


ONES = np.ones((2, 3), np.int32)


@pytest.mark.parametrize(
    ("columns", "rows", "message"),
    [
        (np.full((2, 3), 8), np.zeros((2, 3), int), "places from 8 to 8 of 8"),
        (np.full((2, 3), -1), np.zeros((2, 3), int), "places from -1 to -1 of 8"),
        (np.zeros((2, 3), int), np.full((2, 3), 6), "places from 6 to 6 of 6"),
        (np.zeros((2, 3), int), np.array([[0, 0, 0], [0, 2, 0]]), "no neighbours"),
        (np.zeros((2, 4), int), np.zeros((2, 3), int), "are no pairs"),
        (np.zeros((3, 3), int), np.zeros((2, 3), int), "are no pairs"),
    ],
)
def test_places_outside_are_refused(columns, rows, message):
    with pytest.raises(ValueError, match=message):
        linear(noise(), (columns, ONES), (rows, ONES))
