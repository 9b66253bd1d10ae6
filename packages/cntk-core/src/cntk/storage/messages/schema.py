"""The messages of the format: field numbers, names and kinds (package ``CNTK.proto``, proto3)."""

from __future__ import annotations

from dataclasses import dataclass, field

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5

_WIRE_OF_KIND = {
    "int32": VARINT,
    "uint64": VARINT,
    "sint32": VARINT,
    "bool": VARINT,
    "enum": VARINT,
    "float": FIXED32,
    "double": FIXED64,
}


@dataclass(frozen=True)
class Field:
    """One field of a message; a kind without a wire type of its own has a length before it."""

    number: int
    name: str
    kind: str
    repeated: bool = False

    def allows(self, wire: int) -> bool:
        """Tell whether the field may come with this wire type (repeated numbers: two of them)."""
        own = _WIRE_OF_KIND.get(self.kind, LENGTH)
        return wire == own or (self.repeated and wire == LENGTH)


@dataclass(frozen=True)
class Message:
    """A message and its fields, by number and by the tags (number, wire type) they may have."""

    name: str
    fields: tuple[Field, ...]
    by_number: dict[int, Field] = field(init=False, compare=False)
    by_tag: dict[int, Field] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        wires = (VARINT, FIXED64, LENGTH, FIXED32)
        tags = {f.number << 3 | wire: f for f in self.fields for wire in wires if f.allows(wire)}
        object.__setattr__(self, "by_number", {field.number: field for field in self.fields})
        object.__setattr__(self, "by_tag", tags)


SHAPE = Message("NDShape", (Field(1, "shape_dim", "uint64", repeated=True),))
AXIS = Message(
    "Axis",
    (
        Field(1, "static_axis_idx", "int32"),
        Field(2, "name", "string"),
        Field(3, "is_ordered_dynamic_axis", "bool"),
    ),
)
FLOATS = Message("FloatValues", (Field(1, "value", "float", repeated=True),))
DOUBLES = Message("DoubleValues", (Field(1, "value", "double", repeated=True),))
BYTES = Message("BytesValue", (Field(1, "value", "bytes"),))
SINT32S = Message("IntValues", (Field(1, "value", "sint32", repeated=True),))
ARRAY = Message(
    "NDArrayView",
    (
        Field(1, "data_type", "enum"),
        Field(2, "storage_format", "enum"),
        Field(3, "shape", "message"),
        Field(4, "float_values", "message"),
        Field(5, "double_values", "message"),
        Field(6, "bytes_value", "message"),
        Field(7, "sint32_values", "message"),
    ),
)
VECTOR = Message("Vector", (Field(1, "value", "message", repeated=True),))
VALUE = Message(
    "DictionaryValue",
    (
        Field(1, "version", "uint64"),
        Field(2, "value_type", "enum"),
        Field(3, "bool_value", "bool"),
        Field(4, "int_value", "int32"),
        Field(5, "size_t_value", "uint64"),
        Field(6, "float_value", "float"),
        Field(7, "double_value", "double"),
        Field(8, "string_value", "string"),
        Field(9, "nd_shape_value", "message"),
        Field(10, "axis_value", "message"),
        Field(11, "vector_value", "message"),
        Field(12, "dictionary_value", "message"),
        Field(13, "nd_array_view_value", "message"),
    ),
)
ENTRY = Message("Dictionary entry", (Field(1, "key", "string"), Field(2, "value", "message")))
DICTIONARY = Message(
    "Dictionary", (Field(1, "version", "uint64"), Field(2, "data", "message", repeated=True))
)
# The outermost dictionary may carry a field of ours, which CNTK 2.7 skips: see seal.py.
FILE = Message("Dictionary", (*DICTIONARY.fields, Field(1000, "seal", "bytes")))

# ``value_type`` -> the field that holds the value (None: nothing does).
VALUE_FIELDS: tuple[str | None, ...] = (
    None,
    "bool_value",
    "int_value",
    "size_t_value",
    "float_value",
    "double_value",
    "string_value",
    "nd_shape_value",
    "axis_value",
    "vector_value",
    "dictionary_value",
    "nd_array_view_value",
)
