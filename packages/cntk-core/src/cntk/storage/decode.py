"""From the bytes of a message to a dictionary of typed values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import schema
from .arrays import decode_array
from .dictionary import Dictionary, Double, Float, Int, Shape, SizeT, StoredAxis
from .payload import PendingArrays
from .shapes import decode_axis, decode_shape
from .wire import WireReader

# What a value takes in memory beside its texts and its arrays' values, in bytes. It is charged
# against the allowance of the file, so it is generous.
COST_OF_ENTRY = 100
COST = {
    None: 16,
    "bool_value": 16,
    "int_value": 56,
    "size_t_value": 56,
    "float_value": 56,
    "double_value": 56,
    "string_value": 16,
    "nd_shape_value": 160,
    "axis_value": 100,
    "vector_value": 160,
    "dictionary_value": 160,
    "nd_array_view_value": 200,
}


class Decoder:
    """Reads dictionaries; arrays whose values are elsewhere are collected in ``pending``."""

    def __init__(self, reader: WireReader, pending: PendingArrays) -> None:
        self._reader = reader
        self._pending = pending
        self._read_field: dict[str, Callable[[], Any]] = {
            "bool_value": reader.truth,
            "int_value": lambda: Int(reader.int32()),
            "size_t_value": lambda: SizeT(reader.varint()),
            "float_value": lambda: Float(reader.float32()),
            "double_value": lambda: Double(reader.float64()),
            "string_value": reader.text,
            "nd_shape_value": lambda: decode_shape(reader),
            "axis_value": lambda: decode_axis(reader),
            "vector_value": self._vector,
            "dictionary_value": self._dictionary,
            "nd_array_view_value": lambda: decode_array(reader, pending),
        }

    def file(self, end: int, on_seal: Callable[[], None]) -> Dictionary:
        """Return the outermost dictionary, which goes from here to ``end``."""
        dictionary = Dictionary()
        for field in self._reader.fields(schema.FILE, end):
            if field == "seal":
                on_seal()
            else:
                self._dictionary_field(field, dictionary)
        return dictionary

    def _dictionary(self) -> Dictionary:
        dictionary = Dictionary()
        for field in self._reader.message(schema.DICTIONARY):
            self._dictionary_field(field, dictionary)
        return dictionary

    def _dictionary_field(self, field: str, into: Dictionary) -> None:
        reader = self._reader
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

    def _vector(self) -> list[Any]:
        reader = self._reader
        vector: list[Any] = []
        for _ in reader.message(schema.VECTOR):
            reader.path.append(len(vector))
            vector.append(self._value())
            reader.path.pop()
        return vector

    def _value(self) -> Any:
        reader = self._reader
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
                found, value = field, self._read_field[field]()
        if kind >= len(schema.VALUE_FIELDS):
            reader.fail("a value has an unknown type", offset=start, actual=kind)
        wanted = schema.VALUE_FIELDS[kind]
        reader.charge(COST[wanted])
        if found is None and wanted is not None:
            # Fields that are zero or empty may be left out; an array never is.
            if wanted not in DEFAULTS:
                reader.fail("an array is missing", offset=start)
            return DEFAULTS[wanted]()
        if found != wanted:
            reader.fail(
                "a value has the wrong content",
                offset=start,
                expected=wanted or "none",
                actual=found,
            )
        return value


DEFAULTS: dict[str, Callable[[], Any]] = {
    "bool_value": bool,
    "int_value": Int,
    "size_t_value": SizeT,
    "float_value": Float,
    "double_value": Double,
    "string_value": str,
    "nd_shape_value": Shape,
    "axis_value": StoredAxis,
    "vector_value": list,
    "dictionary_value": Dictionary,
}
