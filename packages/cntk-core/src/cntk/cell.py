"""Cells: the state of a network - values of parameters, statistics, offsets of random numbers.

Plans read and write cells by reference. A cell has one value and a version that every write makes
anew, so that whatever was computed from it can be told to be stale. No two cells ever have the same
version: it tells what was computed from without holding on to the cell.
"""

from __future__ import annotations

import itertools
import threading

import numpy as np

from cntk.errors import ShapeError
from cntk.shape import is_static, shape_text

_versions = itertools.count(1)


class Cell:
    """One mutable array, drawn by an initializer at the first reading.

    Args:
        value: the array, or None when ``draw`` gives it later.
        draw: function of (shape, dtype) that returns the first value.
    """

    __slots__ = ("_array", "_draw", "_lock", "version")

    def __init__(self, value: np.ndarray | None = None, draw=None) -> None:
        self._array, self._draw, self.version = value, draw, next(_versions)
        self._lock = threading.Lock()

    @property
    def is_drawn(self) -> bool:
        """Whether there is a value already."""
        return self._array is not None

    def read(self, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        """Return the array itself; draw it first if nobody has."""
        if self._array is None:
            if not is_static(shape):
                raise ShapeError(
                    f"Cannot create an NDArrayView using a view shape '{shape_text(shape)}' "
                    "that has unknown dimensions for any of its axes. They are deduced when the "
                    "parameter is first used in an operation: apply the layer to an input first"
                )
            with self._lock:
                if self._array is None:
                    self._array = np.ascontiguousarray(self._draw(shape, dtype), dtype)
                    self._draw = None
        return self._array

    def redraw(self, draw) -> None:
        """Forget the value; ``draw`` gives the next one."""
        self._draw, self._array = draw, None
        self.version = next(_versions)

    def write(self, value: np.ndarray) -> None:
        """Replace the contents, keeping the memory where there is some."""
        if self._array is not None and self._array.shape == value.shape:
            self._array[...] = value
        else:
            self._array = np.array(value)
        self._draw = None
        self.version = next(_versions)

    def touch(self) -> None:
        """Count a write that was made in place."""
        self.version = next(_versions)

    def copy(self, shape: tuple[int, ...], dtype: np.dtype) -> Cell:
        """Return a cell with a copy of the value; an undrawn one draws the same value."""
        if self._array is not None:
            return Cell(self._array.copy())
        if is_static(shape):
            return Cell(self.read(shape, dtype).copy())
        return Cell(draw=self._draw)
