"""The headers of a tar file, one after the other; contents are passed over.

A header is a block of 512 bytes with name, size and kind; a content takes whole blocks. Long names
and large sizes stand in headers of their own before it, in pax's form or GNU's. Python's tarfile
would read these at whatever size they claim, and takes three times as long for a member.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

BLOCK = 512
LONGEST_EXTENSION = 64 << 10
"""Bytes of a header that holds a long name."""

_FILES = (b"0", b"\0", b"7")
_FOLDER, _PAX, _GLOBAL, _LONG_NAME, _LONG_LINK = b"5", b"x", b"g", b"L", b"K"
_OTHERS = {
    b"1": "a hard link", b"2": "a symbolic link", b"3": "a character device",
    b"4": "a block device", b"6": "a pipe", b"S": "a sparse file",
}  # fmt: skip


class Member(NamedTuple):
    """A file in a tar file.

    Attributes:
        name: with folders.
        header: its first byte.
        offset: first byte of the content.
        size: bytes of the content.
        what: "" for a file, else the words for what it is.
    """

    name: str
    header: int
    offset: int
    size: int
    what: str


class DamagedTarError(Exception):
    """The file is no tar file from some byte on.

    Attributes:
        byte: where.
        expected: what should be there.
        found: what is.
    """

    def __init__(self, byte: int, expected: str, found: str) -> None:
        super().__init__(byte, expected, found)
        self.byte, self.expected, self.found = byte, expected, found


def members(file: BinaryIO, size: int) -> Iterator[Member]:
    """Yield the members of a tar file; folders are passed over.

    Args:
        file: open, at its beginning.
        size: its bytes.

    Raises:
        DamagedTarError: a header is malformed, or the file ends too early.
    """
    at, begin, name, length = 0, 0, None, None
    while True:
        file.seek(at)
        header = file.read(BLOCK)
        if not header.strip(b"\0") and len(header) == BLOCK:
            _check_end(file, at)
            return
        kind, own_name, own_length = _parsed(header, at, size)
        extends = kind in (_PAX, _GLOBAL, _LONG_NAME, _LONG_LINK)
        stored = own_length if extends or length is None else length
        content, following = at + BLOCK, at + BLOCK + -(-stored // BLOCK) * BLOCK
        if following > size:
            raise DamagedTarError(
                at, f"at most {size - content} bytes, which are left", f"a size of {stored}"
            )
        if extends:
            if stored > LONGEST_EXTENSION:
                expected = f"a long name of at most {LONGEST_EXTENSION} bytes"
                raise DamagedTarError(at, expected, f"{stored}")
            text = file.read(stored)
            if kind == _LONG_NAME:
                name = _text(text.partition(b"\0")[0])
            elif kind == _PAX:
                records = _pax(text, content)
                name = _text(records["path"]) if "path" in records else name
                length = _decimal(records["size"], content) if "size" in records else length
            at = following
            continue
        is_folder = kind == _FOLDER or (kind == b"\0" and own_name.endswith("/"))
        if not is_folder:
            what = "" if kind in _FILES else _OTHERS.get(kind, f"a member of kind {kind!r}")
            yield Member(name or own_name, begin, content, stored, what)
        at = begin = following
        name = length = None


def _parsed(header: bytes, at: int, size: int) -> tuple[bytes, str, int]:
    """Return kind, name and size of the content."""
    if len(header) < BLOCK:
        expected = f"a header of {BLOCK} bytes, or two empty blocks at the end"
        raise DamagedTarError(at, expected, f"the end of a file of {size} bytes")
    told = header[148:156].replace(b"\0", b" ").strip()
    sum_of_bytes = sum(header) - sum(header[148:156]) + 8 * ord(" ")
    if told.strip(b"01234567") or int(told or b"0", 8) != sum_of_bytes:
        found = f"{ascii(header[:20])}, whose checksum is another"
        raise DamagedTarError(at, "the header of a tar file", found)
    name = _text(header[:100].partition(b"\0")[0])
    if header[257:263] == b"ustar\0":
        prefix = _text(header[345:500].partition(b"\0")[0])
        name = f"{prefix}/{name}" if prefix else name
    return header[156:157], name, _number(header[124:136], at)


def _number(field: bytes, at: int) -> int:
    """Return a number in octal digits, or in binary where they do not suffice."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.replace(b"\0", b" ").strip()
    if digits and digits.strip(b"01234567"):
        raise DamagedTarError(at, "a size in octal digits", ascii(field))
    return int(digits or b"0", 8)


def _pax(text: bytes, at: int) -> dict[str, bytes]:
    """Return the records of a pax header: ``length key=value`` and a newline each."""
    records, begin = {}, 0
    while begin < len(text):
        digits, mark, _ = text[begin : begin + 8].partition(b" ")
        length = int(digits) if mark and digits.isdigit() else 0
        record = text[begin : begin + length]
        key, equals, value = record[len(digits) + 1 : -1].partition(b"=")
        if len(record) < 5 or len(record) < length or not record.endswith(b"\n") or not equals:
            raise DamagedTarError(at + begin, "a record of a pax header", ascii(text[begin:][:40]))
        records[_text(key)] = value
        begin += length
    return records


def _decimal(value: bytes, at: int) -> int:
    if not value.isdigit() or len(value) > 19:
        raise DamagedTarError(at, "a size in decimal digits", ascii(value[:40]))
    return int(value)


def _text(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")


def _check_end(file: BinaryIO, at: int) -> None:
    """Refuse what stands behind the end, such as another archive appended to this one."""
    rest = file.read(LONGEST_EXTENSION)
    if len(rest) < BLOCK:
        raise DamagedTarError(at, "two empty blocks at the end", "one")
    if rest.strip(b"\0"):
        raise DamagedTarError(at, "nothing after the end of the archive", "more data")
