"""Attributes of operations as the typed values of files, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from cntk.axis import Axis
from cntk.dtypes import dtype_code, dtype_of_code
from cntk.storage import (
    Dictionary,
    Double,
    Float,
    Int,
    Shape,
    SizeT,
    StoredAxis,
    from_python,
    to_python,
)

DYNAMIC = 2147483647  # the index of all axes that go by name
SMALLEST_SENTINEL = 2147483643


def stored_axis(axis: int | Axis) -> StoredAxis:
    """Return an axis as files hold it: static ones counted from the last.

    >>> stored_axis(-1).static_index, stored_axis(0).static_index
    (0, -1)
    """
    if isinstance(axis, Axis):
        if axis.is_dynamic_axis():
            return StoredAxis(DYNAMIC, axis.name, axis.is_ordered)
        index = axis.static_axis_index(False)
        if index >= SMALLEST_SENTINEL:
            return StoredAxis(index, axis.name, axis.is_ordered)
        axis = index
    index = -1 - axis
    return StoredAxis(index, f"staticAxisIdx={index}", True)


def axis_of(stored: StoredAxis) -> int | Axis:
    """Return a stored axis: an int for a static one, else an ``Axis``."""
    if stored.static_index == DYNAMIC:
        return Axis(stored.name, stored.is_ordered)
    if stored.static_index >= SMALLEST_SENTINEL:
        return Axis(stored.static_index)
    return -1 - stored.static_index


class Kind(NamedTuple):
    """One exact type of attributes: its class in files, and the way there and back."""

    stored: type
    to_stored: Callable[[Any], Any]
    from_stored: Callable[[Any], Any]


# by the letters of cntk.operators.stored
KINDS = {
    "B": Kind(bool, bool, bool),
    "I": Kind(Int, lambda value: Int(int(value)), int),
    "Z": Kind(SizeT, lambda value: SizeT(int(value)), int),
    "F": Kind(Float, Float, float),
    "D": Kind(Double, Double, float),
    "S": Kind(str, str, str),
    "N": Kind(Shape, Shape.from_python, Shape.to_python),
    "Ax": Kind(StoredAxis, stored_axis, axis_of),
    "T": Kind(Int, lambda value: Int(dtype_code(np.dtype(value))), dtype_of_code),
}
LETTERS = {kind.stored: letter for letter, kind in KINDS.items() if letter != "T"}


def to_stored(attribute: Any, value: Any) -> Any:
    """Return the value of an attribute as a typed value.

    Args:
        attribute: its ``cntk.operators.stored.Attribute``.
        value: the value in Python's order.
    """
    if not attribute.kind.endswith("*"):
        return KINDS[attribute.kind].to_stored(value)
    items = list(map(KINDS[attribute.kind[:-1]].to_stored, value))
    return items[::-1] if attribute.reverse else items


def from_stored(attribute: Any, value: Any, owner: str) -> Any:
    """Return a typed value as the value of an attribute, vectors as tuples.

    Args:
        attribute: its ``cntk.operators.stored.Attribute``.
        value: the typed value.
        owner: the function, for errors.

    Raises:
        ModelFileError: the value has another type.
    """
    found = Dictionary({attribute.key: value})
    if not attribute.kind.endswith("*"):
        kind = KINDS[attribute.kind]
        return kind.from_stored(found.require(attribute.key, kind.stored, owner))
    kind = KINDS[attribute.kind[:-1]]
    items = []
    for item in found.require(attribute.key, list, owner):
        items.append(kind.from_stored(Dictionary(item=item).require("item", kind.stored, owner)))
    return tuple(items[::-1] if attribute.reverse else items)


def kind_of(value: Any) -> str | None:
    """Return the letter of a typed value, or None where there is none for it."""
    if not isinstance(value, list):
        return LETTERS.get(type(value))
    letters = {LETTERS.get(type(item)) for item in value}
    if not letters:
        return "Z*"
    letter = letters.pop()
    return None if letters or letter is None else letter + "*"


def any_to_stored(value: Any) -> Any:
    """Return an argument of an operator that has no declared form in files.

    Raises:
        TypeError: the argument is of no type that files have.
    """
    if isinstance(value, Axis):
        return stored_axis(value)
    if isinstance(value, (tuple, list)):
        return [any_to_stored(item) for item in value]
    if isinstance(value, np.dtype):
        return Dictionary(dtype=SizeT(dtype_code(value)))
    return from_python(value)


def any_from_stored(value: Any) -> Any:
    """Return what :func:`any_to_stored` was given, lists as tuples."""
    if isinstance(value, StoredAxis):
        return axis_of(value)
    if isinstance(value, list):
        return tuple(map(any_from_stored, value))
    if isinstance(value, dict):
        return dtype_of_code(Dictionary(value).require("dtype", SizeT, "element type"))
    return to_python(value)
