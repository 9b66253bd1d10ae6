"""What this machine can do: the speed of large products, and of memory."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import NamedTuple

import numpy as np

from cntk.debugging.work import Work

_SIDE, _ELEMENTS, _RUNS = 1536, 1 << 24, 5


class Peak(NamedTuple):
    """``operations``: per second, of products of large float32 matrices; ``bytes``: per second."""

    operations: float
    bytes: float

    def seconds(self, work: Work) -> float:
        """Return the time that a piece of work takes at least, with data from memory."""
        return max(work.operations / self.operations, work.bytes / self.bytes)


@cache
def peak() -> Peak:
    """Return what was measured once in this process, the best of five: some 0.5 seconds.

    Products are those of the kernel that plans would take, with all threads; memory is read and
    written by one copy per processor.
    """
    return Peak(2 * _SIDE**3 / _best(_product()), 8 * _ELEMENTS / _best(_copy()))


def _product() -> Callable[[], object]:
    from cntk.ops import times
    from cntk.variables import Constant

    function = times(*(Constant(np.ones((_SIDE, _SIDE), np.float32)) for _ in range(2)))
    return function.eval


def _copy() -> Callable[[], object]:
    parts = os.cpu_count() or 1
    source = np.array_split(np.ones(_ELEMENTS, np.float32), parts)
    target = np.array_split(np.zeros(_ELEMENTS, np.float32), parts)
    pool = ThreadPoolExecutor(parts)
    return lambda: list(pool.map(np.copyto, target, source))


def _best(run: Callable[[], object]) -> float:
    times = []
    for _ in range(_RUNS):
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return min(times)
