"""Random brightness, contrast and saturation, as measured with CNTK 2.7."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.io.transforms import color

from ..image_files import draw, noise

# half of it in one colour, half in the other: blue, green, red
IMAGE = np.array([[[90, 60, 30], [50, 100, 200]]], np.uint8)
MEAN = IMAGE.mean()


def test_nothing_changes_without_radii():
    found = color().apply(IMAGE, draw())
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, IMAGE)


def test_brightness_adds_a_share_of_the_mean():
    changes = []
    for i in range(300):
        found = color(brightness_radius=0.5).apply(IMAGE, draw(i))
        change = found[0, 0, 0] - 90
        np.testing.assert_allclose(found, np.clip(IMAGE + change, 0, 255), atol=1e-4)
        changes.append(change)
    assert -MEAN / 2 <= min(changes) < -0.4 * MEAN and 0.4 * MEAN < max(changes) <= MEAN / 2


def test_contrast_multiplies():
    factors = []
    for i in range(300):
        found = color(contrast_radius=0.5).apply(IMAGE, draw(i))
        factor = found[0, 0, 0] / 90
        np.testing.assert_allclose(found, np.clip(IMAGE * factor, 0, 255), rtol=1e-5)
        factors.append(factor)
    assert 0.5 <= min(factors) < 0.6 and 1.4 < max(factors) <= 1.5


def test_saturation_moves_away_from_the_brightest_channel():
    """A line printed by CNTK 2.7: 90 58.536 27.071 and 42.678 95.119 200 for one draw."""
    for i in range(100):
        found = color(saturation_radius=1).apply(IMAGE, draw(i))
        np.testing.assert_allclose(found.max(axis=2), IMAGE.max(axis=2))
        left = (90 - found[0, 0]) / (90 - IMAGE[0, 0] + 1e-9)
        assert left[1] == pytest.approx(left[2], rel=1e-5)
        assert 0 <= left[2] <= 1.5 + 1e-5  # the saturation is 2/3, and at most 1
    factor = (90 - 27.071) / 60
    from cntk.io.transforms.color import _saturated

    found = _saturated(IMAGE.astype(np.float32), factor)
    np.testing.assert_allclose(found[0], [[90, 58.536, 27.071], [42.678, 95.119, 200]], atol=2e-3)


def test_grey_images_have_no_saturation():
    grey = noise()[..., :1]
    np.testing.assert_array_equal(color(0, 0, 1).apply(grey, draw()), grey)
    equal = np.full((2, 2, 3), 50, np.uint8)
    np.testing.assert_array_equal(color(0, 0, 1).apply(equal, draw()), equal)


@pytest.mark.parametrize("radius", [-0.1, 1.5, "much", None])
def test_other_radii_are_refused(radius):
    for name in ("brightness_radius", "contrast_radius", "saturation_radius"):
        with pytest.raises(ValueError, match=f"color: {name} is a number from 0 to 1"):
            color(**{name: radius})
