"""Arrays as messages, with their values or without.

The stored shape is the reverse of Python's and the values are column-major in it, which makes
them exactly the row-major bytes of the NumPy array.
"""

from __future__ import annotations

import math

import numpy as np

from cntk.storage.described import described
from cntk.storage.dictionary import Shape
from cntk.storage.elements import ELEMENTS, Element, ValueBlock, element_of, from_stored
from cntk.storage.joined import Joined, parts_of
from cntk.storage.messages import schema
from cntk.storage.messages.payload import PendingArrays, read_converted
from cntk.storage.messages.shapes import decode_shape, encode_shape
from cntk.storage.messages.wire import WireReader
from cntk.storage.messages.wire_writer import MessageWriter, encode_varint
from cntk.storage.messages.zigzag import decode_zigzag, encode_zigzag

MOST_ARRAY_DIMENSIONS = 32  # NumPy 1's limit
DENSE = 0


def decode_array(reader: WireReader, pending: PendingArrays) -> np.ndarray:
    """Return the array that starts here; without values it is filled from the payload later."""
    start = reader.position
    data_type, storage, shape = 0, DENSE, Shape()
    found, values = None, np.empty(0)
    for field in reader.message(schema.ARRAY):
        if field == "data_type":
            data_type = reader.varint()
        elif field == "storage_format":
            storage = reader.varint()
        elif field == "shape":
            shape = decode_shape(reader)
        elif found is not None:
            reader.fail("an array has two sets of values", actual=f"{found} and {field}")
        else:
            found, values = field, _decode_values(reader, field, ELEMENTS.get(data_type))
    element = ELEMENTS.get(data_type)
    if element is None:
        reader.fail("an array has an unknown element type", offset=start, actual=data_type)
    if storage != DENSE:
        reader.fail("an array is not dense", offset=start, actual=f"storage format {storage}")
    if found not in (None, element.field):
        reader.fail("an array has values of another type", offset=start, actual=found)
    count = _count(reader, shape, element, start)
    if reader.skips_values and found == "sint32_values":
        return described(shape.to_python(), element.dtype)
    if not values.size and count:
        return pending.reserve(reader, shape.to_python(), element, start)
    if values.size != count:
        reader.fail(
            "an array has the wrong number of values",
            offset=start,
            expected=f"{count} for the shape {list(shape.to_python())}",
            actual=values.size,
        )
    if reader.skips_values:
        return described(shape.to_python(), element.dtype)
    return from_stored(values, element).reshape(shape.to_python())


def encode_array(array: np.ndarray | Joined, with_values: bool) -> MessageWriter:
    """Return the message of an array, complete or without its values."""
    element = element_of(array)
    message = MessageWriter()
    message.varint(1, element.data_type)
    message.message(3, encode_shape(Shape.from_python(array.shape)))
    if with_values:
        message.message(element.field_number, _encode_values(array, element))
    return message


def _encode_values(array: np.ndarray | Joined, element: Element) -> MessageWriter:
    values = MessageWriter()
    if element.field == "sint32_values":
        values.blob(1, b"".join(map(encode_zigzag, parts_of(array))))
    else:
        values.block(1, ValueBlock(array, element))
    return values


def _count(reader: WireReader, shape: Shape, element: Element, start: int) -> int:
    """Return the number of elements, if an array of this shape can exist at all."""
    largest = 2**63 // element.stored.itemsize
    if (
        len(shape) > MOST_ARRAY_DIMENSIONS
        or max(shape, default=0) >= largest
        or math.prod(size or 1 for size in shape) >= largest
    ):
        reader.fail("an array has an impossible shape", offset=start, actual=list(shape))
    return math.prod(shape)


def _decode_values(reader: WireReader, field: str, element: Element | None) -> np.ndarray:
    """Return stored values, in the type that they have in memory where it is known by now."""
    if field == "float_values":
        half = element is not None and element.dtype == np.float16
        return _decode_numbers(reader, schema.FLOATS, np.dtype("<f4"), element if half else None)
    if field == "double_values":
        return _decode_numbers(reader, schema.DOUBLES, np.dtype("<f8"))
    if field == "bytes_value":
        return _decode_bytes(reader)
    return _decode_integers(reader)


def _decode_numbers(
    reader: WireReader, message: schema.Message, stored: np.dtype, element: Element | None = None
) -> np.ndarray:
    """Read straight into the array; the first run says how much can follow at most."""
    dtype = stored if element is None else element.dtype
    values, filled = np.empty(0, dtype), 0
    for _ in reader.message(message):
        count = reader.run(stored.itemsize) // stored.itemsize
        if not count:
            continue
        if reader.skips_values:
            reader.skip(count * stored.itemsize)
            filled += count
            values = described((filled,), dtype)
            continue
        if not values.size:
            values = np.empty((reader.end - reader.position) // stored.itemsize, dtype)
            reader.charge(values.nbytes)
        target = values[filled : filled + count]
        if element is None:
            reader.into(target.data.cast("B"))
        else:
            read_converted(reader, target, element)
        filled += count
    return values[:filled]


def _decode_bytes(reader: WireReader) -> np.ndarray:
    values = np.empty(0, np.int8)
    for _ in reader.message(schema.BYTES):
        if reader.skips_values:
            values = described((reader.length(),), np.dtype(np.int8))
            reader.skip(values.size)
            continue
        values = np.empty(reader.length(), np.int8)
        reader.charge(values.nbytes)
        if values.size:
            reader.into(values.data.cast("B"))
    return values


def _decode_integers(reader: WireReader) -> np.ndarray:
    start = reader.position
    encoded = bytearray()
    for _ in reader.message(schema.SINT32S):
        if reader.wire == schema.LENGTH:
            length = reader.length()
            if reader.skips_values:
                reader.skip(length)
                continue
            reader.charge(4 * length)
            encoded += reader.take(length)
        else:
            encoded += encode_varint(reader.varint())
    try:
        return decode_zigzag(bytes(encoded))
    except ValueError as error:
        reader.fail("an array of int16 is damaged", offset=start, actual=error)
