"""Arrays in npz files, which are zip files of npy files.

What ``numpy.savez`` stored lies in the file as it is, and rows are read where they are needed. What
is compressed is read whole, up to a limit: a few kilobytes of zip may claim to be a terabyte.
"""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np

from cntk.io.data_file import open_data, stamp_of
from cntk.io.deserializers.arrays.header import NotAnArrayError, read_header
from cntk.io.deserializers.arrays.stored import (
    Array,
    ArrayInMemory,
    StoredArray,
    check_size,
    not_an_array,
)
from cntk.io.problems import data_error

_LOCAL = struct.Struct("<4s22xHH")
_MAGIC = b"PK\x03\x04"
_ENCRYPTED = 1
_LARGEST_RATIO = 1032  # of deflate: 258 bytes from two bits
_PIECE = 1 << 24
_SHOWN = 20
_LONGEST_WORD = 1024


class ArrayArchive:
    """The arrays of an npz file.

    Args:
        path: the file.
        most_bytes: compressed arrays that are read take at most so many bytes of memory together.

    Raises:
        RuntimeError: it is missing, or no zip file.
    """

    def __init__(self, path: str, most_bytes: int) -> None:
        self._path, self._left, self._most = path, most_bytes, most_bytes
        with open_data(path) as file:
            self._stamp = stamp_of(file)
            try:
                with zipfile.ZipFile(file) as archive:
                    members = archive.infolist()
            except Exception as error:  # BadZipFile, and what comes of strange numbers
                raise self._damaged(str(error) or type(error).__name__) from None
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            name = member.filename.removesuffix(".npy")
            if name in self._members:
                raise self._damaged(f"two arrays of the name {ascii(name)}")
            self._members[name] = member

    @property
    def names(self) -> list[str]:
        """Names of the arrays."""
        return list(self._members)

    def array(self, name: str) -> Array:
        """Return an array.

        Raises:
            RuntimeError: there is none of that name, it holds no numbers, or is too large.
        """
        if name not in self._members:
            there = ", ".join(ascii(each) for each in self.names[:_SHOWN])
            raise data_error(
                f"Input file '{self._path}' has no array '{name}'.",
                f"found     {there}" + (", ..." if len(self.names) > _SHOWN else ""),
            )
        member = self._members[name]
        what = f"{self._path}, array '{name}'"
        if member.flag_bits & _ENCRYPTED:
            raise self._damaged(f"array '{name}' is encrypted")
        if member.compress_type == zipfile.ZIP_STORED:
            return self._stored(what, member)
        if member.compress_type != zipfile.ZIP_DEFLATED:
            raise self._damaged(f"array '{name}' is compressed by method {member.compress_type}")
        if member.file_size > _LARGEST_RATIO * (member.compress_size + 1):
            raise self._damaged(
                f"array '{name}' of {member.file_size} bytes from {member.compress_size} compressed"
            )
        return self._decompressed(what, member)

    def word(self, name: str) -> str:
        """Return a text that is stored as an array of one element.

        Raises:
            RuntimeError: it is none.
        """
        member = self._members[name]
        try:
            if member.file_size > _LONGEST_WORD:
                raise ValueError(f"{member.file_size} bytes for a word")
            with zipfile.ZipFile(self._path) as archive:
                array = np.lib.format.read_array(BytesIO(archive.read(member)), allow_pickle=False)
            return array.astype(str).item()
        except Exception as error:  # as below, and numpy's
            raise self._damaged(str(error) or type(error).__name__) from None

    def _stored(self, what: str, member: zipfile.ZipInfo) -> StoredArray:
        with open_data(self._path) as file:
            file.seek(max(0, member.header_offset))  # it is negative in a file cut in the middle
            head = file.read(_LOCAL.size)
            magic, *lengths = _LOCAL.unpack(head) if len(head) == _LOCAL.size else (b"", 0, 0)
            begin = member.header_offset + _LOCAL.size + sum(lengths)
            if (
                magic != _MAGIC
                or member.header_offset < 0
                or begin + member.file_size > self._stamp[0]
            ):
                raise self._damaged(f"{member.file_size} bytes at byte {begin} are not there")
            file.seek(begin)
            try:
                header = read_header(file)
            except NotAnArrayError as error:
                raise not_an_array(what, error) from None
        check_size(what, header, member.file_size)
        return StoredArray(what, self._path, self._stamp, header, begin + header.size)

    def _decompressed(self, what: str, member: zipfile.ZipInfo) -> ArrayInMemory:
        if member.file_size > self._left:
            raise data_error(
                f"Input file '{self._path}' has compressed arrays that are too large.",
                f"array     '{member.filename}' of {member.file_size} bytes",
                f"expected  at most {self._most} bytes in all that are read (max_bytes)",
                hint="numpy.savez stores arrays so that their rows can be read from the file",
            )
        with open_data(self._path) as file:
            try:
                with zipfile.ZipFile(file) as archive, archive.open(member) as content:
                    header = read_header(content)  # type: ignore[arg-type]
                    check_size(what, header, member.file_size)
                    body = np.empty(header.num_bytes, np.uint8)
                    filled = 0
                    while piece := content.read(_PIECE):  # the last one compares the checksum
                        body[filled : filled + len(piece)] = np.frombuffer(piece, np.uint8)
                        filled += len(piece)
            except NotAnArrayError as error:
                raise not_an_array(what, error) from None
            except Exception as error:  # BadZipFile, zlib.error, EOFError, NotImplementedError ...
                if type(error) is RuntimeError:  # of our own
                    raise
                raise self._damaged(str(error) or type(error).__name__) from None
            if filled != len(body) or stamp_of(file) != self._stamp:
                raise self._damaged(f"{filled} of {len(body)} bytes of {member.filename}")
        self._left -= member.file_size
        return ArrayInMemory(what, body.view(header.dtype).reshape(header.shape))

    def _damaged(self, cause: str) -> RuntimeError:
        return data_error(f"Input file '{self._path}' is not a sound npz file.", f"found  {cause}")


def is_zip(path: str | Path) -> bool:
    """Return whether a file begins as zip files do.

    Raises:
        RuntimeError: it cannot be opened.
    """
    with open_data(path) as file:
        return file.read(4) in (_MAGIC, b"PK\x05\x06")
