"""The rows of arrays as samples of streams."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.casting import cast
from cntk.io.deserializers.arrays.archive import ArrayArchive
from cntk.io.deserializers.arrays.stored import Array
from cntk.io.problems import data_error
from cntk.sparse import SparseRows

_READER = "NumPyDeserializer"
_CSR = ("data", "indices", "indptr", "shape")
Rows = tuple[Any, "np.ndarray | None"]
"""Samples, and which of them are malformed; None: none is."""


class DenseRows:
    """Samples of an array ``(samples, *shape)``.

    Args:
        stream: its name, for messages.
        array: the array.
        shape: static shape of a sample; None: that of the array.
        dtype: element type of samples.

    Raises:
        ValueError: the array has other samples.
    """

    expected = "numbers within the range of the element type"

    def __init__(
        self, stream: str, array: Array, shape: tuple[int, ...] | None, dtype: np.dtype
    ) -> None:
        own = array.shape[1:]
        self.shape = shape or own or (1,)
        if not array.shape or not 0 < math.prod(own) == math.prod(self.shape):
            raise _wrong(stream, array, f"samples of shape {self.shape}")
        if len(own) > 1 and own != self.shape:
            raise _wrong(stream, array, f"samples of shape {self.shape}, or with one axis")
        self.count, self._array, self._dtype = array.shape[0], array, dtype
        self.row_bytes = array.dtype.itemsize * math.prod(own)

    def read(self, first: int, count: int) -> Rows:
        """Return some samples."""
        values, wrong = cast(self._array.read(first, count), self._dtype)
        if wrong is not None:
            wrong = np.logical_or.reduce(wrong.reshape(count, -1), axis=1)
        return values.reshape(count, *self.shape), wrong


class ClassRows:
    """One-hot samples of an array of the numbers of classes.

    Args:
        stream: its name, for messages.
        array: the array.
        shape: the number of classes.
        dtype: element type of samples.

    Raises:
        ValueError: the array holds no classes, or their number is not given.
    """

    def __init__(
        self, stream: str, array: Array, shape: tuple[int, ...] | None, dtype: np.dtype
    ) -> None:
        if shape is None or len(shape) != 1:
            raise ArgumentError(
                f"{_READER}: stream '{stream}' needs shape=..., the number of classes, got {shape}"
            )
        if len(array.shape) != 1 or array.dtype.kind not in "iub":
            raise _wrong(stream, array, "whole numbers, one for each sample (is_sparse=True)")
        self.shape, self.count, self._array, self._dtype = shape, array.shape[0], array, dtype
        self.row_bytes = array.dtype.itemsize
        self.expected = f"a class from 0 to {shape[0] - 1}"

    def read(self, first: int, count: int) -> Rows:
        """Return some samples."""
        numbers = self._array.read(first, count)
        wrong = (numbers < 0) | (numbers >= self.shape[0])
        indices = np.where(wrong, 0, numbers).astype(np.int64)
        ones = np.ones(count, self._dtype)
        rows = SparseRows(ones, indices, np.arange(count + 1), self.shape[0])
        return rows, wrong if wrong.any() else None


class MatrixRows:
    """Rows of a matrix that ``scipy.sparse.save_npz`` wrote, in compressed rows.

    Args:
        stream: its name, for messages.
        archive: the file.
        path: its name.
        shape: the number of columns; None: that of the matrix.
        dtype: element type of samples.

    Raises:
        ValueError: the matrix has another number of columns.
        RuntimeError: the file is no such matrix.
    """

    def __init__(
        self,
        stream: str,
        archive: ArrayArchive,
        path: str,
        shape: tuple[int, ...] | None,
        dtype: np.dtype,
    ) -> None:
        self._path, self._dtype = path, dtype
        kind = archive.word("format") if "format" in archive.names else "csr"
        if kind != "csr":
            raise data_error(
                f"Input file '{path}' is a sparse matrix in another form.",
                f"expected  csr, compressed rows; found {ascii(kind)}",
                hint="scipy.sparse.save_npz(path, matrix.tocsr())",
            )
        data, indices, indptr, sizes = (archive.array(name) for name in _CSR)
        is_sound = (
            sizes.shape == (2,)
            and len(indptr.shape) == len(data.shape) == 1
            and data.shape == indices.shape
            and {indices.dtype.kind, indptr.dtype.kind, sizes.dtype.kind} <= {"i", "u"}
        )
        if is_sound:
            self.count, width = (int(n) for n in sizes.read(0, 2))
            is_sound = indptr.shape == (self.count + 1,) and 0 < width < 2**31
        if not is_sound:
            raise data_error(
                f"Input file '{path}' is no matrix in compressed rows.",
                "expected  the arrays data, indices, indptr and shape of scipy.sparse.save_npz",
            )
        self.shape = shape or (width,)
        if self.shape != (width,):
            raise ArgumentError(
                f"{_READER}: stream '{stream}': {path} has {width} columns, not shape={shape}"
            )
        self._data, self._indices, self._indptr = data, indices, indptr
        per_value = data.dtype.itemsize + indices.dtype.itemsize
        self.row_bytes = 8 + per_value * data.shape[0] // max(1, self.count)
        self.expected = f"columns from 0 to {width - 1}"

    def read(self, first: int, count: int) -> Rows:
        """Return some samples.

        Raises:
            RuntimeError: values of rows do not lie where values are.
        """
        pointers = self._indptr.read(first, count + 1)
        begin, end, total = int(pointers[0]), int(pointers[-1]), self._data.shape[0]
        steps = pointers[1:] >= pointers[:-1]
        if not (0 <= begin <= end <= total and steps.all()):
            raise data_error(
                f"Input file '{self._path}' is damaged.",
                f"rows      {first} to {first + count - 1}",
                f"expected  row pointers that grow, up to the {total} values",
            )
        indices = self._indices.read(begin, end - begin)
        values, beyond = cast(self._data.read(begin, end - begin), self._dtype)
        bad = (indices < 0) | (indices >= self.shape[0])
        if beyond is not None:
            bad |= beyond
        indptr = pointers.astype(np.int64) - begin
        wrong = None
        if bad.any():
            wrong = np.zeros(count, bool)
            wrong[np.repeat(np.arange(count), np.diff(indptr))[bad]] = True
            indices = np.where(bad, 0, indices)
        return SparseRows(values, indices.astype(np.int64), indptr, self.shape[0]), wrong


def _wrong(stream: str, array: Array, expected: str) -> ArgumentError:
    return ArgumentError(
        f"{_READER}: stream '{stream}': expected {expected}; {array.name} is an array of "
        f"{array.dtype} of shape {array.shape}"
    )
