"""Subtraction of a mean: an image, or a value for each channel."""

from __future__ import annotations

import logging
import os
import re
from dataclasses import dataclass
from numbers import Real
from typing import ClassVar

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.problems import data_error
from cntk.io.transforms.transform import Draw, Size, Transform

log = logging.getLogger("cntk.io")

_LARGEST_FILE = 256 << 20


@dataclass(frozen=True)
class Mean(Transform):
    """What :func:`mean` returns.

    Attributes:
        filename: the file; "" for values.
        values: array that broadcasts over ``(rows, columns, channels)``.
    """

    kind: ClassVar[int] = 3

    filename: str
    values: np.ndarray

    def apply(self, image: np.ndarray, draw: Draw) -> np.ndarray:
        """Return the image less the mean; as it is where the mean has another size."""
        if not self._fits(image.shape):
            return image
        result = image.astype(np.float32)
        lines = result.reshape(len(result), -1)  # loops over three channels would take longer
        lines -= np.broadcast_to(self.values, image.shape[-self._ranks :]).reshape(
            -1, lines.shape[1]
        )
        return result

    @property
    def _ranks(self) -> int:
        """Axes of the image over which the mean differs, as far as lines need them."""
        return 3 if self.values.ndim == 3 else 2

    def size(self, size: Size) -> Size:
        """Return the same size, and tell where the mean will not be used."""
        if None not in size and not self._fits(size):
            log.warning(
                "Mean file does not match the size of the input image, will be ignored. "
                "%s has (rows, columns, channels) %s, the image %s; "
                "try: give transforms.mean after transforms.scale to the size of the mean",
                self.filename or "mean", self.values.shape, size,
            )  # fmt: skip
        return size

    def _fits(self, size) -> bool:
        if self.values.ndim == 3:
            return self.values.shape == tuple(size)
        return len(self.values) in (1, size[2])


def mean(filename) -> Mean:
    """Return the transform that subtracts a mean.

    Args:
        filename: file in OpenCV's XML with the elements Channel, Row, Col and MeanImg; it is
            left out, with a warning, where images have another size. Or values, one for each
            channel in the order blue, green, red, or one for all of them.

    Raises:
        ValueError: the values are no numbers.
        RuntimeError: the file cannot be read, or is no such file.

    >>> import numpy as np
    >>> from cntk.io.deferred import Moment
    >>> from cntk.io.transforms.transform import Draw
    >>> image = np.array([[[104, 117, 125]]], np.uint8)
    >>> mean((104, 117, 124)).apply(image, Draw(Moment(0, 0, 0)))
    array([[[0., 0., 1.]]], dtype=float32)
    """
    if isinstance(filename, (str, os.PathLike)):
        path = os.fspath(filename)
        return Mean(path, _read(path))
    values = filename if isinstance(filename, (tuple, list, np.ndarray)) else (filename,)
    if len(values) not in (1, 3) or not all(isinstance(each, Real) for each in values):
        raise ArgumentError(
            f"mean: expected the name of a file, a number, or three of them, got {filename!r}"
        )
    return Mean("", np.asarray(values, np.float32))


def _read(path: str) -> np.ndarray:
    """Return the mean image in a file of OpenCV, ``(rows, columns, channels)``."""
    try:
        with open(path, "rb") as file:
            text = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise data_error(
            f"Could not open file: {path}",
            f"system  {error.strerror} (errno {error.errno})",
            hint="transforms.mean takes the XML file of a mean image, or its values",
        ) from error
    if len(text) > _LARGEST_FILE:
        raise _malformed(path, f"at most {_LARGEST_FILE >> 20} MiB", "more")
    sizes = []
    for name in (b"Row", b"Col", b"Channel"):
        found = re.search(rb"<%s>\s*(\d{1,9})\s*</%s>" % (name, name), text)
        if not found:
            raise _malformed(path, f"an element <{name.decode()}>", "none")
        sizes.append(int(found[1]))
    data = re.search(rb"<MeanImg\b.*?<data>([^<]*)</data>", text, re.DOTALL)
    if not data:
        raise _malformed(path, "an element <MeanImg> with <data>", "none")
    words = data[1].split()
    if len(words) != sizes[0] * sizes[1] * sizes[2]:
        expected = f"{sizes[0]} x {sizes[1]} x {sizes[2]} numbers (Row x Col x Channel)"
        raise _malformed(path, expected, str(len(words)))
    try:
        values = np.array(words, dtype="S").astype(np.float32)
    except ValueError as error:
        raise _malformed(path, "numbers in <data>", str(error)) from None
    if not np.isfinite(values).all():
        raise _malformed(path, "finite numbers in <data>", "inf or nan")
    return values.reshape(sizes)


def _malformed(path: str, expected: str, found: str) -> RuntimeError:
    return data_error(
        f"'{path}' is no mean file of OpenCV.", f"expected  {expected}", f"found     {found}"
    )
