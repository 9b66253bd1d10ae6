"""Arrays of which rows are read where they are needed.

Files are read, never mapped: a mapped file that somebody makes shorter ends the process.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from cntk.io.data_file import Stamp, open_data, read_into, stamp_of
from cntk.io.deserializers.arrays.header import Header, NotAnArrayError, read_header
from cntk.io.problems import data_error


class Array(Protocol):
    """An array in a file, or in memory.

    Attributes:
        name: what messages call it.
        dtype: element type.
        shape: of the array.
    """

    name: str
    dtype: np.dtype
    shape: tuple[int, ...]

    def read(self, first: int, count: int) -> np.ndarray:
        """Return some rows."""


class StoredArray:
    """An array that lies in a file as it would lie in memory.

    Args:
        name: what messages call it.
        path: the file.
        stamp: its size and time of change.
        header: element type and shape.
        offset: first byte of the elements.
    """

    def __init__(self, name: str, path: str, stamp: Stamp, header: Header, offset: int) -> None:
        self.name, self.dtype, self.shape = name, header.dtype, header.shape
        self._path, self._stamp, self._offset = path, stamp, offset
        rows = header.shape[0] if header.shape else 1
        self._row_bytes = header.num_bytes // max(1, rows)

    def read(self, first: int, count: int) -> np.ndarray:
        """Return some rows.

        Raises:
            RuntimeError: the file was changed.
        """
        rows = np.empty((count, *self.shape[1:]), self.dtype)
        if rows.nbytes:
            body = rows.reshape(-1).view(np.uint8)
            read_into(self._path, self._stamp, self._offset + first * self._row_bytes, body)
        return rows


class ArrayInMemory:
    """An array that had to be read whole.

    Args:
        name: what messages call it.
        array: the array.
    """

    def __init__(self, name: str, array: np.ndarray) -> None:
        self.name, self.dtype, self.shape = name, array.dtype, array.shape
        self._array = array

    def read(self, first: int, count: int) -> np.ndarray:
        """Return some rows."""
        return self._array[first : first + count]


def open_npy(path: str) -> StoredArray:
    """Return the array of an npy file; only its header is read.

    Raises:
        RuntimeError: it is missing, or no array of numbers.
    """
    with open_data(path) as file:
        stamp = stamp_of(file)
        try:
            header = read_header(file)
        except NotAnArrayError as error:
            raise not_an_array(path, error) from None
    check_size(path, header, stamp[0])
    return StoredArray(path, path, stamp, header, header.size)


def check_size(name: str, header: Header, size: int) -> None:
    """Compare an array with the bytes that there are for it.

    Raises:
        RuntimeError: they differ.
    """
    if header.size + header.num_bytes != size:
        expected = f"{header.num_bytes} bytes, for {header.dtype} of shape {header.shape}"
        found = f"{size - header.size} bytes after a header of {header.size}"
        raise not_an_array(name, NotAnArrayError(expected, found))


def not_an_array(name: str, error: NotAnArrayError) -> RuntimeError:
    """Return the error for what is no array."""
    return data_error(
        f"Input file '{name}' is not an array of numbers.",
        f"expected  {error.expected}",
        f"found     {error.found}",
    )
