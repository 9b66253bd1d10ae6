"""Cross entropy of classes: the usual loss of a classifier."""

from __future__ import annotations

from cntk.axis import Axis
from cntk.graph.function import Function
from cntk.operators.axes import axis_argument
from cntk.operators.declare import Operand, Sample, composite
from cntk.operators.stored import Block
from cntk.ops._elementwise.arithmetic import element_times
from cntk.ops._linear.times import times_transpose
from cntk.ops._reduction.reduce_log_sum_exp import log_sum_exp_over
from cntk.ops._reduction.reduce_sum import sum_over

_BLOCK = Block("CrossEntropyWithSoftmax")


@composite()
def cross_entropy_with_softmax(
    output_vector: Operand, target_vector: Operand, axis=-1, name: str = ""
) -> Function:
    """Return ``log(sum(exp(output))) - sum(target * output)``, the sums along one axis.

    For targets that sum to 1 this is the cross entropy of the softmax of the output; others are
    not rescaled.

    Args:
        output_vector: static shape ``(C,)``, before any softmax; or of any rank with an ``axis``.
        target_vector: the same static shape; a one-hot vector or probabilities, also sparse.
        axis: the axis of the classes. Mind that the default is for vectors: of matrices it takes
            each row of the one with each row of the other, as CNTK 2.7 does; give the axis as a
            number from 0 on.
        name: name of the result, of static shape ``(1,)`` for vectors.

    Raises:
        ValueError: the shapes differ, or the axis is out of bounds.

    >>> C.cross_entropy_with_softmax([[1, 2, 3, 4]], [[0, 0, 0, 1]]).eval().round(4)
    array([[0.4402]], dtype=float32)
    >>> C.cross_entropy_with_softmax([[1, 2], [3, 4]], [[1, 0], [0, 1]], axis=0).eval().round(3)
    array([[2.127, 0.127]], dtype=float32)
    """
    axis = axis_argument(axis, "CrossEntropyWithSoftmax")
    if axis == -1:
        return cross_entropy_of_vectors(output_vector, target_vector, name=name)
    return cross_entropy_along(output_vector, target_vector, axis, name=name)


@cross_entropy_with_softmax.samples
def cross_entropy_with_softmax_samples(make):
    yield Sample(make(5), make(5))
    yield Sample(make(2, 3), make(2, 3), axis=0)
    yield Sample(make(2, 3), make(2, 3), axis=1)


@composite(stored=_BLOCK)
def cross_entropy_of_vectors(
    output_vector: Operand, target_vector: Operand, name: str = ""
) -> Function:
    """Return the cross entropy of vectors; plans compute it as ``softmax_cross_entropy``."""
    return log_sum_exp_over(output_vector, -1) - times_transpose(output_vector, target_vector)


@composite(stored=_BLOCK)
def cross_entropy_along(
    output_vector: Operand, target_vector: Operand, axis, name: str = ""
) -> Function:
    """Return the cross entropy along an axis; plans compute it as ``softmax_cross_entropy``."""
    stays = not isinstance(axis, Axis)  # all static axes together leave the shape ()
    product = sum_over(element_times(target_vector, output_vector), axis, stays)
    return log_sum_exp_over(output_vector, axis, stays) - product
