"""Parquet and Arrow files: row groups and record batches are read where they are needed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib import import_module
from typing import Any, NamedTuple

from cntk.io.data_file import Stamp, open_data, stamp_of
from cntk.io.deserializers.arrow.library import pyarrow
from cntk.io.deserializers.arrow.source import CHUNK_BYTES, Part, TableSource
from cntk.io.problems import data_error

_PARQUET, _ARROW = b"PAR1", b"ARROW1"
_BATCH_BYTES = 64 << 20
_FEWEST_ROWS, _MOST_ROWS = 64, 1 << 20  # of a batch


class _File(NamedTuple):
    """A file that was looked at.

    Attributes:
        path: where it is.
        stamp: its size and time of change.
        metadata: of a Parquet file; None: an Arrow file.
        schema: its columns.
        num_pieces: its row groups or record batches.
    """

    path: str
    stamp: Stamp
    metadata: Any
    schema: Any
    num_pieces: int


class TableFiles(TableSource):
    """Files with the same columns, one after the other.

    Args:
        paths: the files.
        most_bytes: a row group or record batch with more is refused before it is read.
    """

    def __init__(self, paths: Sequence[str | os.PathLike], most_bytes: int) -> None:
        self._paths = [os.fspath(path) for path in paths]
        self._most_bytes = most_bytes
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        self.name = f"{self._paths[0]}{more}"

    @cached_property
    def _files(self) -> list[_File]:
        return [_look_at(path) for path in self._paths]

    @property
    def schema(self) -> Any:
        """The columns of the first file."""
        return self._files[0].schema

    def parts(self, columns: list[str]) -> list[Part]:
        """Return row groups, or record batches; small ones together.

        Raises:
            RuntimeError: a file lacks a column, or has another type in it; a row group is too
                large.
        """
        found: list[Part] = []
        first = 0
        for number, file in enumerate(self._files):
            self._check_columns(file, columns)
            row = 0
            pieces: list[tuple[int, int, int]] = []  # number, rows, bytes
            for piece in range(file.num_pieces):
                rows, size = self._measure(file, piece, columns)
                if sum(each[2] for each in pieces) > CHUNK_BYTES // 4:
                    found.append(_part(first, number, row, pieces))
                    first, row = first + found[-1].num_rows, row + found[-1].num_rows
                    pieces = []
                if rows:
                    pieces.append((piece, rows, size))
            if pieces:
                found.append(_part(first, number, row, pieces))
                first += found[-1].num_rows
        return found

    def _check_columns(self, file: _File, columns: list[str]) -> None:
        for name in columns:
            index = file.schema.get_field_index(name)
            expected = self.schema.field(name).type
            found = file.schema.field(index).type if index >= 0 else "no such column"
            if found != expected:
                raise data_error(
                    f"Input file '{file.path}' has other columns than the first file.",
                    f"column    '{name}'",
                    f"expected  {expected}, as in {self._paths[0]}",
                    f"found     {found}",
                )

    def _measure(self, file: _File, piece: int, columns: list[str]) -> tuple[int, int]:
        """Return rows and bytes of a row group or record batch."""
        if file.metadata is None:
            with _opened(file, [_narrowest(file.schema)]) as reader:
                return reader.get_batch(piece).num_rows, file.stamp[0] // file.num_pieces
        # not column by column: pyarrow ends the process where a column's metadata are missing
        group = file.metadata.row_group(piece)
        if group.num_rows * len(columns) > self._most_bytes:
            raise self._too_large(file, [piece], f"{group.num_rows} rows of {len(columns)} columns")
        if group.num_rows < 0:
            raise _damaged(file.path, f"row group {piece} has {group.num_rows} rows")
        return group.num_rows, group.total_byte_size

    def _too_large(self, file: _File, pieces: Sequence[int], found: str) -> RuntimeError:
        return data_error(
            f"Input file '{file.path}' has a row group that is too large.",
            f"row group {pieces[0]}: {found}",
            f"expected  at most {self._most_bytes} bytes (max_chunk_bytes of the deserializer)",
            hint="write it with fewer rows in a group: "
            "pyarrow.parquet.write_table(..., row_group_size=...)",
        )

    def read(self, part: Part, columns: list[str]) -> Any:
        """Return the rows of a part, checked for what Arrow relies on.

        Raises:
            RuntimeError: the file is damaged, or was changed.
        """
        file = self._files[part.file]
        with _opened(file, columns) as reader:
            if file.metadata is not None:
                batches = self._row_groups(reader, file, part, columns)
            else:
                batches = [reader.get_batch(piece) for piece in part.pieces]
            table = pyarrow().Table.from_batches(batches).select(columns)
            table.validate(full=True)
        if table.num_rows != part.num_rows:
            raise _damaged(file.path, f"{part.num_rows} rows were announced, {table.num_rows} read")
        return table

    def _row_groups(self, reader: Any, file: _File, part: Part, columns: list[str]) -> list:
        """Return row groups in batches, whose size shows while they are decoded."""
        groups = [file.metadata.row_group(piece) for piece in part.pieces]
        num_bytes = sum(group.total_byte_size for group in groups)
        rows = _BATCH_BYTES * part.num_rows // max(1, num_bytes)
        batches, size = [], 0
        for batch in reader.iter_batches(
            batch_size=min(max(rows, _FEWEST_ROWS), _MOST_ROWS),
            row_groups=list(part.pieces),
            columns=columns,
            use_threads=False,
        ):
            size += batch.nbytes
            if size > self._most_bytes:
                raise self._too_large(file, part.pieces, f"{size} bytes, and more, in {columns}")
            batches.append(batch)
        if not batches:
            raise _damaged(file.path, f"row groups {part.pieces} hold no rows")
        return batches

    def place(self, part: Part, row: int) -> str:
        """Return file and number of a row."""
        return f"{self._paths[part.file]}, row {part.row + row}"


def _part(first: int, file: int, row: int, pieces: list[tuple[int, int, int]]) -> Part:
    numbers = tuple(number for number, _, _ in pieces)
    return Part(first, sum(rows for _, rows, _ in pieces), file, numbers, row)


def _look_at(path: str) -> _File:
    with open_data(path) as file:
        stamp, begin = stamp_of(file), file.read(len(_ARROW))
    if not begin.startswith((_PARQUET, _ARROW)):
        raise data_error(
            f"Input file '{path}' is neither a Parquet nor an Arrow file.",
            f"found     {begin!r} at its beginning",
            hint="for a file of a stream: ArrowDeserializer(pyarrow.ipc.open_stream(path), ...)",
        )
    is_parquet = begin.startswith(_PARQUET)
    with _reader(path, stamp, is_parquet) as reader:
        schema = reader.schema_arrow if is_parquet else reader.schema
        _ = [f"{field.name} {field.type}" for field in schema]  # here, where errors name the file
        if is_parquet:
            return _File(path, stamp, reader.metadata, schema, reader.metadata.num_row_groups)
        return _File(path, stamp, None, schema, reader.num_record_batches)


def _narrowest(schema: Any) -> str:
    """Return the name of a column that takes few bytes, to count rows by."""
    widths = {}
    for field in schema:
        try:
            widths[field.name] = field.type.bit_width
        except ValueError:  # lists and strings have none
            widths[field.name] = 1 << 20
    return min(widths, key=lambda name: widths[name])


def _opened(file: _File, columns: list[str]):
    is_parquet = file.metadata is not None
    included = [] if is_parquet else [file.schema.get_field_index(name) for name in columns]
    return _reader(file.path, file.stamp, is_parquet, file.metadata, included)


@contextmanager
def _reader(path: str, stamp: Stamp, is_parquet: bool, metadata: Any = None, included: Any = ()):
    """Yield pyarrow's reader of a file; what it raises names the file."""
    arrow = pyarrow()
    with open_data(path) as handle:
        is_same = stamp_of(handle) == stamp
        try:
            if is_same:
                with arrow.OSFile(path) as native:  # faster than by way of Python's file
                    if is_parquet:
                        parquet = import_module("pyarrow.parquet")
                        yield parquet.ParquetFile(native, metadata=metadata)
                    else:
                        options = arrow.ipc.IpcReadOptions(
                            use_threads=False, included_fields=list(included)
                        )
                        yield arrow.ipc.open_file(native, options=options)
                is_same = stamp_of(handle) == stamp
        except Exception as error:  # pyarrow has many; of Python's: OSError, OverflowError, ...
            if type(error) is RuntimeError:  # of our own
                raise
            if stamp_of(handle) == stamp:
                raise _damaged(path, str(error).strip().partition("\n")[0]) from error
            is_same = False
    if not is_same:
        raise data_error(
            f"Input file '{path}' was changed while it is being read.",
            hint="make a new MinibatchSource, and write data files under another name first",
        )


def _damaged(path: str, cause: str) -> RuntimeError:
    return data_error(f"Input file '{path}' is damaged.", f"pyarrow  {cause}")
