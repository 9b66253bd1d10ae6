"""A checksum in the files that we write, so that damaged weights are noticed.

The format has none, and a flipped bit in a weight is a valid weight. The seal is a field of the
outermost dictionary that protobuf readers who do not know it, such as CNTK 2.7, skip. It holds
the size of the file and the CRC-32 of all its bytes but these twelve. Files without a seal, all
of CNTK 2.7's, load as they are.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import BinaryIO

from .wire import WireReader
from .wire_writer import MessageWriter

FIELD = 1000
_CONTENT = struct.Struct("<QI")
FIELD_SIZE = 3 + _CONTENT.size
_BYTES_AT_A_TIME = 2**20


def blank_field() -> bytes:
    """Return the seal as a field whose content is not known yet.

    It comes first in the message: what is cut off behind it is missed.
    """
    message = MessageWriter()
    message.blob(FIELD, bytes(_CONTENT.size))
    return b"".join(message.chunks())


def write_sealed(stream: BinaryIO, start: bytes, rest: Iterable[bytes | memoryview]) -> None:
    """Write a file whose seal, still blank, is the end of ``start``.

    The checksum is of a copy, block by block: another thread may go on training meanwhile.
    """
    position = len(start) - _CONTENT.size
    size, checksum = stream.write(start), zlib.crc32(start[:position])
    for chunk in rest:
        for i in range(0, len(chunk), _BYTES_AT_A_TIME):
            block = bytes(chunk[i : i + _BYTES_AT_A_TIME])
            checksum = zlib.crc32(block, checksum)
            size += stream.write(block)
    stream.seek(position)
    stream.write(_CONTENT.pack(size, checksum))


def verify(reader: WireReader) -> None:
    """Read the seal that starts here and check the whole file against it.

    Raises:
        DamagedFileError: the file is not as it was written.
    """
    if reader.length() != _CONTENT.size:
        reader.fail("the seal of the file is damaged")
    start = reader.position
    size, expected = _CONTENT.unpack(reader.take(_CONTENT.size))
    if size != reader.size:
        reader.fail(
            "the file has another size than when it was written",
            offset=start,
            expected=f"{size} bytes",
            actual=f"{reader.size} bytes",
        )
    checksum = _checksum(reader.stream, 0, start, 0)
    checksum = _checksum(reader.stream, reader.position, size, checksum)
    reader.stream.seek(reader.position)
    if checksum != expected:
        reader.fail(
            "the file has changed since it was written",
            offset=start,
            expected=f"checksum {expected:08x}",
            actual=f"checksum {checksum:08x}",
        )


def _checksum(stream: BinaryIO, start: int, end: int, checksum: int) -> int:
    stream.seek(start)
    while start < end:
        block = stream.read(min(_BYTES_AT_A_TIME, end - start))
        if not block:
            break
        checksum = zlib.crc32(block, checksum)
        start += len(block)
    return checksum
