"""Grey from colours and back."""

from __future__ import annotations

import numpy as np

from cntk.io.transforms.pixels import to_channels

from ..image_files import noise


def test_luma_is_that_of_the_original():
    image = np.array([[[90, 60, 30], [50, 100, 200]]], np.uint8)
    assert to_channels(image, 1).ravel().tolist() == [54, 124]  # printed by CNTK 2.7


def test_grey_stays_grey():
    image = np.repeat(noise()[..., :1], 3, axis=2)
    np.testing.assert_array_equal(to_channels(image, 1), image[..., :1])
    np.testing.assert_array_equal(to_channels(image[..., :1], 3), image)


def test_floats_are_not_rounded():
    image = noise()
    exact = to_channels(image.astype(np.float32), 1)
    assert exact.dtype == np.float32
    np.testing.assert_allclose(to_channels(image, 1), exact, atol=0.51)
