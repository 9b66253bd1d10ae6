"""Random squares without content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.transforms.transform import Draw, Transform, check_count, checked

_MOST = 32


@dataclass(frozen=True)
class Cutout(Transform):
    """What :func:`cutout` returns."""

    kind: ClassVar[int] = 6

    length: int
    count: int
    value: float

    def apply(self, image: np.ndarray, draw: Draw) -> np.ndarray:
        """Return the image with squares of one grey level."""
        image = image.copy()
        rows, columns = image.shape[:2]
        numbers = draw.numbers(2 * self.count)
        for down, across in zip(numbers[::2], numbers[1::2]):
            top = int(down * rows) - self.length // 2
            left = int(across * columns) - self.length // 2
            bottom, right = max(0, top + self.length), max(0, left + self.length)
            image[max(0, top) : bottom, max(0, left) : right] = self.value
        return image


def cutout(length, count=1, value=0) -> Cutout:
    """Return the transform that covers squares of an image.

    The centre of a square is drawn evenly over the image; what is outside is cut off.

    Args:
        length: side of a square in pixels.
        count: number of squares, up to 32.
        value: grey level of the squares, 0 to 255; after ``mean``, 0 is the mean.

    Raises:
        ValueError: an argument is not as described.

    Reference: DeVries, Taylor, "Improved regularization of convolutional neural networks with
    cutout", 2017, arXiv:1708.04552.

    >>> import numpy as np
    >>> from cntk.io.deferred import Moment
    >>> from cntk.io.transforms.transform import Draw
    >>> image = np.ones((5, 5, 1), np.uint8)
    >>> int(cutout(3).apply(image, Draw(Moment(0, 0, 1))).sum()) < 25
    True
    """
    count = check_count("cutout", "count", count)
    if count > _MOST:
        raise ArgumentError(f"cutout: count is at most {_MOST}, got {count}")
    return Cutout(
        check_count("cutout", "length", length), count, checked("cutout", "value", value, 0, 255)
    )
