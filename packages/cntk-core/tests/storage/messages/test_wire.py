"""The reader of the wire format, below the messages of the files."""

from __future__ import annotations

import io

import pytest

from cntk.storage import DamagedFileError
from cntk.storage.messages.schema import AXIS
from cntk.storage.messages.wire import WireReader
from cntk.storage.messages.wire_writer import encode_varint


def reader(content, size=None):
    return WireReader(io.BytesIO(content), len(content) if size is None else size, "a.model")


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 2**31, 2**63, 2**64 - 1])
def test_varints_survive(value):
    encoded = encode_varint(value)
    cursor = reader(encoded)
    assert cursor.varint() == value
    assert cursor.position == len(encoded)


def test_a_message_ends_where_it_says_and_its_surroundings_go_on():
    cursor = reader(b"\x04\x08\x05\x18\x01\x07")
    fields = []
    for field in cursor.message(AXIS):
        fields.append((field, cursor.varint()))
    assert fields == [("static_axis_idx", 5), ("is_ordered_dynamic_axis", 1)]
    assert cursor.varint() == 7


def test_a_field_cannot_read_beyond_its_message():
    cursor = reader(b"\x02\x08\x80\x01")
    with pytest.raises(DamagedFileError, match="the message ends too early"):
        for _ in cursor.message(AXIS):
            cursor.varint()


@pytest.mark.parametrize(
    "read", [lambda c: c.take(8), lambda c: c.into(memoryview(bytearray(8)))], ids=["take", "into"]
)
def test_a_file_that_shrinks_while_it_is_read_is_an_error(read):
    with pytest.raises(DamagedFileError, match="became shorter while it was read"):
        read(reader(b"1234", size=8))


@pytest.mark.parametrize("read", [lambda c: c.into(memoryview(bytearray(3))), lambda c: c.skip(3)])
def test_nothing_reads_beyond_the_file(read):
    with pytest.raises(DamagedFileError, match="the message ends too early"):
        read(reader(b"12"))


def test_long_texts_are_read_and_not_kept():
    content = b"\x41" + b"x" * 65
    cursor = reader(content * 2)
    assert cursor.text() == cursor.text() == "x" * 65


def test_hostile_keys_cannot_play_with_the_terminal():
    cursor = reader(b"")
    cursor.path += ["inputs", 3, "\x1b[31m\n" + "x" * 1000]
    assert cursor.where() == "inputs[3].\\x1b[31m\\n" + "x" * 54


def test_one_string_serves_all_equal_keys():
    cursor = reader(b"\x04type\x04type")
    assert cursor.text() is cursor.text()
