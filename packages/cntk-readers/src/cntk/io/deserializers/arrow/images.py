"""Encoded images in the columns of a table: bytes, or structs with a field ``bytes``."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable
from typing import Any

import numpy as np

from cntk.io.chunk import SequenceRows
from cntk.io.deferred import DeferredRows, Moment
from cntk.io.deserializers.arrow.layout import storage
from cntk.io.deserializers.arrow.library import pyarrow
from cntk.io.deserializers.arrow.source import Part, TableSource
from cntk.io.deserializers.image.picture import Picture
from cntk.io.deserializers.image.places import LARGEST_FILE
from cntk.io.deserializers.image.streams import ImageRecipe, ImageStream
from cntk.io.deserializers.image.unreadable import Unreadable
from cntk.io.problems import Problem, data_error

BYTES = "bytes"  # the field of Hugging Face's images that holds the file
_PROBED = 100  # rows that are looked at for the size of images


def holds_images(given: Any) -> bool:
    """Return whether a type is that of encoded images."""
    given = storage(given)
    if pyarrow().types.is_struct(given):
        index = given.get_field_index(BYTES)
        return index >= 0 and _is_binary(given.field(index).type)
    return _is_binary(given)


def _is_binary(given: Any) -> bool:
    types = pyarrow().types
    return types.is_binary(given) or types.is_large_binary(given) or types.is_binary_view(given)


class EncodedRows(DeferredRows):
    """Rows that are not decoded yet; each item holds the encoded images of its row."""

    @property
    def nbytes(self) -> int:
        """Memory of the encoded images, not that of the rows."""
        return sum(len(data) for item in self.items for data in item.values())


class TableImages(ImageRecipe):
    """Makes the rows of all image streams of a table.

    Args:
        source: the table.
        parts: how it is read.
        streams: the image streams.
        labels: names of streams of classes, which are mixed as their images are.
        formats: formats that are decoded.
        most_pixels: images with more are malformed.
        report: counts a problem of a row.

    Raises:
        RuntimeError: the size of images is not known.
    """

    def __init__(
        self,
        source: TableSource,
        parts: list[Part],
        streams: list[ImageStream],
        labels: list[str],
        formats: tuple[str, ...],
        most_pixels: int,
        report: Callable[[int, Problem], None],
    ) -> None:
        self._source, self._parts, self._images = source, parts, streams
        self._formats, self._most_pixels = formats, most_pixels
        self._columns = list(dict.fromkeys(stream.column for stream in streams))
        shapes = {stream.name: self._shape(stream) for stream in streams}
        super().__init__(streams, shapes, lambda item: item, self._opened, labels, 1, report)

    def _opened(self, data: object) -> Picture:
        assert isinstance(data, bytes)
        if len(data) > LARGEST_FILE:
            raise Unreadable(f"at most {LARGEST_FILE} bytes", f"{len(data)}")
        return Picture(data, self._formats, self._most_pixels)

    def _shape(self, stream: ImageStream) -> tuple[int, ...]:
        """Return the static shape of a stream, if need be that of the first image."""
        rows, columns, channels = stream.size
        if rows is None or columns is None:
            rows, columns = self._first_image(stream).shape[:2]
        return stream.classes or channels or 3, rows, columns

    def _first_image(self, stream: ImageStream) -> np.ndarray:
        cause = "no image in the first rows"
        table = self._source.read(self._parts[0], [stream.column])
        for row, data in enumerate(_contents(table.slice(0, _PROBED).column(stream.column))):
            try:
                if data is not None:
                    return stream.image(self._opened(data), Moment(0, 0, row), 0)
            except Unreadable as error:
                cause = str(self.problem(None, row, stream.column, error))
        raise data_error(
            f"{self._source.name}: the size of stream '{stream.name}' is not known.",
            cause,
            hint="transforms.scale gives all images one size",
        )

    def rows(self, table: Any, part: Part) -> tuple[dict[str, SequenceRows], dict[str, np.ndarray]]:
        """Return the streams of a part, not decoded yet, and where columns have no image."""
        contents = {name: _contents(table.column(name)) for name in self._columns}
        items = np.empty(part.num_rows, object)
        for row, files in enumerate(zip(*contents.values())):
            items[row] = {name: data or b"" for name, data in zip(contents, files)}
        numbers = np.arange(part.first, part.first + part.num_rows)
        ones = np.ones(part.num_rows, np.int64)
        streams = {
            stream.name: SequenceRows(EncodedRows(self, stream.name, items, numbers), ones)
            for stream in self._images
        }
        absent = {
            name: np.array([data is None for data in each]) for name, each in contents.items()
        }
        return streams, absent

    def problem(self, item: Any, line: int, column: str, error: Unreadable) -> Problem:
        """Return what is wrong with an image, with its place."""
        part = self._parts[bisect([each.first for each in self._parts], line) - 1]
        place = self._source.place(part, line - part.first)
        return Problem(place, column, error.expected, error.found)


def _contents(column: Any) -> list[bytes | None]:
    """Return the encoded images of a column; None where there is none."""
    found: list[bytes | None] = []
    for array in column.chunks:
        if isinstance(array, pyarrow().ExtensionArray):
            array = array.storage
        if pyarrow().types.is_struct(array.type):
            field = array.field(BYTES).to_pylist()
            found += [data if is_there else None for data, is_there in zip(field, _there(array))]
        else:
            found += array.to_pylist()
    return found


def _there(array: Any) -> list[bool]:
    return array.is_valid().to_pylist()
