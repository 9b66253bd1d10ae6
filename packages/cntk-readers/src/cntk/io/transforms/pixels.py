"""Numbers of channels."""

from __future__ import annotations

import numpy as np

_LUMA = (1868, 9617, 4899)  # of blue, green, red in 1/16384: 0.114, 0.587, 0.299
_LUMA_BITS = 14


def to_channels(image: np.ndarray, channels: int) -> np.ndarray:
    """Return an image ``(rows, columns, channels)`` with another number of channels.

    Args:
        image: of one channel, or three in the order blue, green, red.
        channels: 1 or 3. Grey is the luma of ITU-R BT.601, rounded as OpenCV rounds.

    >>> to_channels(np.array([[[90, 60, 30]]], np.uint8), 1)
    array([[[54]]], dtype=uint8)
    """
    if image.shape[2] == channels:
        return image
    if channels == 3:
        return np.repeat(image, 3, axis=2)
    if image.dtype != np.uint8:
        weights = np.array(_LUMA, np.float32) / np.float32(1 << _LUMA_BITS)
        return (image @ weights)[..., None]
    blue, green, red = (image[..., i] * np.int32(weight) for i, weight in enumerate(_LUMA))
    total = blue + green + red + (1 << (_LUMA_BITS - 1))
    return (total >> _LUMA_BITS).astype(np.uint8)[..., None]
