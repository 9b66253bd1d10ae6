"""Memory for copies that are made again and again, such as those of a training's state."""

from __future__ import annotations

from collections import defaultdict

import numpy as np


class Copies:
    """Gives arrays to copy to; the same ones after each :meth:`take_back`.

    Memory that a process has written to before takes a copy several times as fast as new memory.

    >>> copies = Copies()
    >>> first = copies((2, 3), np.dtype("float32"))
    >>> copies.take_back()
    >>> copies((2, 3), np.dtype("float32")) is first
    True
    """

    def __init__(self) -> None:
        self._free: dict[tuple, list[np.ndarray]] = defaultdict(list)
        self._given: list[np.ndarray] = []

    def __call__(self, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        """Return an array with any content."""
        free = self._free[shape, dtype]
        array = free.pop() if free else np.empty(shape, dtype)
        self._given.append(array)
        return array

    def take_back(self) -> None:
        """Note that nobody needs the arrays any more."""
        self._free.clear()
        for array in reversed(self._given):
            self._free[array.shape, array.dtype].append(array)
        self._given.clear()
