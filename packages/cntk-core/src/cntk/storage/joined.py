"""Arrays that are one in a file, and several in memory, or not there until they are written."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np


class Joined:
    """Arrays whose values lie one after the other in a file, as those of one array.

    Args:
        parts: the arrays, of one element type.
        shape: of the whole; it has as many values as all of them.

    >>> from cntk.storage import dictionary_bytes, read_dictionary
    >>> joined = Joined([np.float32([1, 2]), np.float32([3, 4])], (2, 2))
    >>> read_dictionary(dictionary_bytes({"joined": joined}))["joined"]
    array([[1., 2.],
           [3., 4.]], dtype=float32)
    """

    def __init__(self, parts: Sequence[np.ndarray], shape: tuple[int, ...]) -> None:
        self.parts, self.shape, self.dtype = list(parts), shape, parts[0].dtype
        self.size = math.prod(shape)
        self.nbytes = self.size * self.dtype.itemsize
        assert all(part.dtype == self.dtype for part in parts)
        assert sum(part.size for part in parts) == self.size


class Deferred(Joined):
    """An array that is made when it is written, and let go after that.

    Args:
        make: returns it.
        shape, dtype: its shape and element type.

    >>> from cntk.storage import dictionary_bytes, read_dictionary
    >>> later = Deferred(lambda: np.ones(2, np.float32), (2,), np.dtype("float32"))
    >>> read_dictionary(dictionary_bytes({"later": later}))["later"]
    array([1., 1.], dtype=float32)
    """

    def __init__(
        self, make: Callable[[], np.ndarray], shape: tuple[int, ...], dtype: np.dtype
    ) -> None:
        self.make, self.shape, self.dtype = make, shape, dtype
        self.size = math.prod(shape)
        self.nbytes = self.size * dtype.itemsize


def parts_of(array: np.ndarray | Joined) -> list[np.ndarray]:
    """Return the arrays whose values follow each other in the file."""
    if isinstance(array, Deferred):
        return [array.make()]
    return array.parts if isinstance(array, Joined) else [array]
