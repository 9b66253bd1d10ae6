"""Text files with one image a line: where their chunks of lines are, and how they are read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cntk.io.problems import data_error

_PIECE_BYTES = 4 << 20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NEWLINE = ord("\n")


@dataclass(frozen=True)
class Lines:
    """Some lines of a file.

    Attributes:
        offset: their first byte.
        size: their bytes.
        first: number of the first line, from 0.
    """

    offset: int
    size: int
    first: int


@dataclass(frozen=True)
class MapFile:
    """A text file that was looked through.

    Attributes:
        path: the file.
        stamp: its size and time of change, to notice that it is another one.
        chunks: its lines, in parts that are read at once.
    """

    path: str
    stamp: tuple[int, int]
    chunks: tuple[Lines, ...]

    def read(self, offset: int, size: int) -> bytes:
        """Return some bytes of the file.

        Raises:
            RuntimeError: the file was changed or cannot be read.
        """
        with _open(self.path) as file:
            file.seek(offset)
            data = file.read(size)
            if len(data) != size or _stamp(file) != self.stamp:
                raise data_error(
                    f"Input file '{self.path}' was changed while it is being read.",
                    hint="make a new MinibatchSource, and write files under another name first",
                )
        return data

    def lines(self, chunk: Lines) -> Iterator[tuple[int, int, bytes]]:
        """Yield number, offset and text of the lines of a chunk, without the ends of lines.

        Empty lines and those that begin with ``#`` are passed over.
        """
        offset = chunk.offset
        text = self.read(offset, chunk.size)
        for number, line in enumerate(text.split(b"\n"), chunk.first):
            content = line.rstrip(b"\r")
            if content.strip() and not content.startswith(b"#"):
                yield number, offset, content
            offset += len(line) + 1


def look_through(path: str, longest: int, chunk_lines: int, chunk_bytes: int) -> MapFile:
    """Return the chunks of a text file.

    Args:
        path: the file.
        longest: bytes of the longest line that is read.
        chunk_lines: lines of a chunk.
        chunk_bytes: bytes after which a chunk ends earlier.

    Raises:
        RuntimeError: the file is missing or empty, or a line is too long.
    """
    with _open(path) as file:
        stamp = _stamp(file)
        begin = len(_BYTE_ORDER_MARK) if file.read(3) == _BYTE_ORDER_MARK else 0
        file.seek(begin)
        starts, firsts, line, last, offset = [begin], [0], 0, begin, begin
        while piece := file.read(_PIECE_BYTES):
            ends = np.flatnonzero(np.frombuffer(piece, np.uint8) == _NEWLINE) + (offset + 1)
            offset += len(piece)
            sizes = np.diff(ends, prepend=last, append=offset)
            if sizes.max() > longest:
                number = line + int(sizes.argmax()) + 1
                raise data_error(
                    f"Input file '{path}' has a line of more than {longest} bytes.",
                    f"line  {number}",
                    hint="is this a map file? lines are 'path <tab> label'",
                )
            for at in _boundaries(ends, line, starts[-1], firsts[-1], chunk_lines, chunk_bytes):
                starts.append(int(ends[at]))
                firsts.append(line + at + 1)
            line += len(ends)
            last = int(ends[-1]) if len(ends) else last
    if offset == begin:
        raise data_error(
            "Input file is empty", f"file      {path}", "expected  lines 'path <tab> label'"
        )
    if starts[-1] == offset:  # the last boundary is the end of the file
        del starts[-1], firsts[-1]
    spans = zip(starts, [*starts[1:], offset], firsts)
    chunks = tuple(Lines(start, stop - start, first) for start, stop, first in spans)
    return MapFile(path, stamp, chunks)


def _boundaries(ends, line, start, first, chunk_lines, chunk_bytes) -> Iterator[int]:
    """Yield the lines of a piece after which a chunk ends."""
    at = -1
    while True:
        by_lines = first + chunk_lines - line - 1
        by_bytes = int(np.searchsorted(ends, start + chunk_bytes))
        at = max(at + 1, min(by_lines, by_bytes))
        if at >= len(ends):
            return
        yield at
        start, first = int(ends[at]), line + at + 1


def _open(path: str):
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
