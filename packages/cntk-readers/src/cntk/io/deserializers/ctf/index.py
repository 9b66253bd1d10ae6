"""The index of a CTF file: where its chunks lie, found in one pass without reading a number."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from cntk.io.deserializers.ctf.decimals import PADDING
from cntk.io.deserializers.ctf.lines import first_lines, line_starts, padded, sequence_ids, text_end
from cntk.io.problems import data_error

CHUNK_BYTES = 32 << 20
"""Size of a chunk, as in CNTK 2.7; a chunk ends with the sequence that reaches it."""

CHUNK_LINES = 1 << 20
"""A chunk of very short lines ends earlier: each line takes some memory besides its text."""

LONGEST_LINE = 32 << 20
LONGEST_SEQUENCE = 512 << 20
_PIECE_BYTES = 4 << 20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class ChunkPlace:
    """One chunk of a file.

    Attributes:
        offset: its first byte.
        size: its bytes.
        line: number of its first line, from 0.
        num_lines: its lines.
    """

    offset: int
    size: int
    line: int
    num_lines: int


@dataclass(frozen=True)
class FileIndex:
    """The chunks of a CTF file.

    Attributes:
        path: the file.
        stamp: size and time of change, to notice that the file is not the one that was indexed.
        has_ids: whether lines carry sequence ids; else every line is a sequence.
        chunks: the chunks in the file's order.
    """

    path: str
    stamp: tuple[int, int]
    has_ids: bool
    chunks: tuple[ChunkPlace, ...]

    def read(self, chunk: ChunkPlace, after: int = 0) -> np.ndarray:
        """Return the padded text of a chunk.

        Raises:
            RuntimeError: the file was changed or cannot be read.
        """
        with _open(self.path) as file:
            if _stamp(file) != self.stamp:
                raise self._changed()
            file.seek(chunk.offset)
            text, body = padded(chunk.size, after)
            if file.readinto(body) != chunk.size or _stamp(file) != self.stamp:
                raise self._changed()
        return text

    def _changed(self) -> RuntimeError:
        return data_error(
            f"Input file '{self.path}' was changed while it is being read.",
            f"expected  {self.stamp[0]} bytes, as when the MinibatchSource was made",
            hint="make a new MinibatchSource, and write data files under another name first",
        )


def index_file(path: str, chunk_bytes: int = CHUNK_BYTES) -> FileIndex:
    """Return the index of a CTF file.

    Args:
        path: the file.
        chunk_bytes: wanted size of a chunk.

    Raises:
        RuntimeError: the file is missing or empty, does not begin like a CTF file, or has a line or
            a sequence beyond the size limits.
    """
    with _open(path) as file:
        stamp = _stamp(file)
        offset, line, has_ids = _first_line(file, path)
        file.seek(offset)
        starts, lines, end, num_lines = _sequence_starts(file, path, offset, has_ids, chunk_bytes)
    offsets, numbers = [*starts, end], [*lines, num_lines]
    _check_sizes(path, offsets, chunk_bytes)
    chunks = tuple(
        ChunkPlace(
            offsets[i], offsets[i + 1] - offsets[i], line + numbers[i], numbers[i + 1] - numbers[i]
        )
        for i in range(len(starts))
    )
    return FileIndex(path, stamp, has_ids, chunks)


def _sequence_starts(file, path, offset, has_ids, chunk_bytes):
    """Return offset and line of each chunk's first sequence, the end, and the number of lines."""
    starts, lines = [offset], [0]
    previous, num_lines, rest = None, 0, b""
    while True:
        piece = file.read(_PIECE_BYTES)
        cut = piece.rfind(b"\n") + 1 if piece else 0
        if piece and not cut:
            rest += piece
            if len(rest) > LONGEST_LINE:
                raise _too_long(path, "line", offset, LONGEST_LINE)
            continue
        body = rest + piece[:cut]
        if not body:
            return starts, lines, offset, num_lines
        text, inner = padded(len(body))
        inner[:] = np.frombuffer(body, np.uint8)
        line_begins = line_starts(text, PADDING, text_end(text, len(body)))
        if has_ids:
            begins, previous = _begins(path, text, line_begins, previous, offset)
        else:
            begins = np.ones(len(line_begins), bool)
        candidates = np.flatnonzero(begins)
        positions = line_begins[candidates] - PADDING + offset
        while True:
            by_size = np.searchsorted(positions, starts[-1] + chunk_bytes)
            by_lines = np.searchsorted(candidates + num_lines, lines[-1] + CHUNK_LINES)
            next_chunk = int(min(by_size, by_lines))
            if next_chunk == len(positions):
                break
            starts.append(int(positions[next_chunk]))
            lines.append(num_lines + int(candidates[next_chunk]))
        num_lines += len(line_begins)
        offset += len(body)
        rest = piece[cut:]


def _begins(path, text, line_begins, previous, offset):
    try:
        ids, ends = sequence_ids(text, line_begins)
    except OverflowError as error:
        raise data_error(
            "Overflow while reading a numeric sequence id (8-bit value).",
            f"file      {path}",
            f"byte      {error.args[0] - PADDING + offset}",
            "expected  a number up to 18446744073709551615",
        ) from None
    has_id = ends > line_begins
    begins = first_lines(ids, has_id, previous)
    carriers = np.flatnonzero(has_id)
    return begins, int(ids[carriers[-1]]) if len(carriers) else previous


def _first_line(file, path: str) -> tuple[int, int, bool]:
    """Return offset and number of the first line with data, and whether lines carry ids."""
    head = file.read(_PIECE_BYTES)
    skipped = len(_BYTE_ORDER_MARK) if head.startswith(_BYTE_ORDER_MARK) else 0
    body = head[skipped:].lstrip(b"\r\n")
    offset = len(head) - len(body)
    if not body:
        raise data_error(
            "Input file is empty",
            f"file      {path}",
            "expected  lines such as '|features 0.5 1 |labels 1'",
        )
    first = body[:1]
    if not (first in b"|0123456789" or first <= b" "):
        raise data_error(
            f"Expected a sequence id at the offset {offset}, none was found.",
            f"file      {path}",
            "expected  '|' before the first input name, or the digits of a sequence id",
            f"found     {body[:20]!r}",
            hint="write each line as '|alias values |alias values'",
        )
    return offset, head[:offset].count(b"\n"), first.isdigit()


def _check_sizes(path, offsets, chunk_bytes) -> None:
    for start, stop in zip(offsets, offsets[1:]):
        if stop - start > LONGEST_SEQUENCE + chunk_bytes:
            raise _too_long(path, "sequence", start, LONGEST_SEQUENCE)


def _too_long(path, what, offset, limit) -> RuntimeError:
    return data_error(
        f"Input file '{path}' has a {what} of more than {limit >> 20} MiB.",
        f"byte      {offset} and after",
        hint="CTF ends a sample with a newline and a sequence with a new id; is this a CTF file?",
    )


def _open(path):
    try:
        return open(path, "rb")
    except OSError as error:
        raise data_error(
            f"Input file '{path}' is not open.",
            f"system    {error.strerror} (errno {error.errno})",
            f"folder    {os.getcwd()}",
            hint="relative names are looked up in the folder above",
        ) from error


def _stamp(file) -> tuple[int, int]:
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns
