"""Logarithms of softmax; plans compute them as ``log_shares``."""

from __future__ import annotations

from cntk.axis import BATCH_AXIS, Axis
from cntk.errors import AxisError
from cntk.graph.function import Function
from cntk.operators.axes import axis_argument
from cntk.operators.declare import Operand, Sample, composite
from cntk.operators.stored import Attribute, Block
from cntk.ops._elementwise.exponential import exp, log
from cntk.ops._normalization.log_shares import log_shares as log_shares
from cntk.ops._reduction.extrema import max_over
from cntk.ops._reduction.reduce_sum import sum_over


@composite(stored=Block("LogSoftmax", attributes={"axis": Attribute("axis", "Ax")}))
def log_softmax(x: Operand, axis=None, name: str = "") -> Function:
    """Return ``x - log(sum(exp(x)))``, the sum along one axis.

    Args:
        x: any static shape but ``()``.
        axis: a static axis or the batch axis; None, the default, is the last static axis. Mind
            that :func:`softmax` has another default.
        name: name of the result.

    Raises:
        ValueError: the axis is out of bounds or not a single one.

    >>> C.log_softmax([[1, 1], [3, 5]]).eval().round(4)
    array([[-0.6931, -0.6931],
           [-2.1269, -0.1269]], dtype=float32)
    """
    largest = max_over(x, axis)
    return (x - largest) - log(sum_over(exp(x - largest), axis))


@log_softmax.prepare
def log_softmax_prepare(x, axis):
    axis = -1 if axis is None else axis_argument(axis, "LogSoftmax")
    if isinstance(axis, Axis) and axis != BATCH_AXIS:
        raise AxisError(f"LogSoftmax: only batch and static axes are supported, not {axis!r}")
    return [x], {"axis": axis}


@log_softmax.samples
def log_softmax_samples(make):
    yield Sample(make(2, 3))
    yield Sample(make(2, 3), axis=0)
