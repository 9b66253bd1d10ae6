"""Cells: the state of a network - values of parameters, statistics, offsets of random numbers.

Plans read and write cells by reference. A cell has one value and a version that every write makes
anew, so that whatever was computed from it can be told to be stale. No two cells ever have the same
version: it tells what was computed from without holding on to the cell.

The value is an array in row-major order, until a kernel of an evaluation asks for another one
(:mod:`cntk.orders`); then that may be the only one. Whatever was read stays as it is for who reads
it, even if the cell lets it go.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from cntk.errors import ShapeError
from cntk.orders import Order, Orders
from cntk.shape import is_static, shape_text

_versions = itertools.count(1)


class Cell:
    """One mutable array, drawn by an initializer at the first reading.

    Args:
        value: the array, or None when ``draw`` gives it later.
        draw: function of (shape, dtype) that returns the first value.
    """

    __slots__ = ("_array", "_draw", "_is_lent", "_lock", "_orders", "version")

    def __init__(self, value: np.ndarray | None = None, draw=None) -> None:
        self._array, self._draw, self.version = value, draw, next(_versions)
        self._orders: Orders | None = None  # holds the value when ``_array`` is None
        self._is_lent = False
        self._lock = threading.Lock()

    @property
    def is_drawn(self) -> bool:
        """Whether there is a value already."""
        return self._array is not None or bool(self._orders)

    @property
    def is_plain(self) -> bool:
        """Whether the value is an array in row-major order, or will be drawn as one."""
        return self._array is not None or not self._orders

    def read(self, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        """Return the array itself, the only order from now on; draw it first if nobody has.

        For who may write to it, and tells so by :meth:`touch`, or expects that it is written soon.
        """
        array = self._array
        if array is not None:
            return array
        with self._lock:
            if self._array is None:
                if self._orders:
                    self._orders.read(None)
                    self._array = self._orders.end()
                else:
                    self._array = self._drawn(shape, dtype)
            assert self._array is not None
            return self._array

    def read_in(self, order: Order | None, shape: tuple[int, ...], dtype: np.dtype) -> Any:
        """Return the memory of the value in an order, to be read only.

        Args:
            order: the order; None: row-major, and what is returned is an array.
            shape: shape of the value.
            dtype: its element type.
        """
        if order is None and (array := self._array) is not None:
            return array
        with self._lock:
            if not self._orders:
                array = self._array if self._array is not None else self._drawn(shape, dtype)
                if order is None:
                    self._array = array
                    return array
                self._orders = self._orders or Orders()
                self._orders.begin(array)
                self._array = None
            memory = self._orders.read(order, self._is_lent)
            if self._orders.is_plain:
                self._array = self._orders.end()
            return memory

    def as_plain(self, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        """Return the value as an array to be read at once; the cell stays as it is."""
        if self._array is None:
            with self._lock:
                if self._orders:
                    return self._orders.plain()
        return self.read(shape, dtype)

    def copied(self, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        """Return a copy of the value."""
        if self._array is None:
            with self._lock:
                if self._orders:
                    return self._orders.copied()
        return self.read(shape, dtype).copy()

    def lend(self, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        """Return the array itself, which will be there and hold the value for good."""
        self._is_lent = True
        return self.read(shape, dtype)

    def redraw(self, draw) -> None:
        """Forget the value; ``draw`` gives the next one."""
        with self._lock:
            self._forget()
            self._draw, self._array = draw, None
            self.version = next(_versions)

    def write(self, value: np.ndarray) -> None:
        """Replace the contents, keeping the memory where there is some."""
        with self._lock:
            array = self._forget()
            if array is not None and array.shape == value.shape:
                array[...] = value
            else:
                array = np.array(value, order="C")
            self._array, self._draw = array, None
            self.version = next(_versions)

    def fill(self, into: Callable[[np.ndarray], None], shape: tuple[int, ...], dtype) -> None:
        """Replace the contents by what a function writes to the row-major array that it is given.

        If it raises, what it has written stays.
        """
        with self._lock:
            array = self._forget()
            if array is None or array.shape != shape or array.dtype != dtype:
                array = np.empty(shape, dtype)
            self._array, self._draw = array, None
            self.version = next(_versions)
            into(array)

    def touch(self, array: np.ndarray) -> None:
        """Count a write that was made in place, to an array that :meth:`read` returned."""
        if self._orders is None and self._array is array:
            self.version = next(_versions)  # an order that comes from now on has what was written
            return
        with self._lock:
            self._forget()
            self._array = array
            self.version = next(_versions)

    def copy(self, shape: tuple[int, ...], dtype: np.dtype) -> Cell:
        """Return a cell with a copy of the value; an undrawn one draws the same value."""
        if self.is_drawn or is_static(shape):
            return Cell(self.copied(shape, dtype))
        return Cell(draw=self._draw)

    def _forget(self) -> np.ndarray | None:
        """Let all orders go; return the array if there is one."""
        array = self._array
        if array is None and self._orders:
            array = self._orders.end()
        return array

    def _drawn(self, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        if not is_static(shape):
            raise ShapeError(
                f"Cannot create an NDArrayView using a view shape '{shape_text(shape)}' "
                "that has unknown dimensions for any of its axes. They are deduced when the "
                "parameter is first used in an operation: apply the layer to an input first"
            )
        array = np.ascontiguousarray(self._draw(shape, dtype), dtype)
        self._draw = None
        return array
