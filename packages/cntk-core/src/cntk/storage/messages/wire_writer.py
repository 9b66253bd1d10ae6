"""A writer of the protobuf wire format that makes arrays' bytes only when they are written."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Protocol

from cntk.storage.messages.schema import FIXED32, FIXED64, LENGTH, VARINT


class Block(Protocol):
    """Many bytes that are made when they are written."""

    nbytes: int

    def chunks(self) -> Iterator[bytes | memoryview]:
        """Yield the bytes in order."""
        ...


class MessageWriter:
    """The fields of one message, in the order in which they were added; ``nbytes`` in all."""

    def __init__(self) -> None:
        self.nbytes = 0
        self._parts: list[bytes | Block] = []

    def varint(self, number: int, value: int) -> None:
        """Add an integer; a negative one fills 64 bits."""
        self._add(encode_varint(number << 3 | VARINT) + encode_varint(value % 2**64))

    def float32(self, number: int, value: float) -> None:
        """Add a 32-bit number."""
        self._add(encode_varint(number << 3 | FIXED32) + struct.pack("<f", value))

    def float64(self, number: int, value: float) -> None:
        """Add a 64-bit number."""
        self._add(encode_varint(number << 3 | FIXED64) + struct.pack("<d", value))

    def blob(self, number: int, value: bytes) -> None:
        """Add bytes, a string or a packed run of numbers."""
        self._add(encode_varint(number << 3 | LENGTH) + encode_varint(len(value)) + value)

    def message(self, number: int, message: MessageWriter) -> None:
        """Add a message, which is complete by now."""
        self._add(encode_varint(number << 3 | LENGTH) + encode_varint(message.nbytes))
        self._parts += message._parts
        self.nbytes += message.nbytes

    def block(self, number: int, block: Block) -> None:
        """Add a packed run of numbers that is made when it is written."""
        self._add(encode_varint(number << 3 | LENGTH) + encode_varint(block.nbytes))
        self._parts.append(block)
        self.nbytes += block.nbytes

    def chunks(self) -> Iterator[bytes | memoryview]:
        """Yield the bytes of the message in order."""
        small: list[bytes] = []
        for part in self._parts:
            if isinstance(part, bytes):
                small.append(part)
                continue
            yield b"".join(small)
            small.clear()
            yield from part.chunks()
        yield b"".join(small)

    def _add(self, encoded: bytes) -> None:
        self._parts.append(encoded)
        self.nbytes += len(encoded)


def encode_varint(value: int) -> bytes:
    """Return an unsigned integer, seven bits a byte, the lowest first."""
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
