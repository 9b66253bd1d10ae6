"""Random mirror images."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.io.transforms import flip

from ..image_files import draw, noise


@pytest.mark.parametrize(("direction", "axis"), [("horizontal", 1), ("vertical", 0)])
def test_an_image_is_mirrored(direction, axis):
    image = noise()
    found = flip(1, direction).apply(image, draw())
    np.testing.assert_array_equal(found, np.flip(image, axis))


@pytest.mark.parametrize("probability", [0, 0.25, 0.5, 1])
def test_the_share_is_the_one_asked_for(probability):
    image = noise()
    given = flip(probability)
    share = np.mean([given.apply(image, draw(i)) is not image for i in range(2000)])
    assert share == pytest.approx(probability, abs=0.04)


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="probability is a number from 0 to 1, got 2"):
        flip(2)
    with pytest.raises(ValueError, match="must be horizontal, vertical"):
        flip(direction="diagonal")
