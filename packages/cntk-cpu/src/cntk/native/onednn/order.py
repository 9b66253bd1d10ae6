"""Orders of memory as primitives want them: see :mod:`cntk.orders`."""

from __future__ import annotations

import ctypes
import mmap

import numpy as np

from cntk.native.library import lent_threads
from cntk.native.onednn.interface import SOURCE, TARGET, Owned, same_order, size
from cntk.native.onednn.primitives import Descriptor, execute, reorder
from cntk.native.onednn.sequence import aligned

_LARGE, _HUGE = 1 << 16, 1 << 22  # bytes; NumPy asks for huge pages from the same size on
# where a system has the choice, not memory that processes share
_OWN = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_ANONYMOUS") else {}


class CopiedOrder:
    """The order of an argument of a primitive.

    Args:
        plain: descriptor of the same argument in row-major order.
        wanted: descriptor in the order.
        owner: what the descriptor lives as long as.
    """

    def __init__(self, plain: Owned, wanted: ctypes.c_void_p, owner: Owned) -> None:
        self._plain, self._wanted, self._owner = plain, wanted, owner

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CopiedOrder) and same_order(self._wanted, other._wanted)

    __hash__ = None  # type: ignore[assignment]

    def ordered(self, plain: np.ndarray) -> np.ndarray:
        """Return bytes that hold the elements of an array in this order."""
        memory = _memory(size(self._wanted))
        self._copy(self._plain, np.ascontiguousarray(plain), self._wanted, memory)
        return memory

    def spread(self, memory: np.ndarray, plain: np.ndarray) -> None:
        """Write the elements of such bytes to an array in row-major order."""
        self._copy(self._wanted, memory, self._plain, plain)

    @staticmethod
    def _copy(source: Descriptor, read: np.ndarray, target: Descriptor, written: np.ndarray):
        with lent_threads():
            execute(reorder(source, target), {SOURCE: read, TARGET: written})


def _memory(count: int) -> np.ndarray:
    """Return memory for a number of bytes.

    Much of it is asked from the system. Allocated between arrays in row-major order, which go one
    after the other, it would keep the system from having those back.
    """
    if count < _LARGE:
        return aligned(count)
    pages = mmap.mmap(-1, count, **_OWN)
    if count >= _HUGE and hasattr(mmap, "MADV_HUGEPAGE"):
        pages.madvise(mmap.MADV_HUGEPAGE)
    return np.frombuffer(pages, np.uint8)
