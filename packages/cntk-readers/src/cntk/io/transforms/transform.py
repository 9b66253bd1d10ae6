"""What a transform of images is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from numbers import Real
from typing import ClassVar

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.deferred import Moment

Size = tuple[int | None, int | None, int | None]
"""Rows, columns, channels; None where it depends on the image."""

_STREAMS_OF_A_KIND = 16


@dataclass(frozen=True)
class Draw:
    """The randomness of one transform for one image.

    Attributes:
        moment: seed, sweep and sample.
        stream: which of the sample's streams of numbers it takes.
        view: which view of the image is made, of several.
    """

    moment: Moment
    stream: int = 0
    view: int = 0

    def numbers(self, count: int) -> list[float]:
        """Return numbers from 0 to below 1, up to 64 of them."""
        return self.moment.numbers(self.stream, count).tolist()


class Transform(ABC):
    """A change of an image; a subclass is a description that never changes.

    An image is an array ``(rows, columns, channels)``, of uint8 until a transform makes it float32,
    channels in the order blue, green, red.
    """

    kind: ClassVar[int] = 0
    """Transforms of one kind draw the same numbers in all streams of an image."""

    is_geometric: ClassVar[bool] = False
    """Whether it moves pixels and leaves their values, so that label images can take it."""

    @abstractmethod
    def apply(self, image: np.ndarray, draw: Draw) -> np.ndarray:
        """Return the changed image; the one given is left as it is."""

    def size(self, size: Size) -> Size:
        """Return the size of what comes out."""
        return size

    def for_labels(self) -> Transform:
        """Return the transform that keeps the values of pixels, of one that is geometric."""
        return self


def stream_numbers(transforms: list[Transform]) -> list[int]:
    """Return the stream of numbers that each transform of a list draws from."""
    seen: dict[int, int] = {}
    numbers = []
    for each in transforms:
        seen[each.kind] = seen.get(each.kind, -1) + 1
        numbers.append(each.kind * _STREAMS_OF_A_KIND + seen[each.kind] % _STREAMS_OF_A_KIND)
    return numbers


def checked(function: str, name: str, value, low: float, high: float) -> float:
    """Return a number that must lie between two others.

    Raises:
        ValueError: it does not.
    """
    if isinstance(value, bool) or not isinstance(value, Real) or not low <= float(value) <= high:
        raise ArgumentError(
            f"{function}: {name} is a number from {low:g} to {high:g}, got {value!r}"
        )
    return float(value)


def one_of(function: str, name: str, value, allowed) -> str:
    """Return a word of a list, in lower case.

    Raises:
        ValueError: it is not in the list.
    """
    word = value.lower() if isinstance(value, str) else value
    if word not in allowed:
        raise ArgumentError(
            f"{function}: invalid {name} value {value!r}, must be {', '.join(allowed)}"
        )
    return word


def check_count(function: str, name: str, value, least: int = 1) -> int:
    """Return a whole number that is not too small.

    Raises:
        ValueError: it is.
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ArgumentError(f"{function}: {name} is a whole number from {least} up, got {value!r}")
    return int(value)
