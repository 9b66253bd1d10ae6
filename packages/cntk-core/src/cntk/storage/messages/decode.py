"""From the bytes of a message to a dictionary of typed values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cntk.storage.arrays import decode_array
from cntk.storage.dictionary import Dictionary, Double, Float, Int, Shape, SizeT, StoredAxis
from cntk.storage.messages import schema
from cntk.storage.messages.payload import PendingArrays
from cntk.storage.messages.shapes import decode_axis, decode_shape
from cntk.storage.messages.wire import WireReader

COST_OF_ENTRY = 100
COST_OF_NONE = 16


class Decoder:
    """Reads dictionaries; arrays whose values are elsewhere are collected in ``pending``."""

    def __init__(self, reader: WireReader, pending: PendingArrays) -> None:
        self.reader = reader
        self.pending = pending

    def file(self, end: int, on_seal: Callable[[], None]) -> Dictionary:
        """Return the outermost dictionary, which goes from here to ``end``."""
        dictionary = Dictionary()
        dictionary.offset = self.reader.position
        for field in self.reader.fields(schema.FILE, end):
            if field == "seal":
                on_seal()
            else:
                self._dictionary_field(field, dictionary)
        return dictionary

    def dictionary(self) -> Dictionary:
        """Return the dictionary that starts here."""
        dictionary = Dictionary()
        dictionary.offset = self.reader.position
        for field in self.reader.message(schema.DICTIONARY):
            self._dictionary_field(field, dictionary)
        return dictionary

    def _dictionary_field(self, field: str, into: Dictionary) -> None:
        reader = self.reader
        if field == "version":
            reader.varint()
            return
        start = reader.position
        reader.charge(COST_OF_ENTRY)
        key, value = "", None
        reader.path.append("")
        for part in reader.message(schema.ENTRY):
            if part == "key":
                key = reader.path[-1] = reader.text()
            else:
                value = self._value()
        reader.path.pop()
        if key in into:
            reader.fail(f"key {key!r:.60} occurs twice", offset=start)
        into[key] = value

    def vector(self) -> list[Any]:
        """Return the vector that starts here."""
        reader = self.reader
        vector: list[Any] = []
        for _ in reader.message(schema.VECTOR):
            reader.path.append(len(vector))
            vector.append(self._value())
            reader.path.pop()
        return vector

    def _value(self) -> Any:
        reader = self.reader
        start = reader.position
        kind, found, value = 0, None, None
        for field in reader.message(schema.VALUE):
            if field == "version":
                reader.varint()
            elif field == "value_type":
                kind = reader.varint()
            elif found is not None:
                reader.fail("a value has two contents", actual=f"{found} and {field}")
            else:
                found, value = field, CONTENTS[field].read(self)
        if kind >= len(schema.VALUE_FIELDS):
            reader.fail("a value has an unknown type", offset=start, actual=kind)
        wanted = schema.VALUE_FIELDS[kind]
        content = CONTENTS[wanted] if wanted else None
        reader.charge(content.cost if content else COST_OF_NONE)
        if found is None and content is not None:
            # What is zero or empty may be left out; an array never is.
            if content.default is None:
                reader.fail("an array is missing", offset=start)
            value = content.default()
            if isinstance(value, Dictionary):
                value.offset = start
            return value
        if found != wanted:
            reader.fail(
                "a value has the wrong content",
                offset=start,
                expected=wanted or "none",
                actual=found,
            )
        return value


@dataclass(frozen=True)
class Content:
    """How one kind of value is read, what it is when left out, and what it takes in memory.

    The cost, in bytes beside texts and arrays' values, is charged against the allowance of the
    file, so it is generous.
    """

    read: Callable[[Decoder], Any]
    default: Callable[[], Any] | None
    cost: int


CONTENTS = {
    "bool_value": Content(lambda decoder: decoder.reader.truth(), bool, 16),
    "int_value": Content(lambda decoder: Int(decoder.reader.int32()), Int, 72),
    "size_t_value": Content(lambda decoder: SizeT(decoder.reader.varint()), SizeT, 72),
    "float_value": Content(lambda decoder: Float(decoder.reader.float32()), Float, 72),
    "double_value": Content(lambda decoder: Double(decoder.reader.float64()), Double, 72),
    "string_value": Content(lambda decoder: decoder.reader.text(), str, 16),
    "nd_shape_value": Content(lambda decoder: decode_shape(decoder.reader), Shape, 160),
    "axis_value": Content(lambda decoder: decode_axis(decoder.reader), StoredAxis, 100),
    "vector_value": Content(Decoder.vector, list, 160),
    "dictionary_value": Content(Decoder.dictionary, Dictionary, 200),
    "nd_array_view_value": Content(
        lambda decoder: decode_array(decoder.reader, decoder.pending), None, 200
    ),
}
