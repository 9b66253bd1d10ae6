"""Arrays that are one in a file, and several in memory."""

from __future__ import annotations

import math
from collections.abc import Sequence

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


def parts_of(array: np.ndarray | Joined) -> list[np.ndarray]:
    """Return the arrays whose values follow each other in the file."""
    return array.parts if isinstance(array, Joined) else [array]
