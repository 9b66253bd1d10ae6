"""A loss, its gradient and an error of the same scores, in one pass over them, in C.

Targets are dense rows, sparse rows, or class numbers that ``one_hot`` would make rows of.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from cntk.execution.kernels import Kernel
from cntk.execution.passes.simplify import number
from cntk.native.kernels.losses import (
    along_last,
    is_slope_of_a_sum,
    plain_vectors,
    row_counts,
    target_places,
)
from cntk.native.launch import Launch, place

_LOSS, _ERROR = "softmax_cross_entropy", "value_at_largest"
_SLOPE, _NUMBERS = "softmax_cross_entropy_slope", "ones_at"
_DENSE, _SPARSE, _CLASS_NUMBERS = range(3)  # what targets are; as in loss_together.c


class _Members(NamedTuple):
    """The steps of a joined one; None where it has none of a kind."""

    loss: Any
    error: Any
    slope: Any
    numbers: Any


def _members(step) -> _Members:
    by_name = {member.operator.name: member for member in step.operator.members}
    return _Members(*map(by_name.get, (_LOSS, _ERROR, _SLOPE, _NUMBERS)))


def _belong_together(step) -> bool:
    """Whether all members are about the same scores and targets."""
    loss, error, slope, numbers = _members(step)
    z, t = loss.operands
    fits = along_last(loss) and z is not t and 0 not in z.shape
    if error is not None:
        fits = fits and plain_vectors(error) and error.operands[0] is z and error.operands[1] is t
    if slope is not None:
        read = slope.operands[2:]
        same = read[0] is z and read[1] is t and read[2] is loss.saved[0]
        fits = fits and same and is_slope_of_a_sum(slope)
    return fits and (numbers is None or _are_its_targets(numbers, t, step))


def _are_its_targets(numbers, t, step) -> bool:
    """Whether one-hot rows are the targets, made of float32 along the last axis for nobody else."""
    x, place_of_one = numbers.operands[0], numbers.attributes["place"]
    made = numbers.outputs[0] is t and not t.is_sparse and t not in step.outputs
    return made and place_of_one == -1 and x.has_rows and x._dtype.name == "float32"


def _bind(step, inputs, outputs, context) -> Launch:
    """Bind all of it; results that nobody wants are left out."""
    loss, error, slope, numbers = _members(step)
    slots = {x.number: slot for x, slot in zip(step.operands, inputs)}
    slots.update((y.number, slot) for y, slot in zip(step.outputs, outputs))
    z, t = loss.operands
    scores = place(z, slots[z.number], context)
    results = [
        *loss.all_outputs,
        None if error is None else error.outputs[0],
        None if slope is None else slope.outputs[0],
    ]
    wanted, places = 0, [scores]
    for i, y in enumerate(results):
        is_wanted = y is not None and y.number in slots
        places.append(place(y, slots[y.number], context) if is_wanted else scores)
        wanted |= is_wanted << i
    if numbers is not None:
        x = numbers.operands[0]
        form, targets = _CLASS_NUMBERS, [place(x, slots[x.number], context)]
    else:
        form = _SPARSE if t.is_sparse else _DENSE
        targets = target_places(t, slots[t.number], context)
    scale = 1.0 if slope is None else number(slope.operands[1])
    ints = [*row_counts(z), form, wanted]
    return Launch("losses_together_f32", [*places, *targets], ints, [scale], context.layout_slot(z))


def _kernel(*others: str) -> Kernel:
    return Kernel(
        "together", _bind, backend="native", priority=12, writes=True,
        in_place=(0,) if _SLOPE in others else (), when=_belong_together, algorithm="one pass",
        members=(_LOSS, *others),
    )  # fmt: skip


declared = [  # the first that fits is taken
    _kernel(_ERROR, _SLOPE, _NUMBERS),
    _kernel(_SLOPE, _NUMBERS),
    _kernel(_ERROR, _NUMBERS),
    _kernel(_NUMBERS),
    _kernel(_ERROR, _SLOPE),
    _kernel(_SLOPE),
    _kernel(_ERROR),
]
