"""The header of an npy file: element type, shape and order, checked before anything is made of it.

Reference: the module ``numpy.lib.format``.
"""

from __future__ import annotations

import math
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple

import numpy as np

LONGEST_HEADER = 10000
_VERSIONS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
_MOST_AXES = 32


class NotAnArrayError(Exception):
    """Something is no array of numbers.

    Attributes:
        expected: what would be one.
        found: what is there.
    """

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.expected, self.found = expected, found


class Header(NamedTuple):
    """What stands before the elements.

    Attributes:
        dtype: element type: whole, floating or truth values.
        shape: of the array.
        size: bytes of the header.
    """

    dtype: np.dtype
    shape: tuple[int, ...]
    size: int

    @property
    def num_bytes(self) -> int:
        """Bytes of the elements."""
        return self.dtype.itemsize * math.prod(self.shape)


def read_header(file: BinaryIO) -> Header:
    """Return the header of an npy file; no elements are read, and nothing in it is run.

    Args:
        file: open, at the beginning of the header.

    Raises:
        NotAnArrayError: it is malformed, or the elements are no numbers in C order.
    """
    begin = file.tell()
    try:
        version = np.lib.format.read_magic(file)
        if version not in _VERSIONS:
            raise NotAnArrayError("an npy file of version 1.0 or 2.0", f"version {version}")
        read: Any = _VERSIONS[version]
        shape, is_fortran, dtype = read(file, max_header_size=LONGEST_HEADER)
    except NotAnArrayError:
        raise
    except Exception as error:  # of numpy's own, of ast's and of the tokenizer's
        cause = str(error).strip().partition("\n")[0] or type(error).__name__
        raise NotAnArrayError("the header of an npy file", cause[:200]) from None
    if dtype.kind not in "biuf" or dtype.itemsize > 8:
        raise NotAnArrayError("an array of numbers", f"elements of {str(dtype)[:80]}")
    if not all(0 <= size < 2**62 for size in shape) or len(shape) > _MOST_AXES:
        raise NotAnArrayError("an array of up to 32 axes", f"shape {str(shape)[:80]}")
    if is_fortran and len(shape) > 1:
        raise NotAnArrayError("an array in C order (numpy.ascontiguousarray)", "Fortran's order")
    return Header(dtype, shape, file.tell() - begin)


def read_array(data: bytes) -> np.ndarray:
    """Return the array of an npy file in memory.

    Raises:
        NotAnArrayError: it is malformed.
    """
    header = read_header(BytesIO(data))
    if header.size + header.num_bytes != len(data):
        found = f"{len(data) - header.size} bytes for {header.dtype} of shape {header.shape}"
        raise NotAnArrayError(f"{header.num_bytes} bytes of elements", found)
    return np.frombuffer(data, header.dtype, offset=header.size).reshape(header.shape)
