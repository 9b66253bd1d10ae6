"""Operands that are copied into another order once, and again only when they have changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from cntk.native.onednn.interface import (
    SCRATCHPAD,
    SOURCE,
    TARGET,
    argument_descriptor,
    same_order,
    size,
)
from cntk.native.onednn.sequence import Call, CallSequence, Workplace, aligned


class Copy(NamedTuple):
    """A call that copies a launch's operand.

    ``position``: of the launch's place; ``name``: of the memory that it copies to.
    """

    call: Call
    position: int
    name: str


class Prepared:
    """An operand in the order of a primitive.

    Attributes:
        version: what the operand's version was when it was copied; 0: it was not.
    """

    def __init__(self, copy: Copy, workplace: Workplace) -> None:
        self.position, self.version, self.call = copy.position, 0, copy.call
        self.descriptor = argument_descriptor(copy.call.description, TARGET)
        self.memory = aligned(size(self.descriptor))
        self.sequence = workplace.sequence_of([copy.call], {copy.name: self.memory})

    def serves(self, copy: Copy) -> bool:
        """Return whether another copy of the operand would be the same."""
        wanted = argument_descriptor(copy.call.description, TARGET)
        return self.position == copy.position and same_order(self.descriptor, wanted)


class Fitted(NamedTuple):
    """What executes a recipe on a count of rows, and what is prepared before."""

    sequence: CallSequence
    prepared: list[Prepared]


def fitted(
    calls: Sequence[Call], known: list[Prepared], counted: Mapping[int, int], workplace: Workplace
) -> Fitted:
    """Return what executes calls.

    Args:
        calls: the calls.
        known: what is prepared for other counts of rows; new ones are added.
        counted: the operands whose versions are counted, as keys.
        workplace: where the calls run.
    """
    prepared: list[Prepared] = []
    staying: dict[str, np.ndarray] = {}
    others: list[Call] = []
    for call in calls:
        copy = _copy(call)
        if copy is None or copy.position not in counted:
            others.append(call)
            continue
        one = next((one for one in known if one.serves(copy)), None)
        if one is None:
            one = Prepared(copy, workplace)
            known.append(one)
        prepared.append(one)
        staying[copy.name] = one.memory
    return Fitted(workplace.sequence_of(others, staying), prepared)


def _copy(call: Call) -> Copy | None:
    """Return a call as a copy of an operand; None: it is something else."""
    found = {x.number: x.where for x in call.arguments if x.number != SCRATCHPAD}
    source, target = found.get(SOURCE), found.get(TARGET)
    if len(found) != 2 or not isinstance(source, int) or not isinstance(target, str):
        return None
    return Copy(call, source, target)
