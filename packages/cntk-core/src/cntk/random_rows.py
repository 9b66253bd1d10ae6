"""Random numbers for the rows of a minibatch: each depends on where it stands, not on its row.

The number of an element is that of (seed, offset, slot, time, element): the sequence's slot in the
user's minibatch, the frame in the sequence, the element in the frame. Time steps are tables of the
seed's stream; in each of them slot ``s`` of ``n`` elements begins at ``offset + s * n``. So neither
the lengths of other sequences, nor the packing of rows, nor the loop that a value is computed in
change a number. A minibatch has at least as many frames as slots: the next one, which begins
``rows * n`` further, shares no number with it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from cntk.layout import Layout

_SPARSE = 4  # so many times more numbers than needed are drawn rather than slot by slot


def draw_rows(
    draw: Callable[..., np.ndarray], seed: int, offset: int, shape: tuple[int, ...],
    layout: Layout | None, *arguments: float, dtype,
) -> np.ndarray:  # fmt: skip
    """Return numbers of a distribution of ``generator.py``, for packed rows.

    Args:
        draw: the distribution.
        seed: seed of the stream.
        offset: where in the stream the minibatch begins.
        shape: rows and static shape; only the latter if ``layout`` is None.
        layout: how the rows lie.
        arguments: the parameters of the distribution.
        dtype: element type.

    >>> from cntk.generator import uniform
    >>> long_first = draw_rows(uniform, 3, 0, (3, 1), Layout(2, [2, 1]), dtype="f4")
    >>> long_last = draw_rows(uniform, 3, 0, (3, 1), Layout(2, [1, 2]), dtype="f4")
    >>> bool((long_first[:2] == long_last[1::-1]).all())  # longest first: rows swap, slots do not
    True
    """
    if layout is None or not layout.has_sequences:
        return draw(seed, offset, shape, *arguments, dtype=dtype)
    size = math.prod(shape[1:])
    found = np.empty(shape, dtype)
    for time, rows, slots in layout.steps():
        first = int(slots.min())
        count = int(slots.max()) - first + 1
        if count <= _SPARSE * len(slots):
            wide = (count, *shape[1:])
            drawn = draw(seed, offset + first * size, wide, *arguments, dtype=dtype, table=time)
            places = slots - first
            in_order = count == len(slots) and np.array_equal(places, np.arange(count))
            found[rows] = drawn if in_order else drawn[places]
        else:
            for row, slot in enumerate(slots.tolist(), rows.start):
                begin = offset + slot * size
                found[row] = draw(seed, begin, shape[1:], *arguments, dtype=dtype, table=time)
    return found
