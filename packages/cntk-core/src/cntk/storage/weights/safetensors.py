"""Files of safetensors: named arrays behind a header of JSON, and nothing that could run.

=========  =====================================================================
bytes      content
=========  =====================================================================
0-7        the size of the header, 64 bits, little-endian
8...       the header: {name: {"dtype": ..., "shape": [...], "data_offsets": [begin, end]}, ...}
then       the values, row-major, little-endian, without gaps or overlaps
=========  =====================================================================
"""

from __future__ import annotations

import json
import math
import os
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np

from cntk.storage.atomic import replace_file
from cntk.storage.errors import ModelFileAccessError
from cntk.storage.open_file import opened
from cntk.storage.stream import BLOCK, ByteReader
from cntk.storage.weights.safetensors_header import Entry, parse_header
from cntk.storage.weights.stored import Fill, StoredArray

_SIZE = struct.Struct("<Q")
_ALIGNMENT = 8
_WIDENED = "BF16"  # NumPy has no such type: read as float32
DTYPES: dict[str, np.dtype] = {
    "F64": np.dtype("<f8"), "F32": np.dtype("<f4"), "F16": np.dtype("<f2"),
    "I64": np.dtype("<i8"), "I32": np.dtype("<i4"), "I16": np.dtype("<i2"), "I8": np.dtype("i1"),
    "U64": np.dtype("<u8"), "U32": np.dtype("<u4"), "U16": np.dtype("<u2"), "U8": np.dtype("u1"),
    "BOOL": np.dtype("?"), _WIDENED: np.dtype("<u2"),
}  # fmt: skip
_NAME_OF = {dtype: name for name, dtype in DTYPES.items() if name != _WIDENED}


def read_safetensors(
    path: str | os.PathLike[str], values: bool = True
) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Return the arrays of a file by name, and its metadata.

    Args:
        path: the file; everything in its header is checked before memory is taken.
        values: read the values; without them the arrays have a type and a shape alone.

    Raises:
        ModelFileError: the file cannot be opened, or is damaged.
    """
    with open_safetensors(path) as (stored, metadata):
        found = {
            name: array.array() if values else array.described() for name, array in stored.items()
        }
        return found, metadata


@contextmanager
def open_safetensors(
    path: str | os.PathLike[str],
) -> Iterator[tuple[dict[str, StoredArray], dict[str, str]]]:
    """Give the arrays of a file, to be read in that order or left out, and its metadata.

    Raises:
        ModelFileError: the file cannot be opened, or its header is damaged.
    """
    with opened(path) as (stream, size, file):
        reader = ByteReader(stream, size, file)
        entries, metadata = _header(reader)
        start = reader.position
        yield {entry.name: _stored(reader, start, entry) for entry in entries}, metadata


def write_safetensors(
    path: str | os.PathLike[str],
    arrays: Mapping[str, np.ndarray],
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Write named arrays, as a whole or not at all.

    Args:
        path: the file.
        arrays: of the types of ``DTYPES``.
        metadata: texts by name.

    Raises:
        TypeError: an array has another type.
        ModelFileError: the operating system refuses.
    """
    header: dict[str, object] = {"__metadata__": dict(metadata)} if metadata else {}
    offset = 0
    for name, array in arrays.items():
        dtype = array.dtype.newbyteorder("<") if array.dtype.itemsize > 1 else array.dtype
        if dtype not in _NAME_OF:
            raise TypeError(f"'{name}' of type {array.dtype} cannot be stored as safetensors")
        place = [offset, offset + array.nbytes]
        header[name] = {
            "dtype": _NAME_OF[dtype],
            "shape": list(array.shape),
            "data_offsets": place,
        }
        offset += array.nbytes
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    try:
        with replace_file(path) as stream:
            stream.write(_SIZE.pack(len(text)) + text)
            for array in arrays.values():
                values = _bytes(array)
                for i in range(0, len(values), BLOCK):
                    stream.write(values[i : i + BLOCK])
    except OSError as error:
        what = "the file cannot be written"
        raise ModelFileAccessError.wrap(error, os.fspath(path), what) from error


def _bytes(array: np.ndarray) -> memoryview:
    little = array.dtype.newbyteorder("<")
    return np.ascontiguousarray(array, little).reshape(-1).view(np.uint8).data


def _header(reader: ByteReader) -> tuple[list[Entry], dict[str, str]]:
    """Return the entries in the order of their values."""
    (size,) = _SIZE.unpack(reader.take(_SIZE.size))
    entries, metadata = parse_header(reader, size)
    end = 0
    for entry in entries:
        dtype = DTYPES.get(entry.dtype)
        if dtype is None:
            reader.fail(
                f"'{entry.name:.60}' has an unknown type",
                offset=entry.offset,
                expected=", ".join(DTYPES),
                actual=entry.dtype[:20],
            )
        if math.prod(entry.shape) * dtype.itemsize != entry.end - entry.begin:
            reader.fail(
                f"the values of '{entry.name:.60}' do not fit its shape",
                offset=entry.offset,
                expected=f"{math.prod(entry.shape) * dtype.itemsize} bytes for {entry.shape}",
                actual=f"{entry.end - entry.begin} bytes",
            )
        if entry.begin != end:
            reader.fail(
                f"the values of '{entry.name:.60}' overlap others, or leave a gap",
                offset=entry.offset,
                expected=f"to begin at {end}",
                actual=entry.begin,
            )
        end = entry.end
    if end != reader.size - reader.position:
        reader.fail(
            "the values do not end with the file",
            expected=f"{end} bytes behind the header",
            actual=f"{reader.size - reader.position} bytes",
        )
    return entries, metadata


def _stored(reader: ByteReader, start: int, entry: Entry) -> StoredArray:
    @contextmanager
    def place() -> Iterator[Fill]:
        reader.skip(start + entry.begin - reader.position)
        yield reader.into

    dtype = DTYPES[entry.dtype]
    if entry.dtype == _WIDENED:
        wide = np.dtype(np.float32)
        return StoredArray(entry.shape, wide, place, stored=dtype, widen=_widened)
    return StoredArray(entry.shape, dtype, place)


def _widened(upper: np.ndarray) -> np.ndarray:
    """Return the float32 numbers whose upper halves are given."""
    return (upper.astype(np.uint32) << 16).view(np.float32)
