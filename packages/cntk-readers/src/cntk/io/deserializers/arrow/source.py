"""Where rows come from: a table in memory, or one that is handed over piece by piece."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cntk.io.deserializers.arrow.library import pyarrow
from cntk.io.problems import data_error

CHUNK_BYTES = 32 << 20
"""Size of a chunk, where the source does not say how it wants to be read."""

_MEASURED_ROWS = 1000  # rows whose size stands for that of all


@dataclass(frozen=True)
class Part:
    """Rows that are read at once.

    Attributes:
        first: number of the first row in the whole source, from 0.
        num_rows: how many.
        file: number of the file, where there are files.
        pieces: row groups or record batches of the file.
        row: number of the first row in its file.
    """

    first: int
    num_rows: int
    file: int = 0
    pieces: tuple[int, ...] = ()
    row: int = 0


class TableSource(ABC):
    """Rows with named columns.

    Attributes:
        name: what messages call it.
    """

    name: str

    @property
    @abstractmethod
    def schema(self) -> Any:
        """The columns, as a ``pyarrow.Schema``."""

    @abstractmethod
    def parts(self, columns: list[str]) -> list[Part]:
        """Return the parts in which some columns are read."""

    @abstractmethod
    def read(self, part: Part, columns: list[str]) -> Any:
        """Return a part as a ``pyarrow.Table``."""

    def place(self, part: Part, row: int) -> str:
        """Return the words for a row of a part."""
        return f"row {part.first + row}"


class StreamedTable(TableSource):
    """A table of anything that exports an Arrow C stream; it is read whole at the first use.

    Args:
        source: has a method ``__arrow_c_stream__``.
    """

    def __init__(self, source: Any) -> None:
        self._source: Any = source
        self.name = type(source).__name__

    @cached_property
    def _table(self) -> Any:
        source, self._source = self._source, None  # a stream is read once
        try:
            table = pyarrow().RecordBatchReader.from_stream(source).read_all()
            table.validate(full=True)
        except (pyarrow().ArrowException, OSError, ValueError) as error:
            raise data_error(
                f"{self.name} cannot be read as an Arrow stream.", f"pyarrow  {error}"
            ) from error
        return table

    @property
    def schema(self) -> Any:
        """The columns."""
        return self._table.schema

    def parts(self, columns: list[str]) -> list[Part]:
        """Return parts of about :data:`CHUNK_BYTES`, which begin where the table's own do.

        So what lies in one piece is not copied.
        """
        table = self._table.select(columns)
        counts = [batch.num_rows for batch in table.to_batches()]
        enough = _row_limit(table.num_rows, table.nbytes) // 4
        return cut(together(counts, enough), table.nbytes)

    def read(self, part: Part, columns: list[str]) -> Any:
        """Return some rows, which share memory with the table."""
        return self._table.select(columns).slice(part.first, part.num_rows)


class SlicedTable(TableSource):
    """A ``datasets.Dataset`` of Hugging Face, whose slices are tables; they may lie on disk.

    Args:
        source: has a method ``with_format``; its slices in the format "arrow" are tables.
    """

    def __init__(self, source: Any) -> None:
        self.name = type(source).__name__
        self._rows = source.with_format("arrow")

    @cached_property
    def schema(self) -> Any:
        """The columns."""
        return self._rows[:1].schema

    def parts(self, columns: list[str]) -> list[Part]:
        """Return parts of about :data:`CHUNK_BYTES`."""
        count = len(self._rows)
        measured = self._rows[: min(count, _MEASURED_ROWS)].select(columns)
        return cut([count], measured.nbytes * count // max(1, measured.num_rows))

    def read(self, part: Part, columns: list[str]) -> Any:
        """Return some rows."""
        table = self._rows[part.first : part.first + part.num_rows].select(columns)
        table.validate(full=True)
        return table


def cut(counts: list[int], num_bytes: int) -> list[Part]:
    """Return parts of rows, each of about :data:`CHUNK_BYTES` at most.

    Args:
        counts: rows that lie together; a part does not go beyond them.
        num_bytes: of all rows.

    >>> [part.num_rows for part in cut([8, 2], 3 * CHUNK_BYTES)]
    [3, 3, 2, 2]
    """
    most = _row_limit(sum(counts), num_bytes)
    found: list[Part] = []
    first = 0
    for count in counts:
        found += [Part(first + i, min(most, count - i)) for i in range(0, count, most)]
        first += count
    return found


def together(counts: list[int], enough: int) -> list[int]:
    """Return counts of rows, neighbours added while they are few.

    >>> together([1, 1, 1, 5, 1], 3)
    [3, 5, 1]
    """
    found = [0]
    for count in counts:
        if found[-1] >= enough:
            found.append(0)
        found[-1] += count
    return found


def _row_limit(num_rows: int, num_bytes: int) -> int:
    """Return how many rows have about :data:`CHUNK_BYTES`, at least one."""
    return max(1, CHUNK_BYTES * num_rows // max(1, num_bytes))
