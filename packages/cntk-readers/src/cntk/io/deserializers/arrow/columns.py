"""The columns of a table that streams are made of, and how each of them is read."""

from __future__ import annotations

from typing import Any

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.chunk import SequenceRows
from cntk.io.deserializers.arrow.convert import Converted, Converter
from cntk.io.deserializers.arrow.images import holds_images
from cntk.io.deserializers.arrow.layout import (
    NUMBERS,
    Layout,
    is_number,
    is_text,
    layout_of,
    unlisted,
)
from cntk.io.deserializers.arrow.library import pyarrow
from cntk.io.deserializers.arrow.source import TableSource
from cntk.io.deserializers.image.definitions import image_stream
from cntk.io.deserializers.image.streams import ImageStream
from cntk.io.problems import data_error
from cntk.io.streams import sample_shape

_READER = "ArrowDeserializer"
_SHOWN = 60  # characters of what a row holds


class Columns:
    """What is read of a table.

    Args:
        source: the table.
        definitions: of the streams.
        categories: those that are given, by stream.
        null_value: number that stands for missing ones, or None.
        dtype: element type of samples.
        key: column of keys, or None.
        is_grey: whether colours of images become their luma.

    Raises:
        ValueError: definitions and columns do not fit.
        RuntimeError: there are no rows.
    """

    def __init__(
        self,
        source: TableSource,
        definitions: dict[str, Any],
        categories: dict[str, list],
        null_value: float | None,
        dtype: np.dtype,
        key: str | None,
        is_grey: bool,
    ) -> None:
        self._source, self._null_value, self._dtype = source, null_value, dtype
        fields = {name: _fields(name, given) for name, given in definitions.items()}
        columns = dict.fromkeys(column for listed in fields.values() for column in listed)
        self.needed = list(columns if key is None else columns | {key: None})
        for name in self.needed:
            self._check_column(name)
        if key and not _is_key(source.schema.field(key).type):
            raise ArgumentError(
                f"{_READER}: keys are whole numbers or texts; column '{key}' is "
                f"{source.schema.field(key).type}"
            )
        self.parts = source.parts(self.needed)
        if not self.parts:
            raise data_error(f"{source.name} has no rows.")
        self.categories = self._all_categories(fields, definitions, categories)
        self.readings: dict[str, Reading] = {}
        self.images: list[ImageStream] = []
        for name, definition in definitions.items():
            if self._is_image(fields[name], definition):
                (column,) = fields[name]
                is_label = "dim" in definition
                self.images.append(
                    image_stream(_READER, name, column, definition, is_grey, is_label)
                )
            else:
                self._add(name, fields[name], definition)
        defining = [name for name, given in definitions.items() if given.get("defines_mb_size")]
        if len(defining) > 1:
            raise ArgumentError(f"{_READER}: only one of {defining} can define the size")
        self.defining = defining[0] if defining else None
        self.has_sequences = any(each.layout.is_sequence for each in self.readings.values())

    def _is_image(self, fields: list[str], definition) -> bool:
        if len(fields) > 1 or definition.get("is_sparse"):
            return False
        given = self._source.schema.field(fields[0]).type
        if "transforms" in definition and not holds_images(given):
            raise ArgumentError(
                f"{_READER}: transforms are for images; column '{fields[0]}' is {given}, "
                "not binary, nor a struct with the field 'bytes'"
            )
        return holds_images(given)

    def _check_column(self, name: str) -> None:
        schema = self._source.schema
        count = schema.names.count(name)
        if count != 1:
            there = ", ".join(map(repr, schema.names[:20])) + (", ..." * (len(schema.names) > 20))
            raise ArgumentError(
                f"{_READER}: {self._source.name} has {count or 'no'} "
                f"column{'s' * (count > 1)} '{name}'; there are {there}"
            )

    def _all_categories(self, fields, definitions, given) -> dict[str, list]:
        """Return the categories of streams, in the order in which the table has them."""
        found = {}
        for name, (column, *more) in fields.items():
            _, inner = unlisted(self._source.schema.field(column).type)
            is_encoded = pyarrow().types.is_dictionary(inner)
            if more or not definitions[name].get("is_sparse"):
                continue
            if name in given:
                if not (is_encoded or is_text(inner)):
                    raise ArgumentError(
                        f"{_READER}: stream '{name}' has categories, but column '{column}' is "
                        f"{self._source.schema.field(column).type}"
                    )
                found[name] = given[name]
            elif is_encoded:
                found[name] = self._dictionary(column)
        return found

    def _dictionary(self, column: str) -> list:
        """Return the dictionaries of all parts as one; categories keep their first place."""
        values: dict[Any, None] = {}
        for part in self.parts:
            for array in self._source.read(part, [column]).column(column).chunks:
                while not pyarrow().types.is_dictionary(array.type):
                    array = array.values
                values |= dict.fromkeys(array.dictionary.to_pylist())
        return [value for value in values if value is not None]

    def _add(self, name: str, fields: list[str], definition) -> None:
        is_sparse = bool(definition.get("is_sparse"))
        shape = sample_shape(_READER, name, definition) if "dim" in definition else None
        types = [self._source.schema.field(column).type for column in fields]
        where = f"{_READER}: stream '{name}', column '{fields[0]}'"
        values = self.categories.get(name, [])
        if len(fields) > 1:
            layout = self._side_by_side(name, fields, types, shape, is_sparse)
        else:
            layout = layout_of(where, types[0], shape, is_sparse, len(values))
        numbers = {value: number for number, value in enumerate(values)}
        converter = Converter(layout, self._dtype, self._null_value, numbers)
        self.readings[name] = Reading(fields, converter)

    def _side_by_side(self, name, fields, types, shape, is_sparse) -> Layout:
        for column, given in zip(fields, types):
            if not is_number(given):
                raise ArgumentError(
                    f"{_READER}: stream '{name}' has several columns, which hold numbers; "
                    f"column '{column}' is {given}"
                )
        if is_sparse or (shape is not None and int(np.prod(shape)) != len(fields)):
            raise ArgumentError(
                f"{_READER}: stream '{name}' has {len(fields)} columns of numbers, which make "
                f"dense samples of shape {len(fields)}, got shape={shape}, is_sparse={is_sparse}"
            )
        return Layout(NUMBERS, shape or (len(fields),), False, (), False)


