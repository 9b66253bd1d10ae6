"""Orders of memory: one value, lying as each of the kernels that read it wants it to lie.

Usually a value has one order at a time. When another one is asked for, it is made, and the one
before goes: at the first evaluation, weights go over to the order of the kernel that reads them,
one parameter after the other. Readers who take turns need two, for changing back and forth costs
more than memory. So an order stays for as many reads as the *patience* counts, which doubles
whenever one that went is asked for again: soon nothing goes that is still in use, and what is out
of use goes at last.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np


class Order(Protocol):
    """An order that a kernel wants; equal ones compare as equal."""

    def ordered(self, plain: np.ndarray) -> Any:
        """Return memory that holds the elements of an array in this order."""
        ...

    def spread(self, memory: Any, plain: np.ndarray) -> None:
        """Write the elements of such memory to an array in row-major order."""
        ...


class _Held:
    """The value in one order (None: row-major), and when it was read last."""

    __slots__ = ("memory", "order", "read_at")

    def __init__(self, order: Order | None, memory: Any, read_at: int) -> None:
        self.order, self.memory, self.read_at = order, memory, read_at


class Orders:
    """A value in the orders in which it is read at present."""

    def __init__(self) -> None:
        self._held: list[_Held] = []
        self._gone: list[Order | None] = []
        self._reads, self._patience = 0, 1
        self._shape: tuple[int, ...] = ()
        self._dtype = np.dtype(np.float32)

    def __bool__(self) -> bool:
        return bool(self._held)

    @property
    def is_plain(self) -> bool:
        """Whether row-major is the only order."""
        return len(self._held) == 1 and self._held[0].order is None

    def begin(self, plain: np.ndarray) -> None:
        """Take a value over."""
        self._held = [_Held(None, plain, self._reads)]
        self._shape, self._dtype = plain.shape, plain.dtype

    def end(self) -> np.ndarray | None:
        """Let all orders go; return the array if row-major was among them."""
        plain = self._find(None)
        self._held, self._gone = [], []
        return None if plain is None else plain.memory

    def read(self, order: Order | None, keeps_plain: bool = False) -> Any:
        """Return the memory of an order, an array for row-major; others may go.

        Args:
            order: the order.
            keeps_plain: row-major stays, whoever reads it.
        """
        self._reads += 1
        found = self._find(order)
        if found is None:
            if order in self._gone:
                self._gone.remove(order)
                self._patience *= 2
            plain = self.plain()
            found = _Held(order, plain if order is None else order.ordered(plain), self._reads)
            self._held.append(found)
        found.read_at = self._reads
        for one in [*self._held]:
            stays = keeps_plain and one.order is None
            if self._reads - one.read_at >= self._patience and not stays:
                self._held.remove(one)
                self._gone.append(one.order)
        return found.memory

    def plain(self) -> np.ndarray:
        """Return the value as an array: the one that is held, or one made for the moment."""
        found = self._find(None)
        return self._spread() if found is None else found.memory

    def copied(self) -> np.ndarray:
        """Return the value as an array that nobody else has."""
        found = self._find(None)
        return self._spread() if found is None else found.memory.copy()

    def _spread(self) -> np.ndarray:
        array, source = np.empty(self._shape, self._dtype), self._held[0]
        assert source.order is not None, "row-major was looked for"
        source.order.spread(source.memory, array)
        return array

    def _find(self, order: Order | None) -> _Held | None:
        for one in self._held:
            if one.order is order or (one.order is not None and one.order == order):
                return one
        return None
