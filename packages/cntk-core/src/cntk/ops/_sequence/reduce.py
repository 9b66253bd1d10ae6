"""Sums, largest elements and shares over the frames of each sequence."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite, operator
from cntk.operators.stored import Block
from cntk.operators.structure import spread_rows
from cntk.ops._elementwise.arithmetic import minus
from cntk.ops._elementwise.comparison import equal
from cntk.ops._elementwise.division import element_divide
from cntk.ops._elementwise.exponential import exp
from cntk.ops._reduction.extrema import max_over
from cntk.ops._reduction.reduce_sum import sum_over
from cntk.ops._sequence.broadcast_as import broadcast_as
from cntk.ops._sequence.unpack import unpack


@composite(stored=Block("Sequence::ReduceElements"))
def sequence_reduce_sum(seq: Operand, name: str = "") -> Function:
    """Return the sum over the frames of each sequence; the result has no sequence axis.

    Args:
        seq: a sequence, any static shape.
        name: name of the result.

    Raises:
        ValueError: ``seq`` has no sequence axis.

    >>> s = C.sequence.input_variable(())
    >>> C.sequence.reduce_sum(s).eval([np.array([5, 6], np.float32), np.array([7], np.float32)])
    array([11.,  7.], dtype=float32)
    """
    return sum_over(unpack(seq, 0, True, name), 0, False)


@sequence_reduce_sum.samples
def sequence_reduce_sum_samples(make):
    yield Sample(make(2, 3), axes=("sequence",))


@composite(stored=Block("Sequence::ReduceElements"))
def sequence_reduce_max(seq: Operand, name: str = "") -> Function:
    """Return the largest of each element over the frames of each sequence.

    Frames that share the largest element get the whole gradient each.

    Args:
        seq: a sequence, any static shape.
        name: name of the result, without a sequence axis.

    Raises:
        ValueError: ``seq`` has no sequence axis.

    >>> s = C.sequence.input_variable(())
    >>> C.sequence.reduce_max(s).eval([np.array([5, 6], np.float32), np.array([7], np.float32)])
    array([6., 7.], dtype=float32)
    """
    return max_over(unpack(seq, -np.inf, True, name), 0, False)


@sequence_reduce_max.samples
def sequence_reduce_max_samples(make):
    yield Sample(make(2, 3), axes=("sequence",))


@composite(stored=Block("Sequence::Softmax"))
def sequence_softmax(seq: Operand, name: str = "") -> Function:
    """Return the softmax over the frames of each sequence, for each element by itself.

    Args:
        seq: a sequence, any static shape.
        name: name of the result: a sequence of the same static shape.

    Raises:
        ValueError: ``seq`` has no sequence axis.

    >>> s = C.sequence.input_variable(())
    >>> C.sequence.softmax(s).eval([np.array([1, 1, 1, 1], np.float32)])
    [array([0.25, 0.25, 0.25, 0.25], dtype=float32)]
    """
    above = minus(seq, broadcast_as(sequence_reduce_max(seq), seq))  # exp never overflows
    share = exp(above)
    return element_divide(share, broadcast_as(sequence_reduce_sum(share), seq))


@sequence_softmax.samples
def sequence_softmax_samples(make):
    yield Sample(make(2, 3), axes=("sequence",))


@operator(family="whole")
def largest_of_frames(x: Operand):
    """Return the largest of each element over the frames of each sequence."""


@largest_of_frames.shape
def largest_of_frames_shape(x):
    return x.shape


@largest_of_frames.axes
def largest_of_frames_axes(x):
    return x.dynamic_axes[:1]


@largest_of_frames.reference
def largest_of_frames_reference(x, layouts):
    layout = layouts[0]
    layout.check_whole("Sequence::ReduceElements")
    starts = np.cumsum(layout.lengths) - layout.lengths
    return np.maximum.reduceat(layout.unpack(x), starts, axis=0)


@largest_of_frames.gradient
def largest_of_frames_gradient(dy, x, y):
    return equal(x, spread_rows(y, x)) * spread_rows(dy, x)
