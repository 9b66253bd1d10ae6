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
from typing import BinaryIO, NamedTuple

from cntk.storage.messages.wire import WireReader
from cntk.storage.messages.wire_writer import MessageWriter
from cntk.storage.stream import BLOCK

FIELD = 1000
_CONTENT = struct.Struct("<QI")
FIELD_SIZE = 3 + _CONTENT.size


def blank_field() -> bytes:
    """Return the seal as a field whose content is not known yet.

    It comes first in the message: what is cut off behind it is missed.
    """
    message = MessageWriter()
    message.blob(FIELD, bytes(_CONTENT.size))
    return b"".join(message.chunks())


class Stamp(NamedTuple):
    """What a seal says of its file; tells the contents of files apart."""

    size: int
    checksum: int


def write_sealed(stream: BinaryIO, start: bytes, rest: Iterable[bytes | memoryview]) -> Stamp:
    """Write a file whose seal, still blank, is the end of ``start``; return what the seal says.

    The checksum is of a copy, block by block: another thread may go on training meanwhile.
    """
    position = len(start) - _CONTENT.size
    size, checksum = stream.write(start), zlib.crc32(start[:position])
    copy = memoryview(bytearray(BLOCK))
    for chunk in rest:
        for i in range(0, len(chunk), BLOCK):
            block = chunk[i : i + BLOCK]
            copy[: len(block)] = block
            block = copy[: len(block)]
            checksum = zlib.crc32(block, checksum)
            size += stream.write(block)
    stream.seek(position)
    stream.write(_CONTENT.pack(size, checksum))
    return Stamp(size, checksum)


class Seal(NamedTuple):
    """A seal in a file: where its content lies, and what it says the file should be."""

    offset: int
    stamp: Stamp

    @classmethod
    def read(cls, reader: WireReader) -> Seal:
        """Return the seal that starts here; from now on the reader sums up what it reads.

        Raises:
            DamagedFileError: it is damaged, or the file has another size.
        """
        if reader.length() != _CONTENT.size:
            reader.fail("the seal of the file is damaged")
        offset = reader.position
        size, checksum = _CONTENT.unpack(reader.leave_out_of_sum(_CONTENT.size))
        if size != reader.size:
            reader.fail(
                "the file has another size than when it was written",
                offset=offset,
                expected=f"{size} bytes",
                actual=f"{reader.size} bytes",
            )
        return cls(offset, Stamp(size, checksum))

    def check(self, reader: WireReader) -> None:
        """Compare with the checksum of the file, which has been read to its end.

        Raises:
            DamagedFileError: the file is not as it was written.
        """
        found = reader.checksum()
        if found != self.stamp.checksum:
            reader.fail(
                "the file has changed since it was written",
                offset=self.offset,
                expected=f"checksum {self.stamp.checksum:08x}",
                actual=f"checksum {found:08x}",
            )
