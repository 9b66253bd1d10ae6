"""Linear resampling in C, where the package was built with a compiler."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

Taps = tuple[np.ndarray, np.ndarray]
"""Places and weights of what is summed: arrays ``(2, count)``."""


@cache
def native() -> Any:
    """Return the extension module if it was built and can resample, or None."""
    try:
        module = import_module("cntk.io._native")
    except ImportError:
        return None
    return module if hasattr(module.lib, "resize_linear") else None


def linear(image: np.ndarray, columns: Taps, rows: Taps) -> np.ndarray:
    """Return an image of another number of rows and columns.

    Args:
        image: array of uint8 ``(rows, columns, channels)``.
        columns: which columns make each new one.
        rows: which rows make each new one; the two are neighbours or the same.

    Raises:
        ValueError: a place is outside of the image, or two rows are no neighbours.
    """
    _check(columns, image.shape[1])
    _check(rows, image.shape[0])
    if np.abs(rows[0][1] - rows[0][0]).max() > 1:
        raise ValueError("rows that are mixed are no neighbours")
    module = native()
    channels = image.shape[2]
    if image.strides[1:] != (channels, 1) or image.dtype != np.uint8:
        image = np.ascontiguousarray(image, np.uint8)
    keep: list[np.ndarray] = []
    described = module.ffi.new("resize_taps[2]")
    for into, (places, weights) in zip(described, (columns, rows)):
        keep += [np.ascontiguousarray(places, np.int64), np.ascontiguousarray(weights, np.int32)]
        into.first, into.second = (_pointer("int64_t", line) for line in keep[-2])
        into.first_weight, into.second_weight = (_pointer("int32_t", line) for line in keep[-1])
        into.count = places.shape[1]
    result = np.empty((rows[0].shape[1], columns[0].shape[1], channels), np.uint8)
    scratch = np.empty((2, columns[0].shape[1], channels), np.int16)
    module.lib.resize_linear(
        _pointer("uint8_t", image), image.strides[0], channels, described, described + 1,
        _pointer("int16_t", scratch), _pointer("uint8_t", result),
    )  # fmt: skip
    return result


def _check(taps: Taps, size: int) -> None:
    """Refuse what would be read outside of the image."""
    places, weights = taps
    if places.shape != weights.shape or places.shape[0] != 2 or not places.size:
        raise ValueError(f"places {places.shape} and weights {weights.shape} are no pairs")
    if not 0 <= places.min() <= places.max() < size:
        raise ValueError(f"places from {places.min()} to {places.max()} of {size}")


def _pointer(kind: str, array: np.ndarray) -> Any:
    return native().ffi.cast(f"{kind} *", array.ctypes.data)
