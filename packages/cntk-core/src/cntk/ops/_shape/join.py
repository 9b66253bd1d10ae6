"""Several tensors one after the other: what splice is in a plan, and its gradient."""

from __future__ import annotations

import numpy as np

from cntk.operators.declare import Operand, operator
from cntk.ops._indexing.cut import cut
from cntk.shape import FREE, broadcast_shapes


@operator(family="per_sample")
def join(*parts: Operand, axis: int):
    """Return parts of equal rank one after the other along an axis; other axes broadcast."""


@join.shape
def join_shape(parts, axis):
    return joined_shape([part.shape for part in parts], axis)


def joined_shape(shapes: list[tuple[int, ...]], axis: int) -> tuple[int, ...] | None:
    """Return the shape of tensors of equal rank one after the other; None if they do not fit."""
    total = 0
    for shape in shapes:
        total = FREE if shape[axis] < 0 or total < 0 else total + shape[axis]
    others = broadcast_shapes(*(shape[:axis] + (1,) + shape[axis + 1 :] for shape in shapes))
    return None if others is None else others[:axis] + (total,) + others[axis + 1 :]


@join.reference
def join_reference(parts, axis):
    return np.concatenate(_equal_but_one(parts, axis + 1), axis=axis + 1)


def _equal_but_one(parts, axis: int) -> list[np.ndarray]:
    """Return arrays broadcast to common sizes of all axes but one."""
    shapes = [part.shape[:axis] + part.shape[axis + 1 :] for part in parts]
    if all(shape == shapes[0] for shape in shapes):
        return list(parts)
    common = np.broadcast_shapes(*shapes)
    return [
        np.broadcast_to(part, common[:axis] + (part.shape[axis],) + common[axis:]) for part in parts
    ]


@join.gradient
def join_gradient(dy, parts, axis, wanted):
    sizes = [part.shape[axis] for part in parts]
    if min(sizes) < 0:
        return tuple(
            cut_part(dy, *parts, axis=axis, position=i) if i in wanted else None
            for i in range(len(parts))
        )
    starts = np.cumsum([0, *sizes]).tolist()
    return tuple(
        cut(dy, ((axis, starts[i], starts[i + 1], 1),)) if i in wanted else None
        for i in range(len(parts))
    )


@operator(family="per_sample", view=True)
def cut_part(*whole_and_parts: Operand, axis: int, position: int):
    """Return what one of the parts contributed to the whole, where sizes are open until the run."""


@cut_part.shape
def cut_part_shape(whole_and_parts, axis, position):
    whole, *parts = whole_and_parts
    return (*whole.shape[:axis], parts[position].shape[axis], *whole.shape[axis + 1 :])


@cut_part.reference
def cut_part_reference(whole_and_parts, axis, position):
    whole, *parts = whole_and_parts
    return whole[_window(whole, parts, axis, position)]


def _window(whole, parts, axis: int, position: int) -> tuple[slice, ...]:
    sizes = [part.shape[axis + 1] for part in parts]
    start = sum(sizes[:position])
    window = [slice(None)] * whole.ndim
    window[axis + 1] = slice(start, start + sizes[position])
    return tuple(window)


@cut_part.gradient
def cut_part_gradient(dy, whole_and_parts, axis, position):
    whole, *parts = whole_and_parts
    spread = put_part(dy, whole, *parts, axis=axis, position=position)
    return (spread, *[None] * len(parts))


@operator(family="per_sample")
def put_part(*values: Operand, axis: int, position: int):
    """Return zeros like the whole (the second value) with the first value in place of one part."""


@put_part.shape
def put_part_shape(values):
    return values[1].shape


@put_part.reference
def put_part_reference(values, axis, position):
    part, whole, *parts = values
    result = np.zeros_like(whole, shape=(max(len(part), len(whole)), *whole.shape[1:]))
    result[_window(result, parts, axis, position)] = part
    return result


@put_part.gradient
def put_part_gradient(dy, values, axis, position):
    _, whole, *parts = values
    back = cut_part(dy, *parts, axis=axis, position=position)
    return (back, *[None] * (len(values) - 1))
