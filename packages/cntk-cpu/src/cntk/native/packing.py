"""The frames of sequences, as users feed them, become rows packed over time."""

from __future__ import annotations

import math

import numpy as np

from cntk.layout import Layout
from cntk.native.library import ffi, lib

_WORTH_IT = 1 << 14  # bytes; NumPy copies fewer sooner than C is told of all parts


def pack(parts: list[np.ndarray], layout: Layout) -> np.ndarray | None:
    """Return packed rows; None where they are few, or parts do not fit the layout, or each other.

    Args:
        parts: the frames of each sequence in the user's order.
        layout: how many there are of each, and where they go.
    """
    dtype, shape = parts[0].dtype, parts[0].shape[1:]
    size = dtype.itemsize * math.prod(shape)
    if dtype.hasobject or size * layout.rows < _WORTH_IT or len(parts) != layout.num_samples:
        return None
    c = ffi()
    pointers = c.new("char *[]", len(parts))
    copies = []
    for i, (part, length) in enumerate(zip(parts, layout.lengths.tolist())):
        if part.dtype != dtype or part.shape != (length, *shape):
            return None
        if not part.flags.c_contiguous:
            part = np.ascontiguousarray(part)
            copies.append(part)
        pointers[i] = c.from_buffer(part)
    rows = np.empty((layout.rows, *shape), dtype)
    numbers = [
        c.from_buffer("int64_t[]", np.ascontiguousarray(array, np.int64))
        for array in (layout.lengths, layout.offsets, layout.position)
    ]
    lengths, offsets, places = numbers
    lib().pack_frames(pointers, lengths, len(parts), size, offsets, places, c.from_buffer(rows))
    return rows
