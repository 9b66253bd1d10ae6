"""Tables of numbers in a text file: a header, then a line of numbers for each sample."""

from __future__ import annotations

import math
import os

import numpy as np

from cntk.io.chunk import Chunk, SequenceRows
from cntk.io.deserializer import Deserializer
from cntk.io.problems import Problem
from cntk.minibatch import StreamInformation

LINES_PER_CHUNK = 10_000  # some megabytes: what is read and shuffled at once
LONGEST_LINE = 1 << 20  # bytes; a longer one is refused before it fills the memory


class CSVDeserializer(Deserializer):
    """Reads dense streams from the columns of a table.

    Args:
        filename: the table; the first line names the columns, commas separate.
        streams: ``StreamDefs(x=StreamDef(field="left", shape=2))`` reads two columns, from the
            column ``left`` on.

    Raises:
        ValueError: the header has no such columns.
    """

    def __init__(self, filename: str | os.PathLike, streams) -> None:
        self.filename = os.fspath(filename)
        self.chunk_starts = [0]  # byte where the lines of a chunk begin
        self.first_lines = [2]  # and their number in the file
        self._index()
        self.columns: dict[str, slice] = {}
        self.streams: list[StreamInformation] = []
        for name, definition in streams.items():
            first, width = definition["stream_alias"], math.prod(np.atleast_1d(definition["dim"]))
            if first not in self.header or self.header.index(first) + width > len(self.header):
                raise ValueError(
                    f"{self.filename}: stream '{name}' wants {width} columns from '{first}' on; "
                    f"the header has {self.header}"
                )
            begin = self.header.index(first)
            self.columns[name] = slice(begin, begin + width)
            self.streams.append(
                StreamInformation(name, len(self.streams), "dense", np.float32, definition["dim"])
            )

    def stream_infos(self) -> list[StreamInformation]:
        """Return the streams, in the order of their definitions."""
        return self.streams

    def num_chunks(self) -> int:
        """Return how many pieces of ``LINES_PER_CHUNK`` lines the file has."""
        return len(self.chunk_starts)

    def get_chunk(self, chunk_id: int) -> Chunk:
        """Return the samples of one piece; a malformed line is counted and left out."""
        table, is_valid = [], []
        with open(self.filename, "rb") as file:
            file.seek(self.chunk_starts[chunk_id])
            for number in range(LINES_PER_CHUNK):
                line = file.readline(LONGEST_LINE)
                if not line:
                    break
                values = self._numbers(line)
                is_valid.append(values is not None)
                if values is None:
                    place = f"line {self.first_lines[chunk_id] + number}"
                    expected = f"{len(self.header)} numbers"
                    self.problems.error(chunk_id, Problem(place, "", expected, repr(line[:40])))
                    values = np.zeros(len(self.header), np.float32)
                table.append(values)
        rows = np.stack(table)
        lengths = np.ones(len(rows), np.int64)  # each sequence is one sample
        shaped = {
            info.name: rows[:, self.columns[info.name]].reshape(-1, *info.shape)
            for info in self.streams
        }
        parts = {name: SequenceRows(part, lengths) for name, part in shaped.items()}
        return Chunk(parts, is_valid=np.array(is_valid))

    def describe(self) -> str:
        """Return a name for messages."""
        return f"CSVDeserializer({self.filename})"

    def _index(self) -> None:
        """Read the header, and note where each chunk begins."""
        with open(self.filename, "rb") as file:
            self.header = [name.strip() for name in _text(file.readline(LONGEST_LINE)).split(",")]
            self.chunk_starts = [file.tell()]
            count = 0
            while file.readline(LONGEST_LINE):
                count += 1
                if count % LINES_PER_CHUNK == 0:
                    self.chunk_starts.append(file.tell())
                    self.first_lines.append(2 + count)
        if count == 0:
            raise ValueError(f"{self.filename}: no line of numbers below the header")
        if count % LINES_PER_CHUNK == 0:  # nothing follows the last full chunk
            del self.chunk_starts[-1], self.first_lines[-1]

    def _numbers(self, line: bytes) -> np.ndarray | None:
        """Return a line's numbers, or None if it is not a line of as many numbers as columns."""
        cells = _text(line).split(",")
        try:
            values = np.array([float(cell) for cell in cells], np.float32)
        except ValueError:
            return None
        return values if len(values) == len(self.header) else None


def _text(line: bytes) -> str:
    return line.decode("utf-8", errors="replace").rstrip("\r\n")
