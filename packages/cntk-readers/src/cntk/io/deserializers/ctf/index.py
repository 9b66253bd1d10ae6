"""The index of a CTF file: where its chunks lie, found in one pass without reading a number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cntk.io.data_file import open_data, read_into, stamp_of
from cntk.io.deserializers.ctf.decimals import PADDING
from cntk.io.deserializers.ctf.lines import (
    NEWLINE,
    first_lines,
    line_starts,
    padded,
    sequence_ids,
)
from cntk.io.deserializers.ctf.scratch import Scratch
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

    def read(self, chunk: ChunkPlace, after: int = 0, scratch: Scratch | None = None) -> np.ndarray:
        """Return the padded text of a chunk.

        Args:
            chunk: its place.
            after: bytes that may be read after the text.
            scratch: memory to use; default: new one.

        Raises:
            RuntimeError: the file was changed or cannot be read.
        """
        text, body = padded(chunk.size, after, scratch)
        read_into(self.path, self.stamp, chunk.offset, body)
        return text


def index_file(path: str, chunk_bytes: int = CHUNK_BYTES) -> FileIndex:
    """Return the index of a CTF file.

    Args:
        path: the file.
        chunk_bytes: wanted size of a chunk.

    Raises:
        RuntimeError: the file is missing or empty, does not begin like a CTF file, or has a line or
            a sequence beyond the size limits.
    """
    with open_data(path) as file:
        stamp = stamp_of(file)
        offset, line, has_ids = _first_line(file, path)
        file.seek(offset)
        where, piece = (path, line, offset), max(1, min(_PIECE_BYTES, stamp[0] - offset))
        starts, lines, end, num_lines = _sequence_starts(file, where, has_ids, chunk_bytes, piece)
    offsets, numbers = [*starts, end], [*lines, num_lines]
    _check_sizes(path, line, offsets, numbers, chunk_bytes)
    chunks = tuple(
        ChunkPlace(
            offsets[i], offsets[i + 1] - offsets[i], line + numbers[i], numbers[i + 1] - numbers[i]
        )
        for i in range(len(starts))
    )
    return FileIndex(path, stamp, has_ids, chunks)


def _sequence_starts(file, where, has_ids, chunk_bytes, piece):
    """Return offset and line of each chunk's first sequence, the end, and the number of lines."""
    path, first_line, offset = where
    starts, lines = [offset], [0]
    previous, num_lines, have = None, 0, 0
    text, inner = padded(piece)
    while True:
        if len(inner) - have < piece:
            larger, room = padded(2 * len(inner))
            room[:have] = inner[:have]
            text, inner = larger, room
        num_read = file.readinto(inner[have : have + piece])
        filled = have + num_read
        size = _lines_end(inner, have, filled) if num_read else filled
        if num_read and not size:
            have = filled
            if have > LONGEST_LINE:
                raise _too_long(path, "line", first_line + num_lines, offset, LONGEST_LINE)
            continue
        if not size:
            return starts, lines, offset, num_lines
        end = PADDING + size
        if inner[size - 1] != NEWLINE:  # a last line without a newline
            text[end], end = NEWLINE, end + 1
        line_begins = line_starts(text, PADDING, end)
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
        offset += size
        have = filled - size
        inner[:have] = inner[size:filled].copy()


def _lines_end(body: np.ndarray, begin: int, end: int) -> int:
    """Return the byte after the last newline of ``body[begin:end]``, 0 if it has none."""
    stop, width = end, 1024
    while stop > begin:
        start = max(begin, stop - width)
        found = np.flatnonzero(body[start:stop] == NEWLINE)
        if len(found):
            return start + int(found[-1]) + 1
        stop, width = start, 4 * width
    return 0


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


def _check_sizes(path, first_line, offsets, lines, chunk_bytes) -> None:
    for start, stop, line in zip(offsets, offsets[1:], lines):
        if stop - start > LONGEST_SEQUENCE + chunk_bytes:
            raise _too_long(path, "sequence", first_line + line, start, LONGEST_SEQUENCE)


def _too_long(path, what, line, offset, limit) -> RuntimeError:
    return data_error(
        f"Input file '{path}' has a {what} of more than {limit >> 20} MiB.",
        f"line      {line + 1} (byte {offset}) and after",
        hint="CTF ends a sample with a newline and a sequence with a new id; is this a CTF file?",
    )
