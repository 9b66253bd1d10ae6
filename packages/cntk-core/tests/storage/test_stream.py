"""Bytes come in order, once, and only those that are there."""

from __future__ import annotations

import io
import random
import zlib

import pytest

from cntk.storage import DamagedFileError
from cntk.storage.stream import BLOCK, WINDOW, ByteReader

CONTENT = random.Random(1).randbytes(3 * BLOCK + 77)
SIZES = [0, 1, 2, 100, WINDOW - 1, WINDOW, WINDOW + 1, BLOCK + 5]


class InPieces(io.RawIOBase):
    """A stream that gives less than it is asked for, as the system may."""

    def __init__(self, content):
        self._content, self._at = content, 0

    def readinto(self, buffer):
        part = self._content[self._at : self._at + min(len(buffer), 1000)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def seek(self, position):
        self._at = position


@pytest.mark.parametrize("stream", [io.BytesIO, InPieces])
@pytest.mark.parametrize("seed", range(5))
def test_all_bytes_come_in_order_however_they_are_asked_for(stream, seed):
    reader, chance = ByteReader(stream(CONTENT), len(CONTENT), "a"), random.Random(seed)
    found = bytearray()
    while len(found) < len(CONTENT):
        count = min(chance.choice(SIZES), len(CONTENT) - len(found))
        if chance.random() < 0.5:
            found += reader.take(count)
        else:
            buffer = bytearray(count)
            reader.into(memoryview(buffer))
            found += buffer
        assert reader.position == len(found)
    assert found == CONTENT


@pytest.mark.parametrize("count", SIZES)
def test_the_checksum_is_that_of_all_bytes_but_those_left_out(count):
    reader = ByteReader(io.BytesIO(CONTENT), len(CONTENT), "a")
    reader.take(5)
    assert reader.leave_out_of_sum(12) == CONTENT[5:17]
    reader.into(memoryview(bytearray(count)))
    reader.take(9)
    assert reader.checksum() == zlib.crc32(CONTENT[:5] + CONTENT[17 : 26 + count])


def test_what_is_left_out_lies_at_the_start():
    reader = ByteReader(io.BytesIO(CONTENT), len(CONTENT), "a")
    reader.take(WINDOW - 4)
    with pytest.raises(DamagedFileError, match="not at its start"):
        reader.leave_out_of_sum(12)


def test_going_back_reads_again():
    reader = ByteReader(io.BytesIO(CONTENT), len(CONTENT), "a")
    reader.take(WINDOW + 1)
    reader.skip(BLOCK)
    assert reader.take(2) == CONTENT[WINDOW + 1 + BLOCK :][:2]
    reader.restart()
    assert reader.take(2) == CONTENT[:2]


@pytest.mark.parametrize("size", [3, WINDOW + 7, BLOCK + 3])
@pytest.mark.parametrize("way", ["take", "into"])
def test_a_file_that_is_shorter_than_it_said_is_refused(size, way):
    reader = ByteReader(io.BytesIO(CONTENT[: size - 1]), size, "a")
    with pytest.raises(DamagedFileError, match="became shorter"):
        reader.take(size) if way == "take" else reader.into(memoryview(bytearray(size)))
