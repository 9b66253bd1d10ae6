"""Norms over axes."""

from __future__ import annotations

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.ops._elementwise.arithmetic import element_times
from cntk.ops._elementwise.magnitude import abs
from cntk.ops._elementwise.power import sqrt
from cntk.ops._reduction.axes import reduction_arguments
from cntk.ops._reduction.blocks import reduction_block, without
from cntk.ops._reduction.reduce_sum import reduce_sum


@composite(stored=reduction_block("ReduceL1"))
def reduce_l1(x: Operand, axis=None, keepdims: bool = True, name: str = "") -> Function:
    """Return the sum of absolute values over some axes; the gradient at 0 is 0.

    Args:
        x: any static shape.
        axis: axes as of :func:`reduce_sum`.
        keepdims: whether axes given one by one stay, with size 1.
        name: name of the result.

    Raises:
        ValueError: as of :func:`reduce_sum`.

    >>> C.reduce_l1([[1, -2], [3, 4]], axis=1).eval()
    array([[3.],
           [7.]], dtype=float32)
    """
    return _shaped(reduce_sum(abs(x), axis), x, axis, keepdims)


reduce_l1.prepare(reduction_arguments)


@reduce_l1.samples
def reduce_l1_samples(make):
    yield Sample(make(2, 3))
    yield Sample(make(2, 3), axis=0, keepdims=False)


@composite(stored=reduction_block("ReduceL2"))
def reduce_l2(x: Operand, axis=None, keepdims: bool = True, name: str = "") -> Function:
    """Return the Euclidean norm over some axes; the gradient at 0 is not a number.

    Args:
        x: any static shape.
        axis: axes as of :func:`reduce_sum`.
        keepdims: whether axes given one by one stay, with size 1.
        name: name of the result.

    Raises:
        ValueError: as of :func:`reduce_sum`.

    >>> C.reduce_l2([[3, 4], [6, 8]], axis=1).eval()
    array([[ 5.],
           [10.]], dtype=float32)
    """
    return _shaped(sqrt(reduce_sum_square(x, axis)), x, axis, keepdims)


reduce_l2.prepare(reduction_arguments)


@reduce_l2.samples
def reduce_l2_samples(make):
    yield Sample(make(2, 3))
    yield Sample(make(2, 3), axis=1)


@composite(stored=reduction_block("ReduceSumSquare"))
def reduce_sum_square(x: Operand, axis=None, keepdims: bool = True, name: str = "") -> Function:
    """Return the sum of squares over some axes.

    Args:
        x: any static shape.
        axis: axes as of :func:`reduce_sum`.
        keepdims: whether axes given one by one stay, with size 1.
        name: name of the result.

    Raises:
        ValueError: as of :func:`reduce_sum`.

    >>> C.reduce_sum_square([[1, 2], [3, 4]]).eval()
    array(30., dtype=float32)
    """
    return _shaped(reduce_sum(element_times(x, x), axis), x, axis, keepdims)


reduce_sum_square.prepare(reduction_arguments)


@reduce_sum_square.samples
def reduce_sum_square_samples(make):
    yield Sample(make(2, 3))
    yield Sample(make(2, 3), axis=0)


def _shaped(value, x, axis: tuple, keepdims: bool):
    return value if keepdims else without(value, x, axis)
