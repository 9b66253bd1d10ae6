"""HTK feature files: a header of twelve bytes, then the frames of one or more utterances.

Header: number of frames int32, time between frames int32 (100 ns), bytes of a frame int16, kind
int16; big-endian as HTK writes it, or little-endian, which CNTK 2.7 reads as well. Compressed
files hold 16-bit integers, after the slopes and offsets that make floats of them.

Reference: Young et al., "The HTK Book", section 5.10.
"""

from __future__ import annotations

import os
import struct
from typing import BinaryIO, NamedTuple

import numpy as np

from cntk.io.data_file import open_data

HEADER_BYTES = 12
_BASE_KINDS = {6: "MFCC", 7: "FBANK", 9: "USER", 11: "PLP"}
_COMPRESSED, _VECTOR_QUANTIZED, _CHECKSUM = 0o2000, 0o40000, 0o10000
_FRAMES_OF_SCALES = 4  # slopes and offsets take the room of so many compressed frames


class ArchiveError(Exception):
    """An archive cannot be used.

    Attributes:
        expected: what a sound archive has.
        found: what this one has.
    """

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(expected, found)
        self.expected, self.found = expected, found


class Kind(NamedTuple):
    """What all archives of one stream have in common.

    Attributes:
        code: HTK's number of the kind of features.
        period: time between frames, in 100 ns.
        dim: values of a frame.
    """

    code: int
    period: int
    dim: int


class Archive:
    """An open feature file.

    Args:
        path: the file.

    Raises:
        RuntimeError: it cannot be opened.
        ArchiveError: it is no feature file that can be read.
    """

    def __init__(self, path: str) -> None:
        self._file: BinaryIO = open_data(path)
        try:
            self._read_header()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _read_header(self) -> None:
        head = self._file.read(HEADER_BYTES)
        if len(head) < HEADER_BYTES:
            raise ArchiveError(f"a header of {HEADER_BYTES} bytes", f"{len(head)} bytes")
        for self._order in "><":
            num_frames, period, size, code = struct.unpack(self._order + "iihH", head)
            if self._is_plausible(period, size, code):
                break
        else:
            _, period, size, code = struct.unpack(">iihH", head)
            kinds = ", ".join(_BASE_KINDS.values())
            raise ArchiveError(
                f"a feature file of kind {kinds}, without vector quantization",
                f"kind {code:#o}, frames of {size} bytes each {period} x 100 ns",
            )
        self._is_compressed = bool(code & _COMPRESSED)
        self.kind = Kind(code & ~(_COMPRESSED | _CHECKSUM), period, size // self._item_size)
        stored = (os.fstat(self._file.fileno()).st_size - HEADER_BYTES) // size
        self.num_frames = stored if num_frames < 0 else min(num_frames, stored)
        if self._is_compressed:
            self.num_frames = max(0, self.num_frames - _FRAMES_OF_SCALES)

    @property
    def _item_size(self) -> int:
        return 2 if self._is_compressed else 4

    @staticmethod
    def _is_plausible(period: int, size: int, code: int) -> bool:
        item = 2 if code & _COMPRESSED else 4
        known = code & 0o77 in _BASE_KINDS and not code & _VECTOR_QUANTIZED
        return known and period > 0 and size > 0 and size % item == 0

    def read(self, first: int, frames: np.ndarray) -> None:
        """Fill an array ``(count, dim)`` of float32 with frames from ``first`` on.

        Raises:
            ArchiveError: the file has not so many frames.
        """
        count, dim = frames.shape
        if first + count > self.num_frames:
            expected = f"at least {first + count} frames"
            raise ArchiveError(expected, f"{self.num_frames} in the archive")
        start = HEADER_BYTES + first * dim * self._item_size
        if not self._is_compressed:
            stored = self._take(start, count * dim, "f4")
            frames[:] = stored.reshape(count, dim)
            return
        slopes, offsets = self._take(HEADER_BYTES, 2 * dim, "f4").astype("f4").reshape(2, dim)
        stored = self._take(start + 8 * dim, count * dim, "i2")
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            frames[:] = (stored.reshape(count, dim) + offsets) / slopes

    def _take(self, start: int, count: int, code: str) -> np.ndarray:
        values = np.empty(count, self._order + code)
        self._file.seek(start)
        if self._file.readinto(values.view(np.uint8)) != values.nbytes:  # type: ignore[attr-defined]
            raise ArchiveError(f"{values.nbytes} bytes from byte {start} on", "the end of the file")
        return values
