"""The layout of large files: first the dictionary without values, then all values in a row.

Protobuf messages end at 2 GiB, so the format keeps the values of large models apart:

=====  ================================================================
bytes  content
=====  ================================================================
0-3    the magic number
4-7    the size of the message, 32 bits, little-endian
8...   the message; its arrays have a type and a shape, but no values
then   the values of these arrays in the order of the message, unpadded
=====  ================================================================
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cntk.storage.described import described
from cntk.storage.elements import VALUES_AT_A_TIME, Element, ValueBlock, element_of, from_stored
from cntk.storage.joined import Joined
from cntk.storage.messages.wire import WireReader

MAGIC = struct.pack("<I", 0x636E746B)
HEADER_SIZE = 8
# A message of this many bytes is one too many for protobuf.
LARGE = 2**31 - 1


@dataclass
class PendingArrays:
    """Arrays that have their memory but not yet their values; ``room`` bytes can still come."""

    room: int
    arrays: list[tuple[np.ndarray, Element]] = field(default_factory=list)

    def reserve(
        self, reader: WireReader, shape: tuple[int, ...], element: Element, start: int
    ) -> np.ndarray:
        """Return the array that the next values of the payload are for."""
        count = math.prod(shape)
        needed = count * element.stored.itemsize
        if needed > self.room or not element.has_payload:
            reader.fail(
                "an array has no values",
                offset=start,
                expected=f"{needed} bytes for {count} values of {element.dtype}",
                actual=f"{self.room} bytes are left of the payload"
                if element.has_payload
                else "the format cannot keep them outside the message",
            )
        self.room -= needed
        if reader.skips_values:
            return described(shape, element.dtype)
        reader.charge(needed)
        array = np.empty(shape, element.dtype)
        self.arrays.append((array, element))
        return array

    def fill(self, reader: WireReader) -> None:
        """Read the values of all arrays, which have to use up the payload."""
        if self.room:
            reader.fail("the payload has values without an array", actual=f"{self.room} bytes")
        for array, element in self.arrays:
            flat = array.reshape(-1)
            if flat.dtype == element.stored:
                reader.into(flat.data.cast("B"))
            else:
                read_converted(reader, flat, element)


def read_converted(reader: WireReader, array: np.ndarray, element: Element) -> None:
    """Fill an array of one axis with values that have another type in the file."""
    for start in range(0, array.size, VALUES_AT_A_TIME):
        target = array[start : start + VALUES_AT_A_TIME]
        values = np.empty(target.size, element.stored)
        reader.into(values.data.cast("B"))
        target[...] = from_stored(values, element)


def read_header(reader: WireReader) -> int:
    """Return where the message ends; the reader is past the header of the layout, if it has one."""
    if reader.size < len(MAGIC) or reader.take(len(MAGIC)) != MAGIC:
        reader.restart()
        return reader.size
    size = int.from_bytes(reader.take(HEADER_SIZE - len(MAGIC)), "little")
    left = reader.size - HEADER_SIZE
    if size > left:
        reader.fail(
            "the message is cut off",
            offset=len(MAGIC),
            expected=f"{size} bytes",
            actual=f"{left} bytes are left of the file",
        )
    return HEADER_SIZE + size


def header(message_size: int) -> bytes:
    """Return the header of the layout."""
    return MAGIC + struct.pack("<I", message_size)


class PayloadPlan:
    """Which arrays of a dictionary go to the payload, and their values in order.

    Only the elements of vectors and one key of each dictionary have a certain order in CNTK 2.7,
    which walks the keys in the order of its hashes. So of each dictionary only the key with the
    most bytes moves its arrays; those of other keys stay in the message, which readers accept.
    """

    def __init__(self) -> None:
        self.blocks: list[ValueBlock] = []

    def heaviest_key(self, dictionary: dict[str, Any]) -> str | None:
        """Return the key whose arrays move, or None where there are none."""
        weights = {key: array_bytes(value) for key, value in dictionary.items()}
        key = max(weights, key=weights.__getitem__, default=None)
        return key if key is not None and weights[key] else None

    def move(self, array: np.ndarray | Joined) -> bool:
        """Take an array's values into the payload; tell whether that was possible."""
        element = element_of(array)
        if element.has_payload:
            self.blocks.append(ValueBlock(array, element))
        return element.has_payload


def array_bytes(value: Any) -> int:
    """Return the bytes of all arrays in a value."""
    if isinstance(value, (np.ndarray, Joined)):
        return value.nbytes
    if isinstance(value, dict):
        return sum(map(array_bytes, value.values()))
    if isinstance(value, list):
        return sum(map(array_bytes, value))
    return 0
