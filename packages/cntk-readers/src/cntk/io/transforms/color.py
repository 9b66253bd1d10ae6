"""Random brightness, contrast and saturation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cntk.io.transforms.transform import Draw, Transform, checked

_BRIGHTEST = 255


@dataclass(frozen=True)
class Color(Transform):
    """What :func:`color` returns."""

    kind: ClassVar[int] = 4

    brightness_radius: float
    contrast_radius: float
    saturation_radius: float

    def apply(self, image: np.ndarray, draw: Draw) -> np.ndarray:
        """Return the image of float32, brighter or darker."""
        image = image.astype(np.float32)
        bright, contrast, saturation = (2 * number - 1 for number in draw.numbers(3))
        if self.brightness_radius or self.contrast_radius:
            offset = self.brightness_radius * bright * float(image.mean())
            image *= np.float32(1 + self.contrast_radius * contrast)
            image += np.float32(offset)
            np.clip(image, 0, _BRIGHTEST, out=image)
        if self.saturation_radius and image.shape[2] == 3:
            image = _saturated(image, 1 + self.saturation_radius * saturation)
        return image


def _saturated(image: np.ndarray, factor: float) -> np.ndarray:
    """Return an image whose saturation in HSV is multiplied, and at most 1.

    With hue and value kept, all channels move away from the brightest in proportion.
    """
    value = image.max(axis=2, keepdims=True)
    spread = value - image.min(axis=2, keepdims=True)
    limit = np.divide(value, spread, out=np.full_like(value, np.inf), where=spread > 0)
    return value - (value - image) * np.minimum(np.float32(factor), limit)


def color(brightness_radius=0.0, contrast_radius=0.0, saturation_radius=0.0) -> Color:
    """Return the transform that changes colours at random.

    Each draw is even: grey levels become ``x * contrast + brightness``, cut to 0 ... 255, and then
    the saturation of HSV is multiplied, up to 1.

    Args:
        brightness_radius: what is added is up to so much of the image's mean, 0 to 1.
        contrast_radius: the factor differs up to so much from 1, 0 to 1.
        saturation_radius: the factor of the saturation differs up to so much from 1, 0 to 1.

    Raises:
        ValueError: a radius is not from 0 to 1.

    >>> import numpy as np
    >>> from cntk.io.deferred import Moment
    >>> from cntk.io.transforms.transform import Draw
    >>> grey = np.full((2, 2, 3), 100, np.uint8)
    >>> image = color(brightness_radius=0.5).apply(grey, Draw(Moment(0, 0, 3)))
    >>> bool(image.min() == image.max()), 50 <= image.max() <= 150
    (True, np.True_)
    """
    radii = dict(
        brightness_radius=brightness_radius,
        contrast_radius=contrast_radius,
        saturation_radius=saturation_radius,
    )
    return Color(*(checked("color", name, value, 0, 1) for name, value in radii.items()))
