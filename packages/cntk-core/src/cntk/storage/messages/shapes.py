"""Shapes and axes as messages."""

from __future__ import annotations

from cntk.storage.dictionary import MOST_DIMENSIONS, Shape, StoredAxis
from cntk.storage.messages import schema
from cntk.storage.messages.wire import WireReader
from cntk.storage.messages.wire_writer import MessageWriter, encode_varint


def decode_shape(reader: WireReader) -> Shape:
    """Return the shape that starts here, in the order of the file."""
    start = reader.position
    sizes: list[int] = []
    for _ in reader.message(schema.SHAPE):
        for size in reader.varints():
            if len(sizes) == MOST_DIMENSIONS:
                reader.fail(f"a shape has more than {MOST_DIMENSIONS} dimensions", offset=start)
            sizes.append(size)
    try:
        return Shape(sizes)
    except ValueError as error:
        reader.fail("a shape has an impossible dimension", offset=start, actual=error)


def encode_shape(shape: Shape) -> MessageWriter:
    """Return the message of a shape."""
    message = MessageWriter()
    if shape:
        message.blob(1, b"".join(map(encode_varint, shape)))
    return message


def decode_axis(reader: WireReader) -> StoredAxis:
    """Return the axis that starts here."""
    index, name, is_ordered = 0, "", False
    for field in reader.message(schema.AXIS):
        if field == "static_axis_idx":
            index = reader.int32()
        elif field == "name":
            name = reader.text()
        else:
            is_ordered = reader.truth()
    return StoredAxis(index, name, is_ordered)


def encode_axis(axis: StoredAxis) -> MessageWriter:
    """Return the message of an axis, its zero and empty fields left out."""
    message = MessageWriter()
    if axis.static_index:
        message.varint(1, axis.static_index)
    if axis.name:
        message.blob(2, axis.name.encode())
    if axis.is_ordered:
        message.varint(3, 1)
    return message
