"""Small images stay decoded in memory: opening one takes longer than all that follows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cntk.io.deserializers.image.picture import Picture, part_of
from cntk.io.transforms.crop import Box

LARGEST_KEPT = 64 << 10
"""Bytes of an image that is kept: 147 x 147 pixels. Larger ones take long to transform as well."""

KEPT_BYTES = 256 << 20
"""Memory for kept images; the first ones to come are kept, for each sweep needs them all."""


class KeptPicture:
    """An image that was decoded before.

    Args:
        pixels: ``(rows, columns, channels)`` in blue, green, red; they cannot be written to any
            more.
    """

    def __init__(self, pixels: np.ndarray) -> None:
        self._pixels = pixels
        pixels.flags.writeable = False
        self.height, self.width = pixels.shape[:2]

    def pixels(self, box: Box | None = None) -> np.ndarray:
        """Return a part of the image; see :meth:`Picture.pixels`."""
        return part_of(self._pixels, box)


class KeptPictures:
    """Decoded images by what identifies them.

    Args:
        kept_bytes: memory that they may take.
    """

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._left = kept_bytes
        self._pictures: dict[object, KeptPicture] = {}

    def get(self, key: object, open_picture: Callable[[], Picture]) -> Picture | KeptPicture:
        """Return an image: a kept one, or one that is opened, and kept if it is small.

        Args:
            key: what identifies it.
            open_picture: opens it.

        Raises:
            Unreadable: it cannot be opened or decoded.
        """
        kept = self._pictures.get(key)
        if kept is not None:
            return kept
        picture = open_picture()
        size = 3 * picture.width * picture.height
        if size > min(LARGEST_KEPT, self._left):
            return picture
        kept = self._pictures[key] = KeptPicture(np.ascontiguousarray(picture.pixels()))
        self._left -= size  # threads may take away less than they added, by an image or two
        return kept
