"""Files of NumPy's ``savez``: named arrays in a zip archive, of numbers alone."""

from __future__ import annotations

import errno
import math
import os
import re
import struct
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import BinaryIO, NoReturn

import numpy as np

from cntk.storage.atomic import replace_file
from cntk.storage.errors import DamagedFileError, ModelFileAccessError
from cntk.storage.messages.wire import FREE_MEMORY, MEMORY_PER_FILE_BYTE
from cntk.storage.open_file import opened
from cntk.storage.stream import BLOCK, DAMAGED
from cntk.storage.weights.stored import Fill, StoredArray

# Python's reader takes some hundred bytes for each of the archive's entries.
LARGEST_DIRECTORY = 4 * 2**20
MOST_DIMENSIONS = 32
_SUFFIX = ".npy"
_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 2**16
_END = struct.Struct("<4s4H2LH")
_END_MARK = b"PK\5\6"
_HEADER = re.compile(
    r"\{'descr': '([<>|=][biuf][1248])', 'fortran_order': (True|False), "
    r"'shape': \(((?:\d{1,19}(?:, ?|(?=\))))*)\), ?\} *\n"
)


def write_npz(path: str | os.PathLike[str], arrays: Mapping[str, np.ndarray]) -> None:
    """Write named arrays, not compressed, as a whole or not at all.

    Raises:
        ModelFileError: the operating system refuses.
    """
    try:
        with replace_file(path) as stream, zipfile.ZipFile(stream, "w") as archive:
            for name, array in arrays.items():
                with archive.open(name + _SUFFIX, "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
    except OSError as error:
        what = "the file cannot be written"
        raise ModelFileAccessError.wrap(error, os.fspath(path), what) from error


def read_npz(path: str | os.PathLike[str], values: bool = True) -> dict[str, np.ndarray]:
    """Return the arrays of a file by name.

    Args:
        path: the file; sizes are checked before memory is taken, and nothing in it is run.
        values: read the values; without them the arrays have a type and a shape alone.

    Raises:
        ModelFileError: the file cannot be opened, is damaged, or has other things in it.
    """
    with open_npz(path) as stored:
        return {
            name: array.array() if values else array.described() for name, array in stored.items()
        }


@contextmanager
def open_npz(path: str | os.PathLike[str]) -> Iterator[dict[str, StoredArray]]:
    """Give the arrays of a file.

    Raises:
        ModelFileError: the file cannot be opened, is damaged, or has other things in it.
    """
    with opened(path) as (stream, size, file):
        _check_directory(stream, size, file)
        with _whole(file):
            archive = zipfile.ZipFile(stream)
        with archive:
            with _whole(file):
                found = _Archive(archive, size, file).arrays()
            yield found


@contextmanager
def _whole(file: str) -> Iterator[None]:
    """Tell errors of the archive's reader, which was written for whole archives, with the place."""
    try:
        yield
    except DamagedFileError:
        raise
    except Exception as error:
        # It asks the system for places before the file: that is the file's fault.
        if isinstance(error, OSError) and error.errno != errno.EINVAL:
            raise
        _fail(file, 0, "the archive is damaged", actual=f"{type(error).__name__}: {error}")


class _Archive:
    """The members of an archive, and the memory that they may still take."""

    def __init__(self, archive: zipfile.ZipFile, size: int, file: str) -> None:
        self._archive, self._file = archive, file
        self._stored = size
        self._compressed = FREE_MEMORY + MEMORY_PER_FILE_BYTE * size

    def arrays(self) -> dict[str, StoredArray]:
        found: dict[str, StoredArray] = {}
        for member in self._archive.infolist():
            name = member.filename.removesuffix(_SUFFIX)
            if name in found or not member.filename.endswith(_SUFFIX):
                self._fail(member, "holds what is no array, or is there twice")
            if member.flag_bits & 1 or member.compress_type not in (
                zipfile.ZIP_STORED,
                zipfile.ZIP_DEFLATED,
            ):
                self._fail(member, "is encrypted, or compressed in another way than by NumPy")
            self._charge(member)
            found[name] = self._array(member)
        return found

    def _charge(self, member: zipfile.ZipInfo) -> None:
        if member.compress_type == zipfile.ZIP_STORED:
            self._stored -= member.file_size
        else:
            self._compressed -= member.file_size
        if min(self._stored, self._compressed) < 0:
            self._fail(member, "needs far more memory than the file has bytes")

    def _array(self, member: zipfile.ZipInfo) -> StoredArray:
        with self._archive.open(member) as stream:
            dtype, is_fortran, shape, start = self._header(member, stream)
        if math.prod(shape) * dtype.itemsize != member.file_size - start:
            self._fail(member, f"has another size than {dtype} of shape {list(shape)} needs")

        @contextmanager
        def values() -> Iterator[Fill]:
            with _whole(self._file), self._archive.open(member) as stream:
                stream.read(start)
                yield partial(self._fill, member, stream)
                if stream.read(1):  # which checks the sum of the member, too
                    self._fail(member, "is longer than it says")

        def check() -> None:
            left, block = member.file_size - start, memoryview(bytearray(BLOCK))
            with values() as fill:
                while left:
                    count = min(left, BLOCK)
                    fill(block[:count])
                    left -= count

        return StoredArray(shape, dtype, values, check, is_fortran=is_fortran)

    def _fill(self, member: zipfile.ZipInfo, stream, buffer: memoryview) -> None:
        while buffer:
            count = stream.readinto(buffer[:BLOCK])  # it makes a copy of what it reads
            if not count:
                self._fail(member, "is cut off")
            buffer = buffer[count:]

    def _header(self, member: zipfile.ZipInfo, stream) -> tuple[np.dtype, bool, tuple, int]:
        start = stream.read(len(_MAGIC) + 4)
        if start[: len(_MAGIC)] != _MAGIC or start[6:8] not in (b"\1\0", b"\2\0"):
            self._fail(member, "is no array")
        size = int.from_bytes(start[8:], "little")
        if start[6] == 2:
            size += int.from_bytes(stream.read(2), "little") << 16
        if size > _LONGEST_HEADER:
            self._fail(member, "has a header that is too long")
        match = _HEADER.fullmatch(stream.read(size).decode("latin-1"))
        if match is None:
            self._fail(member, "has a header that is none, or is no array of numbers")
        shape = tuple(int(word) for word in re.findall(r"\d+", match[3]))
        if len(shape) > MOST_DIMENSIONS:
            self._fail(member, "has too many dimensions")
        try:
            dtype = np.dtype(match[1])
        except TypeError:
            self._fail(member, f"has an unknown type '{match[1]}'")
        return dtype, match[2] == "True", shape, (12 if start[6] == 2 else 10) + size

    def _fail(self, member: zipfile.ZipInfo, what: str) -> NoReturn:
        _fail(self._file, member.header_offset, f"'{member.filename:.60}' {what}")


def _check_directory(stream: BinaryIO, size: int, file: str) -> None:
    """Refuse an archive whose list of members is too long to be read."""
    tail = min(size, _END.size + 2**16)
    stream.seek(size - tail)
    at = (content := stream.read(tail)).rfind(_END_MARK)
    if at < 0 or at + _END.size > len(content):
        _fail(file, 0, "this is no archive of arrays, or its end is missing")
    directory = _END.unpack_from(content, at)[5]
    if directory > LARGEST_DIRECTORY:
        _fail(file, size - tail + at, "the archive has too many members")
    stream.seek(0)


def _fail(file: str, offset: int, what: str, actual: object = None) -> NoReturn:
    raise DamagedFileError(what, file=file, offset=offset, actual=actual, hint=DAMAGED)
