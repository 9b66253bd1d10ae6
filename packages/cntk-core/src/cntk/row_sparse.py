"""Row-sparse arrays: some rows of a tall array, the others being zero."""

from __future__ import annotations

import math

import numpy as np

from cntk.sparse import SparseRows


class RowSparse:
    """An array ``(height, ...)`` of which only some rows are held: the gradient to a table.

    Args:
        indices: the numbers of the rows that are held, rising, each once.
        rows: array ``(len(indices), ...)``: their contents.
        height: number of rows of the whole array.
    """

    __slots__ = ("height", "indices", "rows")

    def __init__(self, indices: np.ndarray, rows: np.ndarray, height: int) -> None:
        self.indices, self.rows, self.height = indices, rows, int(height)

    @classmethod
    def from_csr(cls, matrix, shape: tuple[int, ...]) -> RowSparse:
        """Return the rows of a CSR matrix that hold values, as parts of an array of a shape.

        Args:
            matrix: anything that looks like CSR, ``(height, width)``.
            shape: ``(height, ...)``; what follows the height has ``width`` elements.
        """
        matrix = SparseRows.from_csr(matrix)
        indices = np.flatnonzero(np.diff(matrix.indptr))
        rows = matrix[indices].to_dense()
        return cls(indices, rows.reshape(len(indices), *shape[1:]), shape[0])

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the whole array."""
        return (self.height, *self.rows.shape[1:])

    @property
    def dtype(self) -> np.dtype:
        """Element type."""
        return self.rows.dtype

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.rows.ndim

    def merged(self, other: RowSparse) -> RowSparse:
        """Return the sum of two arrays of one shape."""
        if np.array_equal(self.indices, other.indices):
            return RowSparse(self.indices, self.rows + other.rows, self.height)
        indices = np.union1d(self.indices, other.indices)
        rows = np.zeros((len(indices), *self.rows.shape[1:]), self.dtype)
        rows[np.searchsorted(indices, self.indices)] = self.rows
        rows[np.searchsorted(indices, other.indices)] += other.rows
        return RowSparse(indices, rows, self.height)

    def to_dense(self) -> np.ndarray:
        """Return the whole array."""
        dense = np.zeros(self.shape, self.dtype)
        dense[self.indices] = self.rows
        return dense

    def to_csr(self) -> SparseRows:
        """Return the rows as CSR ``(height, elements of a row)``; all elements of a row count."""
        width = math.prod(self.rows.shape[1:])
        counts = np.zeros(self.height + 1, np.int64)
        counts[self.indices + 1] = width
        columns = np.tile(np.arange(width), len(self.indices))
        return SparseRows(self.rows.reshape(-1), columns, np.cumsum(counts), width)

    def to_scipy(self):
        """Return a ``scipy.sparse.csr_matrix``; what is no matrix, which SciPy lacks, whole."""
        return self.to_csr().to_scipy() if self.ndim == 2 else self.to_dense()

    def copy(self) -> RowSparse:
        """Return the same rows in memory of their own."""
        return RowSparse(self.indices, self.rows.copy(), self.height)

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        """Give NumPy the whole array: what knows nothing of rows still computes the right thing."""
        return self.to_dense() if dtype is None else self.to_dense().astype(dtype)

    def __repr__(self) -> str:
        return f"<{len(self.indices)} rows of {self.shape}>"


def held(array: object) -> object:
    """Return the array of the numbers that are held of an array of any storage."""
    if isinstance(array, RowSparse):
        return array.rows
    return array.data if isinstance(array, SparseRows) else array
