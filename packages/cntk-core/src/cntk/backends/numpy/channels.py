"""Sums over all values of a channel, and scaling by a number of each channel.

Operands ``[rows, channels, size]`` are seen as matrices whose rows are long, since NumPy has a
price for each row: by columns as ``[rows, channels * size]``, or, where a channel is long itself or
there are few rows, by channels as ``[rows * channels, size]``. Scratch memory holds a part of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

_CELLS = 1 << 17  # of a part: half a megabyte of float32
_COLUMNS = 1 << 16  # the longest row of a part
_LONG, _FEW_ROWS, _LONG_FOR_FEW = 4096, 4, 256


class Channels:
    """One way to see operands as matrices.

    Args:
        rows: samples in the minibatch.
        number: number of channels.
        size: values of one channel in one sample.
        dtype: element type.
    """

    def __init__(self, rows: int, number: int, size: int, dtype: np.dtype) -> None:
        self.rows, self.number, self.size = rows, number, size
        self.by_channel = size >= _LONG or (rows <= _FEW_ROWS and size >= _LONG_FOR_FEW)
        self._shape = (rows * number, size) if self.by_channel else (rows, number * size)
        self._formula = "ab,ab->a" if self.by_channel else "ab,ab->b"
        self._ones = np.ones(size if self.by_channel else rows, dtype)

    def matrix(self, array: np.ndarray) -> np.ndarray:
        """Return the array as a matrix."""
        return array.reshape(self._shape)

    def _parts(self) -> Iterator[tuple[slice, slice]]:
        """Yield (rows, columns) of the parts of a matrix."""
        height, width = self._shape
        columns = min(width, _COLUMNS)
        step = max(1, _CELLS // max(1, columns))
        for top in range(0, height, step):
            for left in range(0, width, columns):
                yield slice(top, top + step), slice(left, left + columns)

    def _total(self, sums: np.ndarray) -> np.ndarray:
        """Return the sums of channels from those of the matrix's rows or columns."""
        if self.by_channel:
            return sums.reshape(self.rows, self.number).sum(axis=0)
        return sums if self.size == 1 else sums.reshape(self.number, self.size).sum(axis=1)

    def _spread(self, values: np.ndarray) -> np.ndarray:
        """Return a value per channel as a matrix that broadcasts."""
        if self.by_channel:
            return np.tile(values, self.rows)[:, None]
        return (values if self.size == 1 else np.repeat(values, self.size))[None]

    def sums(self, matrix: np.ndarray) -> np.ndarray:
        """Return the sum of each channel; BLAS is faster than a reduction."""
        left, right = (matrix, self._ones) if self.by_channel else (self._ones, matrix)
        return self._total(np.dot(left, right))

    def products(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Return the sum of ``left * right`` of each channel."""
        return self._total(np.einsum(self._formula, left, right))

    def centred_squares(self, matrix: np.ndarray, centre: np.ndarray) -> np.ndarray:
        """Return the sum of ``(matrix - centre) ** 2`` of each channel."""
        total = np.zeros(self._shape[not self.by_channel], matrix.dtype)
        spread = self._spread(centre)
        for part in self._parts():
            centred = matrix[part] - _at(spread, part)
            total[part[not self.by_channel]] += np.einsum(self._formula, centred, centred)
        return self._total(total)

    def scale(self, matrix, factor, shift, into: np.ndarray) -> None:
        """Write ``matrix * factor + shift``; ``into`` may be the matrix."""
        factor, shift = self._spread(factor), self._spread(shift)
        for part in self._parts():
            np.multiply(matrix[part], _at(factor, part), into[part])
            np.add(into[part], _at(shift, part), into[part])

    def blend(self, left, right, factors: tuple, shift, into: np.ndarray) -> None:
        """Write ``left * factor + right * factor + shift``; ``into`` may be a matrix of them."""
        first, second = (self._spread(factor) for factor in factors)
        shift = self._spread(shift)
        for part in self._parts():
            other = right[part] * _at(second, part)
            other += _at(shift, part)
            np.multiply(left[part], _at(first, part), into[part])
            np.add(into[part], other, into[part])


def _at(spread: np.ndarray, part: tuple[slice, slice]) -> np.ndarray:
    """Return what belongs to a part of a matrix."""
    rows, columns = part
    return spread[rows] if spread.shape[1] == 1 else spread[:, columns]
