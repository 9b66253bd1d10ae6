"""Resampling with the arithmetic of OpenCV, which CNTK 2.7 uses.

Pixel centres lie at half integers, edges are repeated, and nothing is smoothed before an image is
made smaller. Of images of bytes, coefficients are integers of 11 bits; rows are resampled first,
then columns, and the sums rounded as OpenCV rounds them. The results are those of OpenCV 3.1 bit by
bit; where today's OpenCV is installed and gives the same, it does the work.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from cntk.io.opencv import opencv
from cntk.io.transforms.native import linear, native

INTERPOLATIONS = ("nearest", "linear", "cubic", "lanczos")

_ONE = 2048
_BITS = 22  # two coefficients of 11 bits
_SAME_IN_OPENCV = {"linear": "INTER_LINEAR", "lanczos": "INTER_LANCZOS4"}


def resize(image: np.ndarray, width: int, height: int, interpolation: str) -> np.ndarray:
    """Return an image of another size.

    Args:
        image: array ``(rows, columns, channels)`` of uint8 or float32.
        width: columns of the result.
        height: its rows.
        interpolation: one of :data:`INTERPOLATIONS`: the nearest pixel, or in each direction two,
            four or eight of them.

    >>> resize(np.array([[[0], [100]]], np.uint8), 4, 1, "linear").ravel()
    array([  0,  25,  75, 100], dtype=uint8)
    """
    if image.shape[:2] == (height, width):
        return image
    if interpolation == "nearest":
        rows = _nearest(image.shape[0], height)
        return image[rows].take(_nearest(image.shape[1], width), axis=1)
    library = opencv()
    if library is not None and image.dtype == np.uint8 and interpolation in _SAME_IN_OPENCV:
        flag = getattr(library, _SAME_IN_OPENCV[interpolation])
        result = library.resize(np.ascontiguousarray(image), (width, height), interpolation=flag)
        return result.reshape(height, width, -1)
    if image.dtype == np.uint8 and interpolation == "linear" and native() is not None:
        columns = _integer_taps(image.shape[1], width, "linear", True)
        return linear(image, columns, _integer_taps(len(image), height, "linear", False))
    flat = image.reshape(len(image), -1)
    is_integer = image.dtype == np.uint8
    columns, weights = _column_taps(
        image.shape[1], width, interpolation, image.shape[2], is_integer
    )
    lines = _weighted(flat, 1, columns, weights)
    resampled = _COLUMNS[interpolation] if is_integer else _float_columns(interpolation)
    return resampled(lines, height).reshape(height, width, -1)


def _nearest(size: int, wanted: int) -> np.ndarray:
    """Return which pixel of a line makes each new one."""
    step = 1 / (wanted / size)
    return np.minimum((np.arange(wanted) * step).astype(np.int64), size - 1)


def _weighted(image: np.ndarray, axis: int, places: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the sum of some lines of an image, each with its weights."""
    total: np.ndarray | None = None
    for place, weight in zip(places, weights):
        part = image.take(place, axis=axis).astype(weight.dtype, copy=False)
        part *= weight if axis else weight[:, None]
        total = part if total is None else np.add(total, part, out=total)
    assert total is not None
    return total


def _linear_columns(lines: np.ndarray, height: int) -> np.ndarray:
    lines >>= 4
    rows, weights = _integer_taps(len(lines), height, "linear", False)
    total, below = (lines[row] for row in rows)
    total *= weights[0][:, None]
    total >>= 16
    below *= weights[1][:, None]
    below >>= 16
    total += below
    total += 2
    total >>= 2
    return total.astype(np.uint8)


def _cubic_columns(lines: np.ndarray, height: int) -> np.ndarray:
    """Resample columns in float32 and round to even, as the vector code of OpenCV does."""
    rows, weights = _integer_taps(len(lines), height, "cubic", False)
    factors = weights.astype(np.float32) * np.float32(1 / _ONE**2)
    total = _weighted(lines.astype(np.float32), 0, rows, factors)
    return np.clip(np.rint(total), 0, 255).astype(np.uint8)