class Reading:
    """Reads one stream.

    Args:
        columns: its columns; several are put side by side.
        converter: makes samples of their arrays.
    """

    def __init__(self, columns: list[str], converter: Converter) -> None:
        self._columns, self._converter = columns, converter
        self.layout = converter.layout

    def read(self, table) -> Converted:
        """Return the sequences of a table, and which of them are malformed."""
        if len(self._columns) == 1:
            parts = [
                self._converter.convert(array) for array in table.column(self._columns[0]).chunks
            ]
            joined = SequenceRows.join([part.sequences for part in parts])
            return Converted(joined, np.concatenate([part.is_wrong for part in parts]))
        values = np.empty((table.num_rows, len(self._columns)), self._converter.dtype)
        is_wrong = np.zeros(table.num_rows, bool)
        for i, name in enumerate(self._columns):
            at = 0
            for array in table.column(name).chunks:
                span = slice(at, at + len(array))
                at += len(array)
                values[span, i], wrong = self._converter.numbers(array)
                if wrong is not None:
                    is_wrong[span] |= wrong
        rows = values.reshape(-1, *self.layout.shape)
        return Converted(SequenceRows(rows, np.ones(len(rows), np.int64)), is_wrong)

    def explain(self, table, row: int) -> tuple[str, str, str]:
        """Return column, what is expected and what is there, of a malformed row."""
        name = self._columns[0]
        if len(self._columns) > 1:
            wrong = (n for n in self._columns if self._is_wrong(table.column(n).slice(row, 1)))
            name = next(wrong, name)
        value = table.column(name)[row].as_py()
        text = "null (a missing value)" if value is None else ascii(value)
        if isinstance(value, list) and len(value) > 8:
            text = f"a list of {len(value)}: {text}"
        if len(text) > _SHOWN:
            text = text[:_SHOWN] + "..."
        expected = "a number" if len(self._columns) > 1 else self._converter.layout.expected
        return name, expected, text

    def _is_wrong(self, column) -> bool:
        return any(
            wrong is not None and wrong.any()
            for _, wrong in map(self._converter.numbers, column.chunks)
        )


def _is_key(given: Any) -> bool:
    return is_text(given) or pyarrow().types.is_integer(given)


def _fields(name: str, definition) -> list[str]:
    field = definition.get("stream_alias")
    given = name if field is None else field
    fields = list(given) if isinstance(given, (list, tuple)) else [given]
    if not fields or not all(isinstance(each, str) for each in fields):
        raise ArgumentError(
            f"{_READER}: stream '{name}' needs field=..., a column or a list of them, got {field!r}"
        )
    if len(set(fields)) < len(fields):
        raise ArgumentError(f"{_READER}: stream '{name}' has a column twice: {fields}")
    return fields
