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

_SIDE, _ELEMENTS, _RUNS, _SMALL_RUNS = 1536, 1 << 24, 5, 50


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


@cache
def overhead() -> float:
    """Return the seconds of a minibatch with nothing to compute, the best of some: 5 ms."""
    from cntk.learners import sgd
    from cntk.ops import input_variable, times
    from cntk.train.trainer import Trainer
    from cntk.variables import Parameter

    x = input_variable(1)
    loss = times(x, Parameter((1, 1)))
    trainer = Trainer(None, loss, sgd(loss.parameters, 1))
    data = {x: np.ones((1, 1), np.float32)}
    return _best(lambda: trainer.train_minibatch(data), _SMALL_RUNS)


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


def _best(run: Callable[[], object], count: int = _RUNS) -> float:
    times = []
    for _ in range(count):
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return min(times)
