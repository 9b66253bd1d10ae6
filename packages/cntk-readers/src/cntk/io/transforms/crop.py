"""Cropping: in the centre, anywhere, or ten fixed views."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.transforms.transform import Draw, Size, Transform, check_count, checked, one_of

TYPES = ("center", "randomside", "randomarea", "multiview10")
VIEWS = 10
_ATTEMPTS = 10
_OFFSET, _FLIP = 0, 2  # numbers of a draw: two for the place, one for flipping, then the attempts
_PER_ATTEMPT = 3


class Box(NamedTuple):
    """A part of an image: its left column, upper row, size, and whether it is flipped."""

    left: int
    top: int
    width: int
    height: int
    is_flipped: bool


@dataclass(frozen=True)
class Crop(Transform):
    """What :func:`crop` returns."""

    kind: ClassVar[int] = 1
    is_geometric: ClassVar[bool] = True

    crop_type: str
    crop_size: tuple[int, int]
    side_ratio: tuple[float, float]
    area_ratio: tuple[float, float]
    aspect_ratio: tuple[float, float]
    jitter_type: str

    def apply(self, image: np.ndarray, draw: Draw) -> np.ndarray:
        """Return the part of the image."""
        box = self.box(image.shape[1], image.shape[0], draw)
        part = image[box.top : box.top + box.height, box.left : box.left + box.width]
        return part[:, ::-1] if box.is_flipped else part

    def size(self, size: Size) -> Size:
        """Return the size of the part, as far as it is the same for all images."""
        width, height = self.crop_size
        return (height, width, size[2]) if width else (None, None, size[2])

    def box(self, width: int, height: int, draw: Draw) -> Box:
        """Return the part that is taken of an image of that size.

        Args:
            width: columns of the image.
            height: its rows.
            draw: its randomness.
        """
        w, h = self._part(width, height, draw)
        if self.crop_type == "center":
            return Box((width - w) // 2, (height - h) // 2, w, h, False)
        if self.crop_type == "multiview10":
            right, bottom = width - w, height - h
            corners = [(0, 0), (right, 0), (0, bottom), (right, bottom), (right // 2, bottom // 2)]
            return Box(*corners[draw.view % 5], w, h, draw.view >= 5)
        across, down, flips = draw.numbers(3)
        left, top = int(across * (width - w + 1)), int(down * (height - h + 1))
        return Box(left, top, w, h, flips < 0.5)

    def _part(self, width: int, height: int, draw: Draw) -> tuple[int, int]:
        """Return columns and rows of the part; the whole image if no part of its shape fits."""
        if self.crop_size[0]:
            return min(self.crop_size[0], width), min(self.crop_size[1], height)
        if not self.side_ratio[1] and not self.area_ratio[1]:
            return width, height
        for attempt in range(_ATTEMPTS):
            w, h = self._attempt(width, height, draw, attempt)
            if 0 < w <= width and 0 < h <= height:
                return w, h
        return width, height

    def _attempt(self, width: int, height: int, draw: Draw, attempt: int) -> tuple[int, int]:
        is_fixed = self.jitter_type == "none" or self._has_one_size
        if is_fixed and self.aspect_ratio == (1, 1):
            ratio = aspect = turned = 0.0
        else:
            first = _FLIP + 1 + attempt * _PER_ATTEMPT
            ratio, aspect, turned = draw.numbers(first + _PER_ATTEMPT)[first:]
        if self.side_ratio[1]:
            side = min(width, height) * self._between(self.side_ratio, ratio)
        else:
            side = math.sqrt(width * height * self._between(self.area_ratio, ratio))
        side = math.floor(side + 0.5)
        stretch = math.sqrt(self._between(self.aspect_ratio, aspect))
        w, h = int(side * stretch), int(side / stretch)
        return (h, w) if turned < 0.5 else (w, h)

    @property
    def _has_one_size(self) -> bool:
        spans = (self.side_ratio, self.area_ratio, self.aspect_ratio)
        return all(low == high for low, high in spans)

    def _between(self, span: tuple[float, float], number: float) -> float:
        low, high = span
        return low if self.jitter_type == "none" else low + (high - low) * number


def crop(
    crop_type="center",
    crop_size=0,
    side_ratio=0.0,
    area_ratio=0.0,
    aspect_ratio=1.0,
    jitter_type="none",
) -> Crop:
    """Return the transform that takes a part of an image.

    Args:
        crop_type: ``"center"``; ``"randomside"`` or ``"randomarea"``: anywhere, flipped in half of
            the cases; ``"multiview10"``: the upper left corner, or with ``is_multi_crop`` of the
            deserializer the four corners and the centre, and then the same flipped.
        crop_size: columns and rows of the part, ``(width, height)`` or one number for both; at most
            those of the image. 0: the part follows from a ratio.
        side_ratio: side of a square part by the image's smaller side, 0 to 1; or ``(low, high)``.
        area_ratio: area of the part by the image's, 0 to 1; or ``(low, high)``.
        aspect_ratio: smaller by larger side of the part, to 1; or ``(low, high)``. Which of them is
            the width is drawn. A part that does not fit is drawn again, up to ten times, and then
            the whole image is taken.
        jitter_type: ``"uniratio"`` draws ratios evenly between low and high, ``"none"`` takes low.

    Raises:
        ValueError: an argument is not as described, or there are both a side and an area.

    Reference: "randomarea" with ``area_ratio=(0.08, 1), aspect_ratio=(0.75, 1)`` is the one of
    Szegedy et al., "Going deeper with convolutions", CVPR 2015.

    >>> from cntk.io.deferred import Moment
    >>> from cntk.io.transforms.transform import Draw
    >>> crop("center", side_ratio=0.5).box(40, 30, Draw(Moment(0, 0, 0)))
    Box(left=12, top=7, width=15, height=15, is_flipped=False)
    """
    if side_ratio and area_ratio:
        raise ArgumentError("sideRatio and areaRatio cannot be specified simultaneously: crop")
    size = crop_size if isinstance(crop_size, (tuple, list)) else (crop_size, crop_size)
    if len(size) != 2 or bool(size[0]) != bool(size[1]):
        raise ArgumentError(
            f"crop: crop_size must be a number or a tuple of two numbers, got {crop_size!r}"
        )
    width, height = (check_count("crop", "crop_size", each, 0) for each in size)
    return Crop(
        one_of("crop", "crop_type", crop_type, TYPES),
        (width, height),
        _span("side_ratio", side_ratio),
        _span("area_ratio", area_ratio),
        _span("aspect_ratio", aspect_ratio, 1e-3),
        one_of("crop", "jitter_type", jitter_type, ("none", "uniratio")),
    )


def _span(name: str, value, least: float = 0.0) -> tuple[float, float]:
    """Return the ends of a range, which may be given as one number."""
    ends = value if isinstance(value, (tuple, list)) else (value, value)
    if len(ends) != 2:
        raise ArgumentError(f"crop: {name} must be a number or a tuple of two numbers: {value!r}")
    low, high = (checked("crop", name, each, least, 1.0) for each in ends)
    if low > high:
        raise ArgumentError(
            f"crop: {name} must be a number or a tuple of two numbers of which the first is "
            f"smaller than or equal to the second, got {value!r}"
        )
    return low, high
