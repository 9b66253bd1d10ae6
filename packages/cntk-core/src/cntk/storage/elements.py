"""The element types of stored arrays, and how their values lie in the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cntk.storage.joined import Joined, parts_of

# Values are converted this many at a time, so that saving needs no second copy of an array.
VALUES_AT_A_TIME = 2**20


@dataclass(frozen=True)
class Element:
    """One element type: its number, its type in memory and in the file, the field of its values."""

    data_type: int
    dtype: np.dtype
    stored: np.dtype
    field: str
    field_number: int
    has_payload: bool = True


ELEMENTS = {
    element.data_type: element
    for element in (
        Element(1, np.dtype("float32"), np.dtype("<f4"), "float_values", 4),
        Element(2, np.dtype("float64"), np.dtype("<f8"), "double_values", 5),
        # The format has no 16-bit floating-point numbers: they are widened.
        Element(4, np.dtype("float16"), np.dtype("<f4"), "float_values", 4),
        Element(5, np.dtype("int8"), np.dtype("int8"), "bytes_value", 6),
        # CNTK 2.7 writes int16 payloads that it cannot read.
        Element(6, np.dtype("int16"), np.dtype("<i2"), "sint32_values", 7, has_payload=False),
    )
}
_BY_DTYPE = {element.dtype: element for element in ELEMENTS.values()}


def element_of(array: np.ndarray | Joined) -> Element:
    """Return the element type of an array.

    Raises:
        TypeError: the format has no such type.
    """
    element = _BY_DTYPE.get(array.dtype.newbyteorder("="))
    if element is None:
        known = ", ".join(str(dtype) for dtype in _BY_DTYPE)
        raise TypeError(f"arrays of {array.dtype} cannot be stored; those of {known} can")
    return element


def from_stored(values: np.ndarray, element: Element) -> np.ndarray:
    """Return stored values in the type they have in memory, without a copy if it is the same."""
    with np.errstate(all="ignore"):
        return values.astype(element.dtype, copy=False)


class ValueBlock:
    """The values of an array as they lie in the file, converted while they are written."""

    def __init__(self, array: np.ndarray | Joined, element: Element) -> None:
        self._array = array
        self._stored = element.stored
        self.nbytes = array.size * element.stored.itemsize

    def chunks(self) -> Iterator[memoryview]:
        """Yield the bytes in order."""
        for array in parts_of(self._array):
            values = np.ascontiguousarray(array).reshape(-1)
            if not values.size:
                continue
            if values.dtype == self._stored:
                yield values.data.cast("B")
                continue
            for start in range(0, values.size, VALUES_AT_A_TIME):
                part = values[start : start + VALUES_AT_A_TIME].astype(self._stored)
                yield part.data.cast("B")
