"""Random mirror images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cntk.io.transforms.transform import Draw, Transform, checked, one_of

DIRECTIONS = {"horizontal": 1, "vertical": 0}


@dataclass(frozen=True)
class Flip(Transform):
    """What :func:`flip` returns."""

    kind: ClassVar[int] = 5
    is_geometric: ClassVar[bool] = True

    probability: float
    direction: str

    def apply(self, image: np.ndarray, draw: Draw) -> np.ndarray:
        """Return the image, or its mirror image."""
        if draw.numbers(1)[0] >= self.probability:
            return image
        return np.flip(image, DIRECTIONS[self.direction])


def flip(probability=0.5, direction="horizontal") -> Flip:
    """Return the transform that mirrors some of the images.

    Args:
        probability: share of the images that are mirrored, 0 to 1.
        direction: ``"horizontal"`` changes left and right, ``"vertical"`` up and down.

    Raises:
        ValueError: an argument is not as described.

    >>> import numpy as np
    >>> from cntk.io.deferred import Moment
    >>> from cntk.io.transforms.transform import Draw
    >>> image = np.array([[[1], [2]]], np.uint8)
    >>> flip(probability=1).apply(image, Draw(Moment(0, 0, 0)))[0, :, 0]
    array([2, 1], dtype=uint8)
    """
    return Flip(
        checked("flip", "probability", probability, 0, 1),
        one_of("flip", "direction", direction, tuple(DIRECTIONS)),
    )
