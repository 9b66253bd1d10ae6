"""The header of a safetensors file: JSON of one form only, read by a parser of that form."""

from __future__ import annotations

import json
import re
from typing import NamedTuple, NoReturn

from cntk.storage.stream import ByteReader

LARGEST_HEADER = 100_000_000  # bytes, as in the reference implementation
MOST_TENSORS = 100_000
MOST_DIMENSIONS = 32
METADATA = "__metadata__"

_SPACE = re.compile(rb"[ \t\r\n]*")
_STRING = re.compile(rb'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrtu])*+"')
_NUMBER = re.compile(rb"0|[1-9][0-9]{0,18}")


class Entry(NamedTuple):
    """One array of the header; ``offset`` is where in the file it is described."""

    begin: int
    end: int
    name: str
    dtype: str
    shape: tuple[int, ...]
    offset: int


def parse_header(reader: ByteReader, size: int) -> tuple[list[Entry], dict[str, str]]:
    """Return the entries, sorted by the place of their values, and the metadata.

    Args:
        reader: at the start of the header.
        size: what the file says that the header's size is.

    Raises:
        DamagedFileError: it is no such header.
    """
    start = reader.position
    if size > min(LARGEST_HEADER, reader.size - start):
        reader.fail(
            "the header is too large",
            offset=0,
            expected=f"at most {min(LARGEST_HEADER, reader.size - start)} bytes",
            actual=f"{size} bytes",
        )
    entries, metadata = _Parser(reader, reader.take(size), start).header()
    return sorted(entries), metadata


class _Parser:
    """A cursor over the header."""

    def __init__(self, reader: ByteReader, text: bytes, start: int) -> None:
        self._reader, self._text, self._start = reader, text, start
        self._at = 0

    def header(self) -> tuple[list[Entry], dict[str, str]]:
        entries: list[Entry] = []
        metadata: dict[str, str] = {}
        names: set[str] = set()
        for name in self._keys(names):
            if name == METADATA:
                texts: set[str] = set()
                metadata = {key: self._string() for key in self._keys(texts)}
            else:
                entries.append(self._entry(name))
            if len(entries) > MOST_TENSORS:
                self._fail(f"there are more than {MOST_TENSORS} arrays")
        if self._text[self._at :].strip(b" \t\r\n\0"):
            self._fail("there is more behind the end of the header")
        return entries, metadata

    def _entry(self, name: str) -> Entry:
        offset = self._start + self._at
        found: dict[str, object] = {}
        for key in self._keys(set()):
            if key == "dtype":
                found[key] = self._string()
            elif key in ("shape", "data_offsets"):
                found[key] = self._numbers()
            else:
                self._fail(f"'{name:.60}' has an unknown key '{key:.60}'")
        missing = [key for key in ("dtype", "shape", "data_offsets") if key not in found]
        if missing:
            self._fail(f"'{name:.60}' has no {missing[0]}")
        offsets, shape = found["data_offsets"], found["shape"]
        assert isinstance(offsets, tuple) and isinstance(shape, tuple)
        if len(offsets) != 2 or offsets[0] > offsets[1]:
            self._fail(f"'{name:.60}' has offsets that are none")
        return Entry(*offsets, name, str(found["dtype"]), shape, offset)

    def _keys(self, seen: set[str]):
        """Yield the keys of the object that starts here; the caller reads each value."""
        self._expect(b"{")
        if self._next() == b"}":
            self._expect(b"}")
            return
        while True:
            key = self._string()
            if key in seen:
                self._fail(f"the key '{key:.60}' occurs twice")
            seen.add(key)
            self._expect(b":")
            yield key
            if self._next() != b",":
                break
            self._expect(b",")
        self._expect(b"}")

    def _numbers(self) -> tuple[int, ...]:
        self._expect(b"[")
        found: list[int] = []
        while self._next() != b"]":
            if found:
                self._expect(b",")
            match = _NUMBER.match(self._text, self._space())
            if match is None or len(found) == MOST_DIMENSIONS:
                self._fail("a list of numbers is none, or too long")
            found.append(int(match[0]))
            self._at = match.end()
        self._expect(b"]")
        return tuple(found)

    def _string(self) -> str:
        match = _STRING.match(self._text, self._space())
        if match is None:
            self._fail("a text is missing, or does not end")
        try:
            found = json.loads(match[0])
        except ValueError:
            self._fail("a text is not UTF-8")
        self._at = match.end()
        return found

    def _expect(self, token: bytes) -> None:
        if self._next() != token:
            self._fail(f"the header lacks a '{token.decode()}'")
        self._at += 1

    def _next(self) -> bytes:
        at = self._space()
        return self._text[at : at + 1]

    def _space(self) -> int:
        match = _SPACE.match(self._text, self._at)
        assert match is not None  # it matches nothing, too
        self._at = match.end()
        return self._at

    def _fail(self, what: str) -> NoReturn:
        self._reader.fail(what, offset=self._start + self._at)
