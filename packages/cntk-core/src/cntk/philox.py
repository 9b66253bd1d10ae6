"""Random bits that can be read at any position: Philox4x64-10, keyed by a seed.

A seed has 2**64 tables of 256-bit blocks. Block ``b`` of table ``t`` is the Philox function
of counter ``b + (t << 64)`` under the key ``(seed, 0)``: four 64-bit words, lowest first. A *lane*
is 16, 32 or 64 bits of a word, again lowest first. Lane ``i`` depends on (seed, table, i) alone, so
any backend can compute any part of a stream, in any order, and agree bit for bit.

Reference: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
"""

from __future__ import annotations

import threading

import numpy as np

_WORD = 2**64 - 1
_WORDS_IN_BLOCK = 4
_LANE_TYPE: dict[int, np.dtype] = {16: np.dtype("<u2"), 32: np.dtype("<u4"), 64: np.dtype("<u8")}


class _Engine(threading.local):
    """One bit generator per thread: moving it costs 1 us, making one costs 8."""

    def __init__(self) -> None:
        self.bits = np.random.Philox(key=0)
        self.state = self.bits.state  # buffer_pos is past the end: no word is left over

    def move(self, seed: int, block: int, table: int) -> None:
        before = block + (table << 64) - 1  # numpy counts up before it computes a block
        counter, key = self.state["state"]["counter"], self.state["state"]["key"]
        for i in range(_WORDS_IN_BLOCK):
            counter[i] = before >> 64 * i & _WORD
        key[0] = seed
        self.bits.state = self.state


_engine = _Engine()


def lanes(seed: int, first: int, count: int, width: int, table: int = 0) -> np.ndarray:
    """Return ``count`` lanes of ``width`` bits, from lane ``first`` on.

    Args:
        seed: 0 to 2**64 - 1.
        first: number of the first lane, from 0.
        count: how many.
        width: 16, 32 or 64 bits.
        table: which of the seed's independent tables, 0 to 2**64 - 1.

    >>> whole, tail = lanes(7, 0, 6, 32), lanes(7, 4, 2, 32)
    >>> (whole[4:] == tail).all()
    np.True_
    """
    per_word = 64 // width
    first_word, skipped = divmod(first, per_word)
    block, word = divmod(first_word, _WORDS_IN_BLOCK)
    skipped += word * per_word
    engine = _engine
    engine.move(seed, block, table)
    words = engine.bits.random_raw(-(-(skipped + count) // per_word))
    return words.astype("<u8", copy=False).view(_LANE_TYPE[width])[skipped : skipped + count]
