"""Share of samples that are classified wrongly."""

from __future__ import annotations

from operator import index

import numpy as np

from cntk.axis import ALL_STATIC_AXES, Axis
from cntk.errors import ArgumentError, ShapeError
from cntk.graph.function import Function
from cntk.operators.axes import axis_argument
from cntk.operators.declare import Operand, Sample, composite, operator
from cntk.operators.stored import Block, Primitive
from cntk.ops._elementwise.comparison import equal, greater_equal, not_equal
from cntk.ops._linear.times import times_transpose
from cntk.ops._normalization.hardmax import hardmax
from cntk.ops._reduction.extrema import max_over
from cntk.ops._reduction.reduce_mean import mean_over
from cntk.ops._reduction.reduce_sum import sum_over

_BLOCK = Block("ClassificationError")


@composite()
def classification_error(
    output_vector: Operand, target_vector: Operand, axis=-1, topN: int = 1, name: str = ""
) -> Function:
    """Return 1 for a sample whose largest output is not at the target, else 0.

    Args:
        output_vector: static shape ``(C,)``; or of any rank with an ``axis``.
        target_vector: the same static shape, one-hot; also sparse.
        axis: the axis of the classes. The default is for vectors, with a result of static shape
            ``(1,)``: 1 minus the target's value at the largest output. For a number from 0 on, the
            result is the share of wrong places, of static shape ``()``.
        topN: accept the target among so many largest outputs. Above 1 the result has no dynamic
            axes and static shape ``()``: the number of wrong samples in the minibatch. It has no
            gradient, and takes no other axis than the default.
        name: name of the result.

    Raises:
        ValueError: the shapes differ, the axis is out of bounds, or ``topN`` is not positive.

    >>> C.classification_error([[1, 2, 3, 4]], [[0, 0, 0, 1]]).eval()
    array([[0.]], dtype=float32)
    >>> C.classification_error([[1, 2], [3, 4]], [[1, 0], [1, 1]], axis=0).eval()
    array(0.5, dtype=float32)
    >>> x, t = C.input_variable(3), C.input_variable(3)
    >>> data = {x: np.float32([[1, 3, 2]]), t: np.float32([[0, 0, 1]])}
    >>> C.classification_error(x, t, topN=2).eval(data)
    array(0., dtype=float32)
    """
    axis = axis_argument(axis, "ClassificationError")
    try:
        topN = index(topN)
    except TypeError:
        raise ArgumentError(f"ClassificationError: topN is an integer, not {topN!r}") from None
    if topN < 1:
        raise ArgumentError(f"ClassificationError: The topN argument must be > 0, not {topN}")
    if topN > 1:
        if axis != -1:
            raise ArgumentError(
                "ClassificationError: The topN feature is not supported along a specific axis"
            )
        return errors_beyond_top(output_vector, target_vector, topN, name=name)
    if axis == -1:
        return classification_error_of_vectors(output_vector, target_vector, name=name)
    return classification_error_along(output_vector, target_vector, axis, name=name)


@classification_error.samples
def classification_error_samples(make):
    yield Sample(make(5), make(5))
    yield Sample(make(2, 3), 1.0 * (make(2, 3) > 0), axis=1)
    yield Sample(make(5), make(5), topN=2)


@composite(stored=_BLOCK)
def classification_error_of_vectors(
    output_vector: Operand, target_vector: Operand, name: str = ""
) -> Function:
    """Return the error of vectors; plans compute the product as ``value_at_largest``."""
    return 1 - times_transpose(hardmax(output_vector), target_vector)


@composite(stored=_BLOCK)
def classification_error_along(
    output_vector: Operand, target_vector: Operand, axis, name: str = ""
) -> Function:
    """Return the share of places along the other axes that are wrong."""
    is_largest = equal(output_vector, max_over(output_vector, axis))
    stays = not isinstance(axis, Axis)
    wrong = sum_over(not_equal(target_vector, is_largest), axis, stays)
    return mean_over(greater_equal(wrong, 1), ALL_STATIC_AXES, False)


@operator(family="whole", stored=Primitive(36, "ClassificationError"))
def errors_beyond_top(output: Operand, target: Operand, top: Operand, name: str = "") -> Function:
    """Return the number of samples whose target is not among the ``top`` largest outputs.

    Args:
        output: any static shape.
        target: the same static shape; its largest element counts.
        top: a number, as a constant.
        name: name of the result.
    """


@errors_beyond_top.shape
def errors_beyond_top_shape(output, target):
    if any(n != m for n, m in zip(output.shape, target.shape) if n > 0 and m > 0):
        raise ShapeError(
            f"ClassificationError: output {output.shape} and target {target.shape} need one shape"
        )
    return ()


@errors_beyond_top.axes
def errors_beyond_top_axes():
    return ()


@errors_beyond_top.reference
def errors_beyond_top_reference(output, target, top, has_rows):
    rows = len(output) if has_rows[0] else 1
    scores, truth = output.reshape(rows, -1), target.reshape(rows, -1)
    classes = scores.shape[1]
    if not 1 <= top.reshape(-1)[0] <= classes:
        raise ShapeError(f"ClassificationError: topN ({top}) must be <= the {classes} classes")
    label = truth.argmax(axis=1)[:, None]
    score = np.take_along_axis(scores, label, axis=1)
    before = (scores > score) | ((scores == score) & (np.arange(classes) < label))
    wrong = (before.sum(axis=1) >= top.reshape(-1)[0]) | np.isnan(score[:, 0])
    return np.asarray(wrong.sum(), output.dtype)


@errors_beyond_top.samples
def errors_beyond_top_samples(make):
    yield Sample(make(5), make(5), np.array(2.0), axes=("batch", "batch", "none"))
