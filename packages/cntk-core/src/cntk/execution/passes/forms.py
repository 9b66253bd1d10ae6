"""How an elementwise step reads its operands: element by element of its result, in memory order."""

from __future__ import annotations

import math
from typing import NamedTuple

from cntk.shape import is_static


class Form(NamedTuple):
    """Which element of an operand belongs to element ``i`` of the result.

    ``dense``: the one at ``i``; ``scalar``: the only one; ``periodic``: the one at
    ``i // repeat % period`` (a period of 0 never ends), ``strided``: rows of ``width`` elements,
    ``stride`` apart. ``begin`` is added in each case.
    """

    kind: str
    repeat_or_width: int = 0
    period_or_stride: int = 0
    begin: int = 0


DENSE, SCALAR = Form("dense"), Form("scalar")


def form_of(x, y) -> Form | None:
    """Return how the result ``y`` of an elementwise step reads its operand ``x``, or None.

    Args:
        x: a symbol whose axes and shape broadcast to those of ``y``.
        y: the result, a symbol.
    """
    if has_own_order(x, y) and x.channels_last != y.channels_last:
        return None
    return form_in(x, y, y.channels_last)


def has_own_order(x, y) -> bool:
    """Return whether it matters to ``y`` in which order the memory of its operand ``x`` lies."""
    return len(x.shape) == len(y.shape) and has_orders(x.shape)


def has_orders(shape) -> bool:
    """Return whether memory of a static shape can have its channels last, or not."""
    return len(shape) > 1 and is_static(shape) and shape[0] != 1 != math.prod(shape[1:])


def form_in(x, y, channels_last: bool) -> Form | None:
    """Return :func:`form_of` for memory of a given order of both symbols."""
    if not (is_static(x.shape) and is_static(y.shape)) or x.is_sparse or x._dtype != y._dtype:
        return None
    if x.has_rows and x.dynamic_axes != y.dynamic_axes:
        return None
    size, whole = math.prod(x.shape), math.prod(y.shape)
    if size == whole and x.has_rows == y.has_rows:
        return DENSE
    if size == 1 and not x.has_rows:
        return SCALAR
    shape = (1,) * (len(y.shape) - len(x.shape)) + tuple(x.shape)
    if len(shape) != len(y.shape):
        return None
    result = tuple(y.shape)
    if channels_last:
        shape, result = (*shape[1:], shape[0]), (*result[1:], result[0])
    return _periodic(shape, result, x.has_rows)


def _periodic(shape: tuple, result: tuple, has_rows: bool) -> Form | None:
    """Return the form of an operand with one group of axes that do not broadcast."""
    axes = [i for i, n in enumerate(result) if n != 1]
    kept = [i for i in axes if shape[i] != 1]
    first = axes.index(kept[0]) if kept else len(axes)
    if kept != axes[first : first + len(kept)]:
        return None
    repeat = math.prod(result[i] for i in axes[first + len(kept) :])
    if not has_rows:
        return Form("periodic", repeat, math.prod(shape))
    if kept and first > 0:  # rows, then broadcast axes, then own axes
        return None
    return Form("periodic", repeat if kept else math.prod(result), 0)


def cut_form(x, ranges) -> Form | None:
    """Return how a cut along one axis reads its operand, element by element of its result."""
    if len(ranges) != 1 or not is_static(x.shape):
        return None
    ((axis, begin, end, stride),) = ranges
    size = x.shape[axis]
    first = begin + size if begin < 0 else begin
    last = end + size if end <= 0 else end
    if stride != 1:
        return None
    block = math.prod(x.shape[axis + 1 :])
    if not x.has_rows and math.prod(x.shape[:axis]) == 1:
        return Form("dense", 0, 0, first * block)
    return Form("strided", (last - first) * block, size * block, first * block)


def composed(outer: Form, inner: Form) -> Form | None:
    """Return how a result reads ``x`` where it reads a view of ``x``; None: no such way.

    Args:
        outer: how the result reads the view.
        inner: how the view reads ``x``.
    """
    if inner.kind == "dense":
        return outer._replace(begin=outer.begin + inner.begin)
    if outer == DENSE:
        return inner
    if inner.kind == "scalar":
        return inner
    return None