def _lanczos_columns(lines: np.ndarray, height: int) -> np.ndarray:
    rows, weights = _integer_taps(len(lines), height, "lanczos", False)
    total = _weighted(lines, 0, rows, weights)
    total += 1 << (_BITS - 1)
    return np.clip(total >> _BITS, 0, 255).astype(np.uint8)


def _float_columns(interpolation: str):
    """Return the function that resamples columns of float32."""

    def resampled(lines: np.ndarray, height: int) -> np.ndarray:
        return _weighted(lines, 0, *_taps(len(lines), height, interpolation, False))

    return resampled


_COLUMNS = {"linear": _linear_columns, "cubic": _cubic_columns, "lanczos": _lanczos_columns}


@lru_cache(maxsize=256)
def _integer_taps(size: int, wanted: int, kind: str, clamps: bool):
    pixels, weights = _taps(size, wanted, kind, clamps)
    return pixels, np.rint(weights * np.float32(_ONE)).astype(np.int32)


@lru_cache(maxsize=256)
def _column_taps(size: int, wanted: int, kind: str, channels: int, is_integer: bool):
    """Return taps of lines in which the channels of a pixel stand one after the other."""
    pixels, weights = (_integer_taps if is_integer else _taps)(size, wanted, kind, True)
    places = pixels[..., None] * channels + np.arange(channels)
    return places.reshape(len(pixels), -1), np.repeat(weights, channels, axis=1)


@lru_cache(maxsize=256)
def _taps(size: int, wanted: int, kind: str, clamps: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return which pixels make each new one, and with what weights: arrays ``(taps, wanted)``.

    Args:
        size: pixels of the line there is.
        wanted: pixels of the new line.
        kind: one of :data:`INTERPOLATIONS` but the first.
        clamps: whether positions outside the line are moved to its ends, as OpenCV does for
            columns; for rows it repeats the pixels and keeps the weights.
    """
    where = ((np.arange(wanted) + 0.5) * (1 / (wanted / size)) - 0.5).astype(np.float32)
    first = np.floor(where).astype(np.int64)
    part = where - first.astype(np.float32)
    if kind == "linear" and clamps:
        outside = (first < 0) | (first >= size - 1)
        part[outside] = 0
        first = np.clip(first, 0, size - 1)
    weights = _COEFFICIENTS[kind](part)
    taps = len(weights)
    pixels = first + np.arange(1 - taps // 2, taps // 2 + 1)[:, None]
    return np.clip(pixels, 0, size - 1), weights


def _linear_coefficients(x: np.ndarray) -> np.ndarray:
    return np.stack([np.float32(1) - x, x])


def _cubic_coefficients(x: np.ndarray) -> np.ndarray:
    """Return the four weights of a cubic convolution (Keys, 1981) with a = -0.75."""
    a, one = np.float32(-0.75), np.float32(1)
    far = ((a * (x + one) - 5 * a) * (x + one) + 8 * a) * (x + one) - 4 * a
    near = ((a + 2) * x - (a + 3)) * x * x + one
    other = one - x
    next_one = ((a + 2) * other - (a + 3)) * other * other + one
    return np.stack([far, near, next_one, one - far - near - next_one])


def _lanczos_coefficients(x: np.ndarray) -> np.ndarray:
    """Return the eight weights of the windowed sinc of four lobes, which add up to one."""
    distance = (x + 3 - np.arange(8, dtype=np.float32)[:, None]).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = np.sinc(distance) * np.sinc(distance / 4)
    return (weights / weights.sum(axis=0)).astype(np.float32)


_COEFFICIENTS = {
    "linear": _linear_coefficients,
    "cubic": _cubic_coefficients,
    "lanczos": _lanczos_coefficients,
}
