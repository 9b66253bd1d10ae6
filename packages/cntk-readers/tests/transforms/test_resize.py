"""Resampling is that of CNTK 2.7, to the last bit."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from cntk.io.transforms import resize as module
from cntk.io.transforms.resize import INTERPOLATIONS, resize

from ..image_files import noise

SCALED = Path(__file__).parents[4] / "tests" / "data" / "images" / "scaled.npz"
SIZES = [(37, 29), (64, 48), (100, 11)]


@pytest.fixture(params=["C", "NumPy"])
def way(request, monkeypatch):
    """Both ways to resample; where C was not compiled, both are NumPy."""
    if request.param == "NumPy":
        monkeypatch.setattr(module, "native", lambda: None)


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_pixels_are_those_of_the_original(way, interpolation, width, height):
    with np.load(SCALED) as archive:
        expected = archive[f"{interpolation}_{width}_{height}"]
        found = resize(archive["image"], width, height, interpolation)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("channels", [1, 3])
def test_floats_are_bytes_without_the_rounding(interpolation, channels):
    image = noise(13, 9)[..., :channels]
    exact = resize(image.astype(np.float32), 7, 20, interpolation)
    assert exact.dtype == np.float32
    # a Lanczos window overshoots, and bytes end at 0 and 255
    np.testing.assert_allclose(
        resize(image, 7, 20, interpolation), np.clip(exact, 0, 255), atol=1.01
    )


@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("size", [(1, 1), (1, 5), (5, 1), (2, 2)])
def test_an_even_image_stays_even(way, interpolation, size):
    image = np.full((*size, 3), 200, np.uint8)
    assert (resize(image, 6, 4, interpolation) == 200).all()
    assert (resize(noise(9, 8)[:1, :1], *size, interpolation) == noise(9, 8)[0, 0]).all()


def test_the_image_given_stays_as_it_is(way):
    image = noise()
    before = image.copy()
    for interpolation in INTERPOLATIONS:
        resize(image, 5, 5, interpolation)
        resize(image.astype(np.float32), 5, 5, interpolation)
    np.testing.assert_array_equal(image, before)


def test_opencv_scales_where_it_is_installed_and_gives_the_same(monkeypatch):
    asked = []

    def scale(image, size, interpolation):
        asked.append((image.shape, size, interpolation))
        return np.zeros((size[1], size[0]), np.uint8)  # without the axis of one channel

    library = SimpleNamespace(resize=scale, INTER_LINEAR=1, INTER_LANCZOS4=4)
    monkeypatch.setattr(module, "opencv", lambda: library)
    image = noise()[..., :1]
    assert resize(image, 4, 3, "linear").shape == (3, 4, 1)
    assert resize(image, 4, 3, "lanczos").shape == (3, 4, 1)
    resize(image, 4, 3, "cubic")  # rounded otherwise by today's OpenCV
    resize(image.astype(np.float32), 4, 3, "linear")
    assert asked == [((6, 8, 1), (4, 3), 1), ((6, 8, 1), (4, 3), 4)]
