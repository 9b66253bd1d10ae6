"""Sums of parts that lie side by side: gradients of the slices of one value become one join.

The gradient of a slice is zeros with something in its range. A value that is cut into pieces, as
the gates of a cell are, gets the sum of as many of them; where two ranges meet it is one.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from cntk.operators.declare import registry


class _Part(NamedTuple):
    """Zeros like another value, with a part in a range along one axis."""

    part: Any
    like: Any
    axis: int
    begin: int
    end: int

    def made(self):
        """Return its symbol, which is the part alone if that fills all."""
        size = self.like.shape[self.axis]
        if (self.begin, self.end) == (0, size):
            return self.part
        ranges = ((self.axis, self.begin, self.end, 1),)
        return registry["put_back"](self.part, self.like, ranges)


def sum_of_parts(left, right):
    """Return a symbol that equals a sum in which two parts meet; None if there are none."""
    ours, theirs = _part(left), _part(right)
    if ours is not None and theirs is not None:
        return _joined(ours, theirs)
    for total, part in ((left, theirs), (right, ours)):
        if part is None or getattr(total.source, "operator", None) is not registry["plus"]:
            continue
        for i, operand in enumerate(total.source.operands):
            other = _part(operand)
            joined = None if other is None else _joined(other, part)
            if joined is not None:
                return registry["plus"](total.source.operands[1 - i], joined)
    return None


def _part(symbol) -> _Part | None:
    """Return a symbol as a part of something, if it is one along a single axis."""
    step = symbol.source
    if getattr(step, "operator", None) is not registry["put_back"]:
        return None
    part, like = step.operands
    ranges = step.attributes["ranges"]
    is_plain = len(ranges) == 1 and ranges[0][3] == 1 and min(like.shape) > 0
    if not is_plain or part.dynamic_axes != like.dynamic_axes:
        return None
    ((axis, begin, end, _),) = ranges
    size = like.shape[axis]  # a bound may count from the end, and an end of 0 is the end
    begin, end = begin + size * (begin < 0), end + size * (end <= 0)
    return _Part(part, like, axis, begin, end)


def _joined(one: _Part, other: _Part):
    """Return the symbol of two parts that meet; None if they do not."""
    first, last = sorted((one, other), key=lambda part: part.begin)
    same = first.like is last.like and first.axis == last.axis
    if not same or first.end != last.begin:
        return None
    parts = [*_pieces(first), *_pieces(last)]
    joined = registry["join"](*parts, axis=first.axis)
    return _Part(joined, first.like, first.axis, first.begin, last.end).made()


def _pieces(part: _Part) -> list:
    """Return what a part was joined from, so that all pieces are copied once."""
    step = part.part.source
    is_join = getattr(step, "operator", None) is registry["join"]
    if is_join and step.attributes["axis"] == part.axis:
        return step.operands
    return [part.part]
