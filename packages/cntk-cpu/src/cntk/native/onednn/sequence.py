"""Sequences: primitives that run one after the other, and the memory that they need in between.

Primitives have all sizes baked in and may be shared by all who run them; the objects that stand for
memory belong to one :class:`Workplace`, which one run at a time uses.
"""

from __future__ import annotations

import ctypes
from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple, Protocol
from weakref import WeakSet, WeakValueDictionary

import numpy as np

from cntk.native.library import ffi
from cntk.native.onednn.interface import (
    SCRATCHPAD,
    Fixed,
    Owned,
    argument_descriptor,
    engine,
    make,
    size,
)
from cntk.native.onednn.interface import stream as new_stream
from cntk.native.onednn.primitives import primitive
from cntk.orders import Order

_ALIGNMENT = 64
_IN_SCRATCH, _FIXED = -1, -2  # as in api.h


class Argument(NamedTuple):
    """An argument of a primitive.

    ``number``: oneDNN's; ``where``: the position of a launch's place, or the name of memory that
    lives as long as the sequence runs, or fixed memory.
    """

    number: int
    where: int | str | Fixed


class Call(NamedTuple):
    """A primitive, its description, and its arguments."""

    primitive: Owned
    description: Owned
    arguments: tuple[Argument, ...]


def call(description: Owned, *arguments: tuple[int, int | str | Fixed]) -> Call:
    """Return a call of a described primitive; its scratchpad is added."""
    found = [Argument(*argument) for argument in arguments]
    if size(argument_descriptor(description, SCRATCHPAD)):
        found.append(Argument(SCRATCHPAD, "scratchpad"))
    return Call(primitive(description), description, tuple(found))


class Recipe(Protocol):
    """What an exact launch computes, for any count of rows; equal ones are equal as keys.

    ``lent``: positions of operands that lie in an order of the recipe's own.
    """

    @property
    def lent(self) -> tuple[int, ...]: ...

    def __hash__(self) -> int: ...

    def calls(self, rows: int) -> Sequence[Call]:
        """Return the calls for a count of rows."""
        ...

    def orders(self, rows: int) -> Sequence[Order | None]:
        """Return the orders of the lent operands for a count of rows; None: row-major."""
        ...


class Workplace:
    """Sequences that share memory; they never run at the same time."""

    def __init__(self) -> None:
        self._stream: Owned | None = None
        self._scratch = np.empty(0, np.uint8)
        self._known: WeakValueDictionary[Hashable, CallSequence] = WeakValueDictionary()
        self._all: WeakSet[CallSequence] = WeakSet()

    def sequence(self, recipe: Recipe, rows: int) -> CallSequence:
        """Return what executes a recipe on a count of rows; known as long as it is held."""
        found = self._known.get((recipe, rows))
        if found is None:
            found = self._known[recipe, rows] = self._sequence_of(recipe.calls(rows))
        return found

    def _sequence_of(self, calls: Sequence[Call]) -> CallSequence:
        if self._stream is None:
            self._stream = new_stream()
        found = CallSequence(calls, self._stream)
        self._all.add(found)
        if self._scratch.size < found.bytes:
            self._scratch = aligned(found.bytes)
            for known in self._all:
                known.work_in(self._scratch)
        else:
            found.work_in(self._scratch)
        return found


class CallSequence:
    """Calls as the C part reads them.

    Args:
        calls: the calls.
        stream: where they run.
    """

    def __init__(self, calls: Sequence[Call], stream: Owned) -> None:
        self._keep: list[Any] = [calls, stream]
        offsets = self._places(calls)
        block = ffi().new("onednn_call[]", len(calls))
        for one, to in zip(calls, block):
            count = len(one.arguments)
            to.primitive, to.count = _pointer(one.primitive), count
            to.arguments = self._kept(ffi().new("onednn_argument[]", count))
            places = self._kept(ffi().new("onednn_place[]", count))
            to.places = places
            for (number, where), said, place in zip(one.arguments, to.arguments[0:count], places):
                descriptor = argument_descriptor(one.description, number)
                memory = make("memory_create", "memory", descriptor, engine(), None)
                said.argument, said.memory = number, _pointer(self._kept(memory))
                if isinstance(where, str):
                    place.at, place.offset = _IN_SCRATCH, offsets[where]
                elif isinstance(where, Fixed):
                    place.at, place.offset = _FIXED, where.array.ctypes.data
                else:
                    place.at = where
        self.pointer = ffi().new("onednn_sequence *")
        self.pointer.stream, self.pointer.calls = _pointer(stream), self._kept(block)
        self.pointer.count = len(calls)

    def work_in(self, scratch: np.ndarray) -> None:
        """Use memory for what lives while the sequence runs."""
        self.pointer.scratch = ffi().cast("char *", scratch.ctypes.data)

    def _places(self, calls: Sequence[Call]) -> dict[str, int]:
        """Return where in scratch memory each name lies."""
        sizes: dict[str, int] = {}
        for one in calls:
            for number, where in one.arguments:
                if isinstance(where, str):
                    needed = size(argument_descriptor(one.description, number))
                    sizes[where] = max(sizes.get(where, 0), needed)
        offsets, self.bytes = {}, 0
        for name, needed in sizes.items():
            offsets[name] = self.bytes
            self.bytes += -(-needed // _ALIGNMENT) * _ALIGNMENT
        return offsets

    def _kept(self, value: Any) -> Any:
        self._keep.append(value)
        return value


def aligned(count: int) -> np.ndarray:
    """Return memory for a number of bytes as vector instructions want it."""
    whole = np.empty(count + _ALIGNMENT, np.uint8)
    start = -whole.ctypes.data % _ALIGNMENT
    return whole[start : start + count]


def _pointer(owned: Owned) -> Any:
    return ffi().cast("void *", ctypes.cast(owned.pointer, ctypes.c_void_p).value)
