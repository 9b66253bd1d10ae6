"""The batch axis as a static axis, and back."""

from __future__ import annotations

from cntk.axis import BATCH_AXIS
from cntk.errors import AxisError, ShapeError
from cntk.graph.function import Function
from cntk.layout import Layout
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive
from cntk.shape import FREE


@operator(family="whole", view=True, stored=Primitive(79, "UnpackBatchAxis"))
def unpack_batch(x: Operand, name: str = "") -> Function:
    """Return a minibatch as one tensor without dynamic axes.

    Args:
        x: static shape ``(A1, ...)``, with a batch axis and no sequence axis.
        name: name of the result, of static shape ``(n, A1, ...)`` for n samples.

    Raises:
        ValueError: ``x`` has no batch axis, or a sequence axis.

    >>> x = C.input_variable(2)
    >>> y = C.unpack_batch(x)
    >>> y.shape, y.dynamic_axes, y.eval({x: np.ones((3, 2), np.float32)}).shape
    ((-3, 2), (), (3, 2))
    """


@unpack_batch.shape
def unpack_batch_shape(x):
    return (FREE, *x.shape)


@unpack_batch.axes
def unpack_batch_axes(x):
    if not (len(x.dynamic_axes) == 1 and x.dynamic_axes[0].is_batch_axis):
        raise AxisError("UnpackBatch: only support input with batch axis and no sequence axis.")
    return ()


@unpack_batch.reference
def unpack_batch_reference(x):
    return x


@unpack_batch.gradient
def unpack_batch_gradient(dy, x):
    return rows_of(dy, x)


@unpack_batch.samples
def unpack_batch_samples(make):
    yield Sample(make(2, 3))


@operator(family="whole", view=True)
def rows_of(x: Operand, like: Operand):
    """Return the first static axis as the rows of ``like``."""


@rows_of.shape
def rows_of_shape(x):
    return x.shape[1:]


@rows_of.axes
def rows_of_axes(like):
    return like.dynamic_axes


@rows_of.reference
def rows_of_reference(x):
    return x


@rows_of.gradient
def rows_of_gradient(dy):
    return unpack_batch(dy), None


@operator(family="whole", view=True, derives_layout=True, stored=Primitive(80, "ToBatchAxis"))
def to_batch(x: Operand, name: str = "") -> Function:
    """Return a tensor without dynamic axes as a minibatch: its first static axis is the batch axis.

    Args:
        x: static shape ``(n, A1, ...)``, no dynamic axes.
        name: name of the result: n samples of static shape ``(A1, ...)``.

    Raises:
        ValueError: ``x`` has dynamic axes, or no static axis; or the result meets minibatches of
            another number of samples.

    >>> y = C.to_batch([[1, 2, 3], [4, 5, 6]])
    >>> y.shape, y.dynamic_axes
    ((3,), (Axis('defaultBatchAxis'),))
    """


@to_batch.shape
def to_batch_shape(x):
    if not x.shape:
        raise ShapeError("ToBatch: the input can not be scalar.")
    return x.shape[1:]


@to_batch.axes
def to_batch_axes(x):
    if x.dynamic_axes:
        raise AxisError("ToBatch: the input should not have dynamic axis.")
    return (BATCH_AXIS,)


@to_batch.reference
def to_batch_reference(x):
    return x, Layout(len(x))


@to_batch.gradient
def to_batch_gradient(dy):
    return unpack_batch(dy)


@to_batch.samples
def to_batch_samples(make):
    yield Sample(make(3, 2), axes=("parameter",))
