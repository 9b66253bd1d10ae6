"""Sparse rows: one compressed row per sample, without SciPy."""

from __future__ import annotations

from enum import Enum

import numpy as np

from cntk.errors import ArgumentError, ShapeError


class Storage(Enum):
    """How the data of a value lie in memory: part of its inferred type."""

    DENSE = "dense"
    CSR = "csr"  # SparseRows: few elements of each sample
    ROWS = "row-sparse"  # RowSparse: few rows of a whole array, the gradient to a table

    @classmethod
    def of(cls, is_sparse: bool) -> Storage:
        """Return the storage of a variable."""
        return cls.CSR if is_sparse else cls.DENSE


DENSE = Storage.DENSE
_FEW = 12  # parts that are added one after the other; more of them are summed at once


def is_csr(data: object) -> bool:
    """Whether an object looks like a SciPy CSR matrix or array, or is a :class:`SparseRows`."""
    return isinstance(data, SparseRows) or (
        all(hasattr(data, name) for name in ("indptr", "indices", "data", "shape"))
        and getattr(data, "format", "csr") == "csr"
    )


class SparseRows:
    """Rows of a matrix ``(rows, width)`` in compressed form.

    Args:
        data: the nonzero values.
        indices: the column of each value.
        indptr: the first value of each row, and the number of values at the end.
        width: number of columns.
    """

    __slots__ = ("_columns", "data", "indices", "indptr", "width")
    format = "csr"

    def __init__(self, data, indices, indptr, width: int) -> None:
        self.data = np.asarray(data)
        self.indices = np.asarray(indices, dtype=np.int64)
        self.indptr = np.asarray(indptr, dtype=np.int64)
        self.width = int(width)
        self._columns: ByColumn | None = None

    @classmethod
    def from_csr(cls, matrix, dtype=None) -> SparseRows:
        """Return the rows of anything that looks like CSR; indices are checked."""
        if isinstance(matrix, SparseRows):
            rows = matrix
        else:
            rows = cls(matrix.data, matrix.indices, matrix.indptr, matrix.shape[1])
            rows._check()
        if dtype is not None and rows.data.dtype != dtype:
            rows = cls(rows.data.astype(dtype), rows.indices, rows.indptr, rows.width)
        return rows

    @classmethod
    def from_dense(cls, array: np.ndarray) -> SparseRows:
        """Return the nonzero values of a matrix."""
        row, column = np.nonzero(array)
        indptr = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=len(array)))))
        return cls(array[row, column], column, indptr, array.shape[1])

    @classmethod
    def stack(cls, parts: list[SparseRows]) -> SparseRows:
        """Return the rows of all parts, one after the other."""
        counts = np.concatenate([np.diff(part.indptr) for part in parts])
        if len({part.width for part in parts}) != 1:
            raise ShapeError(
                f"sparse matrices of different widths {[p.width for p in parts]} in one batch"
            )
        return cls(
            np.concatenate([part.data for part in parts]),
            np.concatenate([part.indices for part in parts]),
            np.concatenate(([0], np.cumsum(counts))),
            parts[0].width,
        )

    def _check(self) -> None:
        """Refuse index arrays that would read outside their buffers."""
        ok = (
            self.indptr.ndim == 1
            and len(self.indptr) >= 1
            and self.indptr[0] == 0
            and bool((np.diff(self.indptr) >= 0).all())
            and int(self.indptr[-1]) <= min(len(self.data), len(self.indices))
        )
        if not ok:
            raise ArgumentError("the index pointers of a CSR matrix are not consistent")
        if len(self.indices) and not (
            0 <= int(self.indices.min()) and int(self.indices.max()) < self.width
        ):
            raise ArgumentError(
                f"a CSR matrix of width {self.width} has column indices in "
                f"[{self.indices.min()}, {self.indices.max()}]"
            )

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, width)."""
        return len(self.indptr) - 1, self.width

    @property
    def dtype(self) -> np.dtype:
        """Element type of the values."""
        return self.data.dtype

    @property
    def ndim(self) -> int:
        """Always 2."""
        return 2

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def __getitem__(self, rows) -> SparseRows:
        """Return chosen rows: a slice or an index array."""
        if isinstance(rows, slice):
            first, stop, step = rows.indices(len(self))
            if step == 1:  # as for arrays, the values are shared
                return self._between(first, max(first, stop))
            rows = np.arange(first, stop, step)
        rows = np.asarray(rows, dtype=np.int64)
        starts = self.indptr[rows]
        counts = self.indptr[rows + 1] - starts
        indptr = np.concatenate(([0], np.cumsum(counts)))
        take = np.repeat(starts - indptr[:-1], counts) + np.arange(indptr[-1])
        return SparseRows(self.data[take], self.indices[take], indptr, self.width)

    def _between(self, first: int, stop: int) -> SparseRows:
        begin, end = self.indptr[first], self.indptr[stop]
        indptr = self.indptr[first : stop + 1] - begin
        return SparseRows(self.data[begin:end], self.indices[begin:end], indptr, self.width)

    def row_of_value(self) -> np.ndarray:
        """Return the row of each stored value."""
        return np.repeat(np.arange(len(self)), np.diff(self.indptr))

    def is_one_each(self) -> bool:
        """Whether each row holds one value, as one-hot rows do."""
        return int(self.indptr[-1]) == len(self) and bool((np.diff(self.indptr) == 1).all())

    def by_column(self) -> ByColumn:
        """Return where the values of each column stand; found once."""
        if self._columns is None:
            self._columns = ByColumn(self.indices[: int(self.indptr[-1])], self.width)
        return self._columns

    def to_dense(self, dtype=None) -> np.ndarray:
        """Return the matrix as a dense array; repeated entries add up."""
        dense = np.zeros(self.shape, dtype=dtype or self.dtype)
        end = int(self.indptr[-1])
        np.add.at(dense, (self.row_of_value(), self.indices[:end]), self.data[:end])
        return dense

    def copy(self) -> SparseRows:
        """Return the same rows in memory of their own."""
        return SparseRows(self.data.copy(), self.indices, self.indptr, self.width)

    def to_scipy(self):
        """Return a ``scipy.sparse.csr_matrix``; of float32 for float16, which SciPy lacks."""
        try:
            from scipy.sparse import csr_matrix
        except ImportError:
            raise ImportError(
                "sparse results are returned as SciPy matrices: pip install scipy, "
                "or ask for as_numpy=False"
            ) from None
        values = self.data.astype(np.float32) if self.dtype == np.float16 else self.data
        return csr_matrix((values, self.indices, self.indptr), shape=self.shape)


class ByColumn:
    """Places of parts along an axis, equal ones together.

    Args:
        places: an index 0 to ``size - 1`` for each part.
        size: size of the axis.
    """

    __slots__ = ("columns", "order", "starts")

    def __init__(self, places: np.ndarray, size: int) -> None:
        count = len(places)
        bits = max(count - 1, 0).bit_length()
        if bits + size.bit_length() < 63:  # numbers sort faster than an order is found
            keys = (places << bits) | np.arange(count)
            keys.sort()
            self.order, ordered = keys & ((1 << bits) - 1), keys >> bits
        else:
            self.order = np.argsort(places, kind="stable")
            ordered = places[self.order]
        first = np.ones(count, bool)
        np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
        self.starts = np.flatnonzero(first)
        self.columns = ordered[self.starts]

    def sums(self, parts: np.ndarray) -> np.ndarray:
        """Return the sum of the parts of each column that occurs, in the order of ``columns``.

        Args:
            parts: the parts in the order of ``order``.
        """
        counts = np.diff(self.starts, append=len(parts))
        total = parts[self.starts]
        # np.add.reduceat, which does the same, takes ten times as long for rows
        rounds = min(int(counts.max(initial=0)), _FEW)
        for k in range(1, rounds):
            more = np.flatnonzero((counts > k) & (counts <= _FEW))
            total[more] += parts[self.starts[more] + k]
        for i in np.flatnonzero(counts > _FEW):
            start = self.starts[i]
            np.add.reduce(parts[start : start + counts[i]], axis=0, out=total[i, ...])
        return total


AnyRows = np.ndarray | SparseRows


def sum_at(places: np.ndarray, parts: np.ndarray, size: int) -> np.ndarray:
    """Return zeros with each part added at its place along the first axis.

    Args:
        places: an index 0 to ``size - 1`` for each part.
        parts: the parts, one after the other along the first axis.
        size: size of the first axis of the result.

    >>> sum_at(np.array([2, 0, 2]), np.array([1., 2., 3.]), 3)
    array([2., 0., 4.])
    """
    result = np.zeros((size, *parts.shape[1:]), parts.dtype)
    if len(places):
        # equal places one after the other, then one sum for each: much faster than np.add.at
        by_place = ByColumn(places, size)
        result[by_place.columns] = by_place.sums(parts[by_place.order])
    return result
