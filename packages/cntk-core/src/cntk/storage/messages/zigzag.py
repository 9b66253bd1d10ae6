"""16-bit integers as zigzag varints, the one kind of array whose values vary in size."""

from __future__ import annotations

import numpy as np

BYTES_AT_A_TIME = 2**20
_LONGEST = 3  # bytes: 16 bits, seven a byte


def encode_zigzag(values: np.ndarray) -> bytes:
    """Return int16 values as varints: 0, -1, 1, -2 ... become 0, 1, 2, 3 ..."""
    wide = values.reshape(-1).astype(np.int32)
    wide = (wide << 1) ^ (wide >> 31)
    groups = np.stack([wide & 0x7F, wide >> 7 & 0x7F, wide >> 14], axis=1).astype(np.uint8)
    used = np.stack([np.ones(wide.shape, bool), wide >= 1 << 7, wide >= 1 << 14], axis=1)
    groups[:, :-1][used[:, 1:]] |= 0x80
    return groups[used].tobytes()


def decode_zigzag(encoded: bytes) -> np.ndarray:
    """Return the int16 values of whole varints.

    Raises:
        ValueError: the last varint is cut off, or a value needs more than 16 bits.
    """
    parts = [np.empty(0, np.int16)]
    start = 0
    while start < len(encoded):
        block = np.frombuffer(encoded, np.uint8, min(BYTES_AT_A_TIME, len(encoded) - start), start)
        ends = np.flatnonzero(block < 0x80)
        if not ends.size:
            raise ValueError("a number is cut off or longer than 16 bits")
        parts.append(_decode_block(block, ends))
        start += int(ends[-1]) + 1
    return np.concatenate(parts)


def _decode_block(block: np.ndarray, ends: np.ndarray) -> np.ndarray:
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts + 1
    if lengths.max() > _LONGEST:
        raise ValueError("a number is longer than 16 bits")
    values = np.zeros(ends.size, np.int32)
    for i in range(_LONGEST):
        longer = lengths > i
        values[longer] |= (block[starts[longer] + i].astype(np.int32) & 0x7F) << 7 * i
    if values.max() >= 1 << 16:
        raise ValueError("a number is longer than 16 bits")
    return ((values >> 1) ^ -(values & 1)).astype(np.int16)
