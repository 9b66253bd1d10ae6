"""Internal operators that broadcast to a shape, or sum down to one, that only a run shows.

They take the sizes of a value, not the value: it may be large, and long gone. A recurrence keeps
the sizes at each time step for its gradient.
"""

from __future__ import annotations

import numpy as np

from cntk.operators.declare import Operand, operator
from cntk.operators.structure import expand_to, expand_to_reference, sum_to, sum_to_reference


@operator(family="per_sample")
def extent(x: Operand):
    """Tell the static shape that each sample has in this run."""


@extent.shape
def extent_shape(x):
    return (len(x.shape),)


@extent.dtype
def extent_dtype():
    return np.dtype(np.int64)


@extent.reference
def extent_reference(x):
    return np.tile(np.array(x.shape[1:], np.int64), (len(x), 1))


@operator(family="whole", view=True)
def expand_to_extent(x: Operand, sizes: Operand, shape: tuple):
    """Broadcast to rows of the sizes given by ``extent``."""


@operator(family="whole")
def sum_to_extent(x: Operand, sizes: Operand, shape: tuple):
    """Sum over rows and static axes until the result has the sizes given by ``extent``."""


def _declare(declared, reference, inverse) -> None:
    """Declare what both have in common."""

    @declared.shape
    def shape_rule(shape):
        return shape

    @declared.axes
    def axes_rule(sizes):
        return sizes.dynamic_axes

    @declared.dtype
    def dtype_rule(x):
        return x._dtype

    @declared.reference
    def reference_rule(x, sizes, has_rows):
        shape = (len(sizes), *sizes[0]) if has_rows[1] else tuple(sizes)
        return reference(x, np.broadcast_to(x.dtype.type(0), shape), has_rows)

    @declared.gradient
    def gradient_rule(dy, x):
        return inverse(dy, x), None


_declare(expand_to_extent, expand_to_reference, sum_to)
_declare(sum_to_extent, sum_to_reference, expand_to)
