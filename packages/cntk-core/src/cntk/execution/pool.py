"""Memory of runs: each run leases an instance, whose slots hold its arrays.

An instance's arrays lie in one arena. Another minibatch size needs other places in it, not other
memory: the arena of an idle instance is taken over if it is large enough. There are as many
instances as runs at the same time; when those have become fewer, some go.
"""

from __future__ import annotations

import threading
import weakref

import numpy as np

_SMALL = 1 << 22  # bytes; instances below keep their places for several minibatch sizes
_MANY, _FEW = 8, 1
_GROWTH = 1.25  # ragged minibatches come in many sizes
_LOOKED_BACK = 64  # leases
# A WeakSet would run Python when a pool goes, at whatever line; there, Ctrl-C would be lost.
_pools: list[weakref.ref[InstancePool]] = []
_PRUNED = 64  # pools that are made between two looks for those that are gone


class Instance:
    """The memory of one run at a time.

    Args:
        slots: the arrays by slot number.
    """

    __slots__ = ("raw", "sizes", "slots")

    def __init__(self, slots: list) -> None:
        self.slots = slots
        self.sizes: tuple | None = None  # row counts that the arrays are laid out for
        self.raw = np.empty(0, np.uint8)


class InstancePool:
    """Idle instances of one plan, the one used last at the end.

    Args:
        memory: the plan's memory.
        blank: what the slots hold before a run.
    """

    def __init__(self, memory, blank: list) -> None:
        self._memory, self._blank = memory, blank
        self._idle: list[Instance] = []
        self._lock = threading.Lock()
        self._leases = self._out = self._most_out = 0
        if len(_pools) % _PRUNED == 0:
            _pools[:] = [pool for pool in _pools if pool() is not None]
        _pools.append(weakref.ref(self))

    def lease(self, sizes: tuple) -> Instance:
        """Return an instance for a run with given row counts, ((dynamic axes, rows), ...).

        Raises:
            MemoryError: there is too little, even without the idle instances of all plans.
        """
        with self._lock:
            idle = self._idle
            self._count()
            for i in range(len(idle) - 1, -1, -1):
                if idle[i].sizes == sizes:
                    return idle.pop(i)
            instance = idle.pop(0) if len(idle) >= self._limit() else None
        if instance is None:
            instance = Instance(list(self._blank))
        try:
            try:
                self._place(instance, sizes)
            except MemoryError:
                _let_idle_ones_go()
                self._place(instance, sizes)
        except BaseException:
            self.abandon()
            raise
        return instance

    def let_go(self) -> None:
        """Drop the idle instances."""
        with self._lock:
            self._idle.clear()

    def _count(self) -> None:
        """Count a lease; now and then, drop instances that no run has needed for long."""
        self._leases += 1
        self._out += 1
        self._most_out = max(self._most_out, self._out)
        if self._leases % _LOOKED_BACK == 0:
            del self._idle[: max(len(self._idle) - max(self._most_out, self._limit()), 0)]
            self._most_out = self._out

    def _limit(self) -> int:
        """Return how many idle instances there are before one takes over another's memory."""
        return _MANY if all(x.raw.size < _SMALL for x in self._idle) else _FEW

    def _place(self, instance: Instance, sizes: tuple) -> None:
        """Lay out the instance's arrays for new row counts."""
        rows = dict(sizes)
        needed = self._memory.size(rows)
        if instance.raw.size < needed:
            grown = int(instance.raw.size * _GROWTH)
            instance.raw = np.empty(0, np.uint8)  # the old arena goes before the new one comes
            for slot, _, _ in self._memory.places:
                instance.slots[slot] = None
            instance.raw = np.empty(max(needed, grown), np.uint8)
        for slot, view in self._memory.views(instance.raw, rows):
            instance.slots[slot] = view
        instance.sizes = sizes

    def give_back(self, instance: Instance) -> None:
        """Keep an instance for later runs."""
        with self._lock:
            self._out -= 1
            self._idle.append(instance)

    def abandon(self) -> None:
        """Count an instance as gone: its run has failed, and left half of its arrays there."""
        with self._lock:
            self._out -= 1


def _let_idle_ones_go() -> None:
    for reference in list(_pools):
        pool = reference()
        if pool is not None:
            pool.let_go()
