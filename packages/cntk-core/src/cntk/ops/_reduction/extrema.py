"""Largest and smallest elements over axes."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.ops._elementwise.comparison import equal
from cntk.ops._reduction.axes import kept, reduce_array, reduction_arguments
from cntk.ops._reduction.blocks import reduce_over, reduction_block
from cntk.ops._reduction.over import reduction


@composite(stored=reduction_block("ReduceElements", "Max"))
def reduce_max(x: Operand, axis=None, keepdims: bool = True, name: str = "") -> Function:
    """Return the largest element over some axes of each sample, or over the minibatch as well.

    Elements that share the largest value get the whole gradient each.

    Args:
        x: any static shape.
        axis: axes as of :func:`reduce_sum`.
        keepdims: whether axes given one by one stay, with size 1.
        name: name of the result.

    Raises:
        ValueError: as of :func:`reduce_sum`.

    >>> C.reduce_max([[1, 5], [3, 4]], axis=0).eval()
    array([[3., 5.]], dtype=float32)
    """
    return reduce_over(max_over, x, axis, keepdims)


reduce_max.prepare(reduction_arguments)


@reduce_max.samples
def reduce_max_samples(make):
    yield Sample(make(2, 3))
    yield Sample(make(2, 3), axis=1)


@reduction("Max")
def max_over(x: Operand, axis, keepdims: bool = True, name: str = "") -> Function:
    """Return the largest element over axes: an int, an Axis, or a tuple of them."""


@max_over.reference
def max_over_reference(x, axis, keepdims, has_rows):
    return reduce_array(np.maximum, x, axis, keepdims, has_rows[0])


@max_over.gradient
def max_over_gradient(dy, x, y, axis, keepdims):
    return _at_extrema(dy, x, y, axis, keepdims)


def _at_extrema(dy, x, y, axis, keepdims):
    """Return the gradient where the elements are the result."""
    is_extreme = equal(x, kept(y, x, axis, keepdims))
    return is_extreme * kept(dy, x, axis, keepdims)


@composite(stored=reduction_block("ReduceElements", "Min"))
def reduce_min(x: Operand, axis=None, keepdims: bool = True, name: str = "") -> Function:
    """Return the smallest element over some axes of each sample, or over the minibatch as well.

    Elements that share the smallest value get the whole gradient each.

    Args:
        x: any static shape.
        axis: axes as of :func:`reduce_sum`.
        keepdims: whether axes given one by one stay, with size 1.
        name: name of the result.

    Raises:
        ValueError: as of :func:`reduce_sum`.

    >>> C.reduce_min([[1, 5], [3, 4]], axis=1).eval()
    array([[1.],
           [3.]], dtype=float32)
    """
    return reduce_over(min_over, x, axis, keepdims)


reduce_min.prepare(reduction_arguments)


@reduce_min.samples
def reduce_min_samples(make):
    yield Sample(make(2, 3))
    yield Sample(make(2, 3), axis=0)


@reduction("Min")
def min_over(x: Operand, axis, keepdims: bool = True, name: str = "") -> Function:
    """Return the smallest element over axes: an int, an Axis, or a tuple of them."""


@min_over.reference
def min_over_reference(x, axis, keepdims, has_rows):
    return reduce_array(np.minimum, x, axis, keepdims, has_rows[0])


@min_over.gradient
def min_over_gradient(dy, x, y, axis, keepdims):
    return _at_extrema(dy, x, y, axis, keepdims)
