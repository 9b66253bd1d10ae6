"""Google's protobuf as a referee: the messages of the format, built from their description."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from cntk.storage import Dictionary, Double, Float, Int, Shape, SizeT, StoredAxis

# message -> fields: number, name, type (* for repeated), and the oneof that it is part of.
MESSAGES = {
    "NDShape": "1 shape_dim *uint64",
    "Axis": "1 static_axis_idx int32, 2 name string, 3 is_ordered_dynamic_axis bool",
    "FloatValues": "1 value *float",
    "DoubleValues": "1 value *double",
    "BytesValue": "1 value bytes",
    "IntValues": "1 value *sint32",
    "NDArrayView": """1 data_type int32, 2 storage_format int32, 3 shape NDShape,
        4 float_values FloatValues content, 5 double_values DoubleValues content,
        6 bytes_value BytesValue content, 7 sint32_values IntValues content""",
    "Vector": "1 value *DictionaryValue",
    "Entry": "1 key string, 2 value DictionaryValue",
    "Dictionary": "1 version uint64, 2 data *Entry",
    "DictionaryValue": """1 version uint64, 2 value_type int32, 3 bool_value bool content,
        4 int_value int32 content, 5 size_t_value uint64 content, 6 float_value float content,
        7 double_value double content, 8 string_value string content,
        9 nd_shape_value NDShape content, 10 axis_value Axis content,
        11 vector_value Vector content, 12 dictionary_value Dictionary content,
        13 nd_array_view_value NDArrayView content""",
}
# data_type -> the type in memory, the field of the values, their type there
ELEMENTS = {
    1: ("f4", "float_values", "f4"),
    2: ("f8", "double_values", "f8"),
    4: ("f2", "float_values", "f4"),
    5: ("i1", "bytes_value", "i1"),
    6: ("i2", "sint32_values", "i2"),
}
# value_type -> the class of a tagged number
NUMBERS = {2: Int, 3: SizeT, 4: Float, 5: Double}


class Referee:
    """Reads and writes dictionaries by protobuf; repeated numbers are packed or not."""

    def __init__(self, packed=True):
        file = descriptor_pb2.FileDescriptorProto(name="cntk", package="cntk", syntax="proto3")
        for name, fields in MESSAGES.items():
            message = file.message_type.add(name=name)
            for text in fields.split(","):
                _add_field(message, packed, *text.split())
        pool = descriptor_pool.DescriptorPool()
        pool.Add(file)
        find = pool.FindMessageTypeByName
        classes = {name: message_factory.GetMessageClass(find(f"cntk.{name}")) for name in MESSAGES}
        self.messages = SimpleNamespace(**classes)

    def read(self, content):
        """Return the dictionary in the bytes of a message."""
        return self._from_dictionary(self.messages.Dictionary.FromString(content))

    def write(self, dictionary):
        """Return the bytes of the message of a dictionary."""
        return self._to_dictionary(dictionary).SerializeToString()

    def _from_dictionary(self, message):
        return Dictionary((entry.key, self._from_value(entry.value)) for entry in message.data)

    def _from_value(self, message):
        kind = message.value_type
        field = message.WhichOneof("content")
        if field is None:
            assert kind == 0
            return None
        assert message.DESCRIPTOR.fields_by_name[field].number == kind + 2
        content = getattr(message, field)
        if kind in NUMBERS:
            return NUMBERS[kind](content)
        if kind == 7:
            return Shape(content.shape_dim)
        if kind == 8:
            axis = content
            return StoredAxis(axis.static_axis_idx, axis.name, axis.is_ordered_dynamic_axis)
        if kind == 9:
            return [self._from_value(item) for item in content.value]
        if kind == 10:
            return self._from_dictionary(content)
        return self._from_array(content) if kind == 11 else content

    def _from_array(self, message):
        dtype, field, stored = ELEMENTS[message.data_type]
        assert message.WhichOneof("content") == field and message.storage_format == 0
        values = getattr(message, field).value
        read = np.frombuffer if stored == "i1" else np.array
        shape = tuple(message.shape.shape_dim)[::-1]
        return read(values, stored).astype(dtype).reshape(shape)

    def _to_dictionary(self, dictionary):
        message = self.messages.Dictionary(version=2)
        for key, value in dictionary.items():
            message.data.add(key=key, value=self._to_value(value))
        return message

    def _to_value(self, value):
        m = self.messages
        if value is None:
            return m.DictionaryValue(version=2)
        kinds = [bool, Int, SizeT, Float, Double, str, Shape, StoredAxis, list, Dictionary]
        kind = kinds.index(type(value)) + 1 if type(value) in kinds else 11
        if kind == 7:
            value = m.NDShape(shape_dim=value)
        elif kind == 8:
            value = m.Axis(
                static_axis_idx=value.static_index,
                name=value.name,
                is_ordered_dynamic_axis=value.is_ordered,
            )
        elif kind == 9:
            value = m.Vector(value=map(self._to_value, value))
        elif kind == 10:
            value = self._to_dictionary(value)
        elif kind == 11:
            value = self._to_array(value)
        field = m.DictionaryValue.DESCRIPTOR.fields_by_number[kind + 2].name
        return m.DictionaryValue(version=2, value_type=kind, **{field: value})

    def _to_array(self, array):
        data_type = next(key for key, names in ELEMENTS.items() if array.dtype == names[0])
        _, field, stored = ELEMENTS[data_type]
        values = array.tobytes() if stored == "i1" else array.astype(stored).reshape(-1).tolist()
        message = self.messages.NDArrayView(data_type=data_type)
        message.shape.shape_dim.extend(array.shape[::-1])
        # Setting a field, even to nothing, makes it the one of the oneof.
        content = getattr(message, field)
        content.SetInParent()
        if stored == "i1":
            content.value = values
        else:
            content.value.extend(values)
        return message


def _add_field(message, packed, number, name, kind, oneof=None):
    repeated, kind = kind.startswith("*"), kind.lstrip("*")
    field = message.field.add(name=name, number=int(number), label=3 if repeated else 1)
    if kind in MESSAGES:
        field.type, field.type_name = field.TYPE_MESSAGE, f".cntk.{kind}"
    else:
        field.type = getattr(field, f"TYPE_{kind.upper()}")
        if repeated:
            field.options.packed = packed
    if oneof:
        if not message.oneof_decl:
            message.oneof_decl.add(name=oneof)
        field.oneof_index = 0
