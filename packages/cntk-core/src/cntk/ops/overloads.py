"""Indexing of variables and Functions: ``x[1]``, ``x[:, 2:4]``, ``x[..., [0, 3]]``."""

from __future__ import annotations

import operator

from cntk.ops._shape.slice import slice as slice_
from cntk.ops._shape.splice import splice


def index(x, key):
    """Return the part of ``x`` that an index stands for; no axis is dropped.

    Args:
        x: variable or Function of any static shape.
        key: one index or a tuple of them, for the static axes from the first on, and behind an
            Ellipsis for the last ones. An index is an int, a slice, or a list of ints. A slice
            whose bounds are both missing or 0 changes nothing, whatever its step.

    Raises:
        IndexError: an index of another type, or an empty list.
        ValueError: an axis or index is out of bounds.

    >>> x = C.constant([[0, 1, 2], [3, 4, 5]])
    >>> x[1].eval()
    array([[3., 4., 5.]], dtype=float32)
    >>> x[..., [0, 2]].eval()
    array([[0., 2.],
           [3., 5.]], dtype=float32)
    """
    for axis, part in _by_axis(key if isinstance(key, tuple) else (key,)):
        x = _along(x, axis, part)
    return x


def _by_axis(keys: tuple):
    """Yield (axis, index) pairs."""
    position = next((i for i, key in enumerate(keys) if key is Ellipsis), len(keys))
    yield from enumerate(keys[:position])
    last = keys[position + 1 :]
    yield from zip(range(-len(last), 0), last)


def _along(x, axis: int, key):
    """Return the part of ``x`` that an index of one axis stands for."""
    if isinstance(key, list):
        parts = [_one(x, axis, number) for number in key]
        if not parts:
            raise IndexError("an index list must name at least one index")
        return parts[0] if len(parts) == 1 else splice(*parts, axis=axis)
    if not isinstance(key, slice):
        return _one(x, axis, key)
    begin, end = (0 if bound is None else _number(bound) for bound in (key.start, key.stop))
    if begin == end == 0:
        return x
    return slice_(x, axis, begin, end, 1 if key.step is None else _number(key.step))


def _one(x, axis: int, key):
    number = _number(key)
    return slice_(x, axis, number, number + 1)  # behind -1 comes 0, the end of the axis


def _number(key) -> int:
    try:
        return operator.index(key)
    except TypeError:
        raise IndexError(
            f'type "{type(key)}" is not supported as index; use ints, slices, lists of ints, ...'
        ) from None
