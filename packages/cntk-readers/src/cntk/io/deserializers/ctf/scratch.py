"""Memory that is used again from chunk to chunk.

A chunk's text and what is first read of it take some hundred megabytes for a moment. Taken anew
from the system each time, getting that memory costs as much as reading numbers.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

_KEPT = 8  # of each use
_LARGEST_KEPT = 128 << 20  # what an enormous line needed is given back


class Scratch:
    """Arrays by name, whose contents are lost when they are asked for again."""

    def __init__(self) -> None:
        self._arrays: dict[str, np.ndarray] = {}

    def array(self, name: str, size: int, dtype) -> np.ndarray:
        """Return an array of any content."""
        found = self._arrays.get(name)
        if found is None or len(found) < size or found.dtype != dtype:
            found = self._arrays[name] = np.empty(size, dtype)
        return found[:size]

    def shrink(self) -> None:
        """Give back arrays that are larger than usual."""
        for name, array in list(self._arrays.items()):
            if array.nbytes > _LARGEST_KEPT:
                del self._arrays[name]


# by use: else each would come to hold what all uses need
_free: defaultdict[str, deque[Scratch]] = defaultdict(lambda: deque(maxlen=_KEPT))


@contextmanager
def borrowed(use: str) -> Iterator[Scratch]:
    """Give memory that nobody else uses until the block ends.

    Args:
        use: what it is for; it was used for the same before.
    """
    free = _free[use]
    try:
        scratch = free.pop()
    except IndexError:
        scratch = Scratch()
    try:
        yield scratch
    finally:
        scratch.shrink()
        free.append(scratch)
