"""Reductions over axes, written into the plan's memory.

Sums over the first or the last axes of an array are products with a vector of ones: BLAS takes a
fifth of the time of NumPy's own reduction where the summed axis is short, and less elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from cntk.execution.kernels import Kernel, kernel
from cntk.ops._reduction.axes import array_axes
from cntk.shape import is_static

declared: list[Kernel] = []
_MOST_ONES = 1 << 16  # NumPy sums pairwise, which is more exact for more than that
_FEW = 32  # so few columns are reduced faster as the rows of a copy


def _has_sizes(step) -> bool:
    """Whether all sizes but the number of rows are known, and sums are of the data's type."""
    x = step.operands[0]
    return is_static(x.shape) and x._dtype != np.float16 and not x.is_sparse


class _Layout:
    """How a reduction lies in its operand's array.

    Args:
        step: the step.
    """

    def __init__(self, step) -> None:
        (x,), options = step.operands, step.attributes
        rank = len(x.shape) + x.has_rows
        self.axes = array_axes(options["axis"], rank, x.has_rows)
        self.keepdims = options["keepdims"]
        self.drops_rows = self.keepdims and x.has_rows and 0 in self.axes
        first_static = int(x.has_rows)
        sizes = [x.shape[axis - first_static] for axis in self.axes if axis >= first_static]
        self.count = math.prod(sizes)  # elements of one row that make one result
        self.over_rows = x.has_rows and 0 in self.axes
        kept = rank - len(self.axes)
        self.last = bool(self.axes) and self.axes == tuple(range(kept, rank))
        self.first = bool(self.axes) and self.axes == tuple(range(len(self.axes)))

    def reduce(self, ufunc: np.ufunc, array: np.ndarray, out: np.ndarray) -> None:
        """Reduce with NumPy's own loop."""
        target = out[None] if self.drops_rows else out
        ufunc.reduce(array, axis=self.axes, out=target, keepdims=self.keepdims)


def _sum(x: int, y: int, layout: _Layout, mean: bool) -> Callable:
    """Bind a sum or a mean."""

    def run(slots):
        array, out = slots[x], slots[y]
        count = layout.count * (len(array) if layout.over_rows else 1)
        weight = 1 if not mean else 1 / count if count else math.nan
        if layout.last and not layout.over_rows and count <= _MOST_ONES:
            ones = np.full(count, weight, array.dtype)
            np.dot(array.reshape(-1, count), ones, out.reshape(-1))
        elif layout.first and count <= _MOST_ONES and array.flags.c_contiguous:
            ones = np.full(count, weight, array.dtype)
            np.dot(ones, array.reshape(count, -1), out.reshape(-1))
        else:
            layout.reduce(np.add, array, out)
            if mean:
                np.divide(out, count, out)

    return run


def _extreme(x: int, y: int, layout: _Layout, ufunc: np.ufunc) -> Callable:
    """Bind a maximum, minimum or product."""
    by_columns = layout.last and not layout.over_rows and layout.count <= _FEW

    def run(slots):
        array, out = slots[x], slots[y]
        if by_columns and len(array) > _FEW:
            columns = np.ascontiguousarray(array.reshape(-1, layout.count).T)
            ufunc.reduce(columns, axis=0, out=out.reshape(-1))
        else:
            layout.reduce(ufunc, array, out)

    return run


def _bind(make: Callable, detail) -> Callable:
    def bind(step, inputs, outputs, context) -> Callable:
        return make(inputs[0], outputs[0], _Layout(step), detail)

    return bind


_KERNELS = {
    "sum_over": _bind(_sum, False),
    "mean_over": _bind(_sum, True),
    "max_over": _bind(_extreme, np.maximum),
    "min_over": _bind(_extreme, np.minimum),
    "prod_over": _bind(_extreme, np.multiply),
}
for _name, _bound in _KERNELS.items():
    kernel(_name, declared, writes=True, when=_has_sizes)(_bound)


def _have_sizes(step) -> bool:
    return all(is_static(x.shape) for x in step.operands)


@kernel("element_share", declared, writes=True, reads=(), when=_have_sizes)
def bind_element_share(step, inputs, outputs, context) -> Callable:
    """Bind a ratio of numbers of elements, which layouts tell without the data."""
    counted = [(math.prod(x.shape), context.layout_slot(x)) for x in step.operands]
    y = outputs[0]

    def run(slots):
        part, whole = (n * (1 if at is None else slots[at].rows) for n, at in counted)
        slots[y][...] = part / whole

    return run
