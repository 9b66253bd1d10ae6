"""Scaling: to a size, with or without keeping the proportions."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.transforms.pixels import to_channels
from cntk.io.transforms.resize import INTERPOLATIONS, resize
from cntk.io.transforms.transform import Draw, Size, Transform, check_count, one_of

MODES = ("fill", "crop", "pad")


@dataclass(frozen=True)
class Scale(Transform):
    """What :func:`scale` returns."""

    kind: ClassVar[int] = 2
    is_geometric: ClassVar[bool] = True

    width: int
    height: int
    channels: int
    interpolations: str
    scale_mode: str
    pad_value: int

    def size(self, size: Size) -> Size:
        """Return the size it scales to."""
        return self.height, self.width, self.channels

    def for_labels(self) -> Scale:
        """Return the same with pixels of the image only: between classes there is nothing."""
        pad_value = 255 if self.pad_value == -1 else self.pad_value
        return replace(self, channels=1, interpolations="nearest", pad_value=pad_value)

    def apply(self, image: np.ndarray, draw: Draw) -> np.ndarray:
        """Return the image in the wanted size and number of channels."""
        image = to_channels(image, self.channels)
        rows, columns = image.shape[:2]
        if self.scale_mode == "fill":
            return resize(image, self.width, self.height, self.interpolations)
        across, down = self.width / columns, self.height / rows
        factor = max(across, down) if self.scale_mode == "crop" else min(across, down)
        width, height = _rounded(columns * factor), _rounded(rows * factor)
        if self.scale_mode == "pad":
            width, height = min(width, self.width), min(height, self.height)
            return self._padded(resize(image, width, height, self.interpolations))
        width, height = max(width, self.width), max(height, self.height)
        image = resize(image, width, height, self.interpolations)
        left, top = (width - self.width) // 2, (height - self.height) // 2
        return image[top : top + self.height, left : left + self.width]

    def _padded(self, image: np.ndarray) -> np.ndarray:
        missing = self.height - image.shape[0], self.width - image.shape[1]
        around = [(each // 2, each - each // 2) for each in missing]
        if self.pad_value == -1:
            return np.pad(image, [*around, (0, 0)], mode="edge")
        return np.pad(image, [*around, (0, 0)], constant_values=self.pad_value)


def scale(
    width, height, channels, interpolations="linear", scale_mode="fill", pad_value=-1
) -> Scale:
    """Return the transform that gives images one size.

    Resampling is that of OpenCV 3.1, which CNTK 2.7 uses, to the last bit; nothing is smoothed
    before an image is made smaller.

    Args:
        width: columns of the result.
        height: rows of the result.
        channels: 3, or 1: the luma of colours.
        interpolations: ``"nearest"``, ``"linear"``, ``"cubic"`` or ``"lanczos"``.
        scale_mode: ``"fill"`` stretches; ``"crop"`` keeps the proportions and cuts what is too much
            on both sides; ``"pad"`` keeps them and adds on both sides what is missing.
        pad_value: grey level that is added, 0 to 255; -1 repeats the edge.

    Raises:
        ValueError: an argument is not as described.

    >>> import numpy as np
    >>> from cntk.io.deferred import Moment
    >>> from cntk.io.transforms.transform import Draw
    >>> image = np.full((4, 8, 3), 7, np.uint8)
    >>> scale(4, 4, 3, scale_mode="pad", pad_value=0).apply(image, Draw(Moment(0, 0, 0)))[..., 0]
    array([[0, 0, 0, 0],
           [7, 7, 7, 7],
           [7, 7, 7, 7],
           [0, 0, 0, 0]], dtype=uint8)
    """
    if channels not in (1, 3):
        raise ArgumentError(f"scale: channels is 3 (colours) or 1 (grey), got {channels!r}")
    if isinstance(pad_value, bool) or pad_value not in range(-1, 256):
        raise ArgumentError(f"scale: pad_value is a grey level from 0 to 255, or -1: {pad_value!r}")
    return Scale(
        check_count("scale", "width", width),
        check_count("scale", "height", height),
        int(channels),
        one_of("scale", "interpolations", interpolations, INTERPOLATIONS),
        one_of("scale", "scale_mode", scale_mode, MODES),
        int(pad_value),
    )


def _rounded(size: float) -> int:
    return max(1, math.floor(size + 0.5))
