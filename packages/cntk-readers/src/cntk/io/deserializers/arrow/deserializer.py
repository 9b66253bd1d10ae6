"""ArrowDeserializer: tables of any library that speaks Arrow, and their files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.chunk import Chunk, SequenceRows
from cntk.io.deserializer import Deserializer
from cntk.io.deserializers.arrow.columns import Columns
from cntk.io.deserializers.arrow.files import TableFiles
from cntk.io.deserializers.arrow.images import TableImages
from cntk.io.deserializers.arrow.library import pyarrow
from cntk.io.deserializers.arrow.source import Part, SlicedTable, StreamedTable, TableSource
from cntk.io.deserializers.image.picture import DEFAULT_FORMATS, MOST_PIXELS, check_formats
from cntk.io.keys import key_of
from cntk.io.problems import Problem
from cntk.minibatch import StreamInformation

LARGEST_CHUNK = 1 << 30
_MOST_ANNOUNCED = 1 << 22  # rows of a chunk; memory for more is taken only after reading them


class ArrowDeserializer(Deserializer):
    """Reads tables: Parquet and Arrow files, and data frames of any library that speaks Arrow.

    A row is a sample, or a sequence of them. What a column holds for a stream follows from its type
    and the stream's ``shape``:

    * numbers are dense samples of one value; several columns, ``field=["a", "b"]``, of several;
    * lists, of fixed or any length, that hold as many numbers as ``shape`` says are dense samples;
    * one list more around them makes a sequence; ``shape=1`` makes one of a list of numbers;
    * with ``is_sparse=True`` integers are classes, one-hot, and a list of them is a sequence; so
      are dictionary-encoded columns, which need no shape, and texts of which ``categories`` are
      given; structs of the lists ``indices`` and ``values`` are sparse samples;
    * binary columns, and structs with a field ``bytes``, hold encoded images, with ``transforms``
      as in :class:`ImageDeserializer`; with ``shape``, the number of classes, label images.

    Missing values are malformed rows, as are lists of another length and classes that do not exist.

    Args:
        source: path of a Parquet or Arrow file, or a list of paths; or an object that exports an
            Arrow stream (pandas, polars and pyarrow tables, DuckDB results), which is read whole,
            or a ``datasets.Dataset`` of Hugging Face.
        streams: :class:`StreamDefs`; ``field`` is the column, by default that of the stream's name.
        categories: for a stream its categories, in the order of their classes.
        null_value: number that stands for missing numbers; default: their rows are malformed.
        key: column of whole numbers or texts by which other deserializers are joined; default: the
            number of the row.
        dtype: element type of samples.
        max_chunk_bytes: a row group with more is refused.
        grayscale: whether colours of images become their luma, one channel.
        formats: which of JPEG, PNG, BMP, GIF, TIFF are decoded.
        max_pixels: an image with more pixels is malformed; it is not decoded.

    Raises:
        ImportError: pyarrow is not installed.
        TypeError: the source is something else.
        ValueError: a stream's definition does not fit the columns.
        RuntimeError: a file is missing or damaged.

    >>> import pyarrow
    >>> from cntk.io import MinibatchSource, StreamDef, StreamDefs
    >>> table = pyarrow.table({"height": [1.5, 1.8], "age": [7, 30], "words": [[2, 0], [1]]})
    >>> streams = StreamDefs(
    ...     person=StreamDef(field=["height", "age"]),
    ...     words=StreamDef(field="words", shape=3, is_sparse=True),
    ... )
    >>> source = MinibatchSource(ArrowDeserializer(table, streams), randomize=False)
    >>> minibatch = source.next_minibatch(3)
    >>> minibatch[source.streams.person].asarray()[:, 0].tolist()
    [[1.5, 7.0], [1.7999999523162842, 30.0]]
    >>> minibatch[source.streams.words].num_samples
    3
    """

    reads_ahead = True

    def __init__(
        self,
        source,
        streams,
        categories: Mapping[str, Sequence] | None = None,
        null_value: float | None = None,
        key: str | None = None,
        dtype=np.float32,
        max_chunk_bytes: int = LARGEST_CHUNK,
        grayscale=False,
        formats=DEFAULT_FORMATS,
        max_pixels=MOST_PIXELS,
    ) -> None:
        pyarrow()
        self._is_grey = bool(grayscale)
        self._formats, self._max_pixels = check_formats(formats), int(max_pixels)
        self._source = _source_of(source, max_chunk_bytes)
        if not streams:
            raise ArgumentError("ArrowDeserializer: no streams to read; give StreamDefs(name=...)")
        self._definitions, self._key = dict(streams), key
        self._given = {name: list(values) for name, values in (categories or {}).items()}
        self._null_value, self._dtype = null_value, np.dtype(dtype)
        unknown = sorted(set(self._given) - set(self._definitions))
        if unknown:
            raise ArgumentError(f"ArrowDeserializer: categories of no stream: {unknown}")

    @cached_property
    def _columns(self) -> Columns:
        return Columns(
            self._source,
            self._definitions,
            self._given,
            self._null_value,
            self._dtype,
            self._key,
            self._is_grey,
        )

    @cached_property
    def _images(self) -> TableImages | None:
        if not self._columns.images:
            return None
        readings = self._columns.readings.items()
        return TableImages(
            self._source,
            self._columns.parts,
            self._columns.images,
            [name for name, each in readings if each.layout.is_sparse],
            self._formats,
            self._max_pixels,
            self._report,
        )

    def _report(self, row: int, problem: Problem) -> None:
        self.problems.sample_error(row, problem)

    @cached_property
    def _parts(self) -> list[Part]:
        return self._columns.parts

    @property
    def categories(self) -> dict[str, list]:
        """The categories of each stream that has some, in the order of their classes."""
        return {name: list(values) for name, values in self._columns.categories.items()}

    def stream_infos(self) -> list[StreamInformation]:
        """Return the streams."""
        shapes = {name: each.layout.shape for name, each in self._columns.readings.items()}
        dtypes = dict.fromkeys(shapes, self._dtype)
        if self._images is not None:
            shapes |= self._images.shapes
        return [
            StreamInformation(
                name,
                number,
                "sparse" if given.get("is_sparse") else "dense",
                dtypes.get(name, np.float32),
                shapes[name],
                bool(given.get("defines_mb_size")),
            )
            for number, (name, given) in enumerate(self._definitions.items())
        ]

    def num_chunks(self) -> int:
        """Return the number of chunks."""
        return len(self._parts)

    def get_chunk(self, chunk_id: int) -> Chunk:
        """Return some rows; images are decoded when a minibatch is made of them.

        Raises:
            RuntimeError: there are more malformed rows than allowed, or a file was changed.
        """
        part = self._parts[chunk_id]
        table = self._source.read(part, self._columns.needed)
        is_valid = np.ones(part.num_rows, bool)
        streams: dict[str, SequenceRows] = {}
        wrong: list[tuple[int, str, str, Any]] = []
        for name, reading in self._columns.readings.items():
            sequences, is_wrong = reading.read(table)
            streams[name] = sequences
            for row in np.flatnonzero(is_wrong & is_valid).tolist():
                wrong.append((row, *reading.explain(table, row)))
            is_valid &= ~is_wrong
        if self._images is not None:
            images, absent = self._images.rows(table, part)
            streams = {name: {**streams, **images}[name] for name in self._definitions}
            for column, is_absent in absent.items():
                for row in np.flatnonzero(is_absent & is_valid).tolist():
                    wrong.append((row, column, "an image", "null (a missing value)"))
                is_valid &= ~is_absent
        if self._key is not None:
            for row in np.flatnonzero(table.column(self._key).is_null().to_numpy()).tolist():
                wrong.append((row, self._key, "a key", "null (a missing value)"))
                is_valid[row] = False
        for row, column, expected, found in sorted(wrong, key=lambda each: each[0]):
            problem = Problem(self._source.place(part, row), column, expected, found)
            self.problems.error(chunk_id, problem)
        self.problems.chunk_is_read(chunk_id)
        sizes = None
        if self._columns.defining:
            sizes = streams[self._columns.defining].lengths
        return Chunk(streams, self._keys(part, table), sizes, is_valid)

    def _keys(self, part: Part, table) -> np.ndarray:
        if self._key is None:
            return np.arange(part.first, part.first + part.num_rows).astype(np.uint64)
        values = table.column(self._key).to_pylist()
        return np.array([key_of(v, part.first + i) for i, v in enumerate(values)], np.uint64)

    def sequence_keys(self, chunk_id: int) -> np.ndarray | None:
        """Return the numbers of the rows, or what the column of keys holds."""
        part = self._parts[chunk_id]
        if part.num_rows > _MOST_ANNOUNCED:
            return None
        return self._keys(part, self._source.read(part, [self._key]) if self._key else None)

    def sequence_sizes(self, chunk_id: int) -> np.ndarray | None:
        """Return 1 for each row where rows are samples."""
        if self._columns.has_sequences or self._parts[chunk_id].num_rows > _MOST_ANNOUNCED:
            return None
        return np.ones(self._parts[chunk_id].num_rows, np.int64)

    def describe(self) -> str:
        """Return the name of the source."""
        return self._source.name


def _source_of(source, most_bytes: int) -> TableSource:
    if isinstance(source, (str, os.PathLike)):
        return TableFiles([source], most_bytes)
    if isinstance(source, (list, tuple)) and all(isinstance(s, (str, os.PathLike)) for s in source):
        if source:
            return TableFiles(source, most_bytes)
        raise ArgumentError("ArrowDeserializer: the list of files is empty")
    if hasattr(source, "__arrow_c_stream__"):
        return StreamedTable(source)
    if all(hasattr(source, name) for name in ("with_format", "num_rows", "__len__")):
        return SlicedTable(source)
    raise ArgumentError(
        "ArrowDeserializer: a source is a path, a list of paths, or an object that exports an "
        f"Arrow stream (__arrow_c_stream__), not {type(source).__name__}"
    )
