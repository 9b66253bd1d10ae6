"""What signs on variables mean beyond plain operators: indexing."""

from __future__ import annotations

from operator import index as as_int

from cntk.ops._indexing.slice import slice as slice_along
from cntk.ops._shape.splice import splice


def index(x, key):
    """Return ``x[key]``: a part of the static axes, or an output of a Function with several.

    Args:
        x: variable or Function.
        key: for each static axis from the first on an int (the axis stays, with size 1), a slice
            or a list of ints. After ``...`` the rest belongs to the last axes. As in CNTK 2.7 a
            slice without bounds takes the whole axis, whatever its step.

    Raises:
        IndexError: the key holds something else, or an empty list.
        KeyError: a Function with several outputs has no such output.
        ValueError: an index is out of range.

    >>> x = C.constant([[0, 1, 2], [3, 4, 5]])
    >>> x[1].eval(), x[..., 0].eval().ravel(), x[:, [0, 2]].shape
    (array([[3., 4., 5.]], dtype=float32), array([0., 3.], dtype=float32), (2, 2))
    """
    outputs = getattr(x, "outputs", ())
    if len(outputs) > 1:
        return _output(x, outputs, key)
    keys = key if isinstance(key, tuple) else (key,)
    axis = 0
    for i, one in enumerate(keys):
        if one is Ellipsis:
            axis = i + 1 - len(keys)
            continue
        x = _picked(x, axis, one)
        axis += 1
    return x


def _output(function, outputs: tuple, key):
    """Return one output, or a tuple of them for a slice."""
    try:
        return outputs[key]
    except (IndexError, TypeError):
        raise KeyError(
            f"{function} has {len(outputs)} outputs: index it with one int to get an output, not "
            f"with {key!r}"
        ) from None


def _picked(x, axis: int, key):
    """Return the part of one axis that an index, a slice or a list of indices picks."""
    if isinstance(key, slice):
        begin, end = key.start or 0, key.stop or 0
        return x if begin == end == 0 else slice_along(x, axis, begin, end, key.step)
    if isinstance(key, (list, tuple)):
        if not key:
            raise IndexError(f"an empty list picks nothing from axis {axis}")
        parts = [_one(x, axis, _position(position)) for position in key]
        return parts[0] if len(parts) == 1 else splice(*parts, axis=axis)
    return _one(x, axis, _position(key))


def _position(key) -> int:
    try:
        return as_int(key)
    except TypeError:
        raise IndexError(
            f'type "{type(key)}" is not supported as index; use ints, slices, lists of ints and ...'
        ) from None


def _one(x, axis: int, position: int):
    return slice_along(x, axis, position, position + 1)
