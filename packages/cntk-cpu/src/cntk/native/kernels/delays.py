"""Delays: packed rows of a time step move to another one, in C."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from cntk.backends.numpy import delays as in_numpy
from cntk.execution.kernels import Kernel
from cntk.native.launch import Launch, Place, place

_WHOLE = np.dtype(np.int64)


def _serves(step) -> bool:
    """Whether rows move as they are, and the boundary is one element or one row."""
    x, boundary = step.operands
    if not in_numpy.moves_whole_rows(step) or boundary._dtype != x._dtype or x._dtype.hasobject:
        return False
    elements = math.prod(x.shape)
    return elements > 0 and math.prod(boundary.shape) in (1, elements)


class _Keeping(NamedTuple):
    """What a run keeps for the next minibatch: how many and which rows, and memory for them."""

    which: np.ndarray
    frames: np.ndarray


class _Delay(Launch):
    """A delay of whole sequences; parts of sequences are left to NumPy.

    Args:
        step: the step.
        inputs, outputs: slots of its operands and result.
        context: gives slots.
    """

    is_choosy = True

    def __init__(self, step, inputs, outputs, context) -> None:
        x, boundary = step.operands
        steps, passage = step.attributes["steps"], step.attributes["passage"]
        self._x, self._steps = x, steps
        self._layout = layout = context.layout_slot(x)
        self._passage = None if passage is None else context.slot(passage)
        self._otherwise = in_numpy.bind_delay_rows(step, inputs, outputs, context)
        size = x._dtype.itemsize
        places = [
            place(x, inputs[0], context),
            place(boundary, inputs[1], context),
            place(step.outputs[0], outputs[0], context),
            Place(layout, (), _WHOLE, None, "offsets"),
        ]
        if passage is not None:
            self._keeping = slot = context.new_slot()
            places.append(Place(slot, (), _WHOLE, None, "which"))
            places.append(Place(slot, (), x._dtype, None, "frames"))
        bytes_of_row, bytes_of_boundary = (size * math.prod(y.shape) for y in (x, boundary))
        ints = [bytes_of_row, bytes_of_boundary, steps, passage is not None]
        super().__init__("delay_rows", places, ints, rows=layout)

    def serves(self, slots: list) -> bool:
        layout = slots[self._layout]
        if layout.continues or layout.goes_on or layout.rows == 0:
            return False
        return self._passage is None or layout.shortest >= self._steps

    def prepare(self, slots: list) -> None:
        if self._passage is None:
            return
        layout, x = slots[self._layout], self._x
        frames = slots[self._passage].make_room(x.shape, x._dtype, self._steps, layout)
        if frames is None:
            slots[self._keeping] = _Keeping(np.zeros(1, _WHOLE), np.empty(0, x._dtype))
            return
        rows = layout.last_rows(self._steps)
        which = np.concatenate(([rows.size], rows.ravel()))
        slots[self._keeping] = _Keeping(which, frames)

    def __call__(self, slots: list) -> None:
        if self.serves(slots):
            super().__call__(slots)
        else:
            self._otherwise(slots)


declared = [
    Kernel("delay_rows", _Delay, backend="native", priority=10, writes=True, when=_serves),
]
