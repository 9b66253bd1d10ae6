"""Softmax over all elements of a sample, or along one axis."""

from __future__ import annotations

from cntk.axis import ALL_STATIC_AXES, Axis
from cntk.errors import AxisError
from cntk.graph.function import Function
from cntk.operators.axes import axis_argument
from cntk.operators.declare import Operand, Sample, composite, operator
from cntk.operators.stored import Attribute, Block, Primitive
from cntk.ops._elementwise.exponential import exp
from cntk.ops._normalization.exp_shares import exp_shares
from cntk.ops._reduction.extrema import max_over
from cntk.ops._reduction.reduce_sum import sum_over

AXIS = {"axis": Attribute("axis", "Ax")}


@composite()
def softmax(x: Operand, axis=None, name: str = "") -> Function:
    """Return ``exp(x)`` divided by its sum, over a whole sample or along one axis.

    Args:
        x: any static shape.
        axis: the static axis to sum along, or ``C.Axis.all_static_axes()``; None, the default, is
            all static axes together, or the last axis of what has no dynamic axes (a parameter).
            Mind that :func:`log_softmax` has another default.
        name: name of the result.

    Raises:
        ValueError: the axis is out of bounds or not static.

    >>> C.softmax([[1, 1, 2, 3]]).eval().round(4)
    array([[0.0826, 0.0826, 0.2245, 0.6103]], dtype=float32)
    >>> C.softmax([[1, 1], [3, 5]], axis=0).eval().round(4)
    array([[0.1192, 0.018 ],
           [0.8808, 0.982 ]], dtype=float32)
    """
    if axis is not None:
        axis = axis_argument(axis, "Softmax")
        if isinstance(axis, Axis) and axis != ALL_STATIC_AXES:
            raise AxisError(f"Softmax: support only static axes, not {axis!r}")
        if isinstance(axis, int) and not (axis == -1 and len(x.shape) == 1 and x.shape != (-2,)):
            return softmax_along(x, axis, name=name)
    return softmax_over_sample(x, axis, name=name)


@softmax.samples
def softmax_samples(make):
    yield Sample(make(2, 3))
    yield Sample(make(2, 3), axis=1)
    yield Sample(make(4), axis=-1)


@operator(family="whole", stored=Primitive(10, "Softmax", attributes=AXIS))
def softmax_over_sample(x: Operand, axis=None, name: str = "") -> Function:
    """Return the softmax over all elements of each sample; ``axis`` is only written down.

    Without dynamic axes, CNTK 2.7 takes the vectors along the last axis for samples.
    """


@softmax_over_sample.shape
def softmax_over_sample_shape(x):
    return x.shape


@softmax_over_sample.lower
def softmax_over_sample_lower(x):
    return exp_shares(x, ALL_STATIC_AXES if x.dynamic_axes or not x.shape else -1)


@composite(stored=Block("Softmax", attributes=AXIS))
def softmax_along(x: Operand, axis: int, name: str = "") -> Function:
    """Return the softmax along one static axis; plans compute it as ``exp_shares``."""
    powers = exp(x - max_over(x, axis))
    return powers / sum_over(powers, axis)
