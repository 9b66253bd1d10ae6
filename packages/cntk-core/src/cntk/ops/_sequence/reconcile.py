"""Giving an operand the dynamic axes of another."""

from __future__ import annotations

import numpy as np

from cntk.errors import AxisError, ShapeError
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive
from cntk.operators.structure import sum_frames


@operator(
    family="whole",
    view=True,
    no_gradient=("dynamic_axes_as",),
    stored=Primitive(50, "ReconcileDynamicAxis"),
)
def reconcile_dynamic_axes(x: Operand, dynamic_axes_as: Operand, name: str = "") -> Function:
    """Return ``x`` with the dynamic axes of another operand.

    What has no dynamic axes is repeated for each sample, what is per sample for each frame. A
    sequence axis may take another name when the lengths are equal.

    Args:
        x: any static shape.
        dynamic_axes_as: any static shape; only its dynamic axes and their lengths are read.
        name: name of the result.

    Raises:
        ValueError: ``dynamic_axes_as`` has no dynamic axes, or the lengths differ.

    >>> x = C.input_variable(1)
    >>> s = C.input_variable(1, dynamic_axes=[C.Axis.default_batch_axis(), C.Axis('s')])
    >>> repeated = C.reconcile_dynamic_axes(x, s)
    >>> frames = [np.zeros((2, 1), np.float32), np.zeros((1, 1), np.float32)]
    >>> [r.tolist() for r in repeated.eval({x: np.array([[7], [8]], np.float32), s: frames})]
    [[[7.0], [7.0]], [[8.0]]]
    """


@reconcile_dynamic_axes.shape
def reconcile_dynamic_axes_shape(x):
    return x.shape


@reconcile_dynamic_axes.axes
def reconcile_dynamic_axes_axes(dynamic_axes_as):
    if not dynamic_axes_as.dynamic_axes:
        raise AxisError(
            "ReconcileDynamicAxis: the operand that gives the dynamic axes must have at least one"
        )
    return dynamic_axes_as.dynamic_axes


@reconcile_dynamic_axes.reference
def reconcile_dynamic_axes_reference(x, layouts):
    own, other = layouts
    if own is None:
        return np.broadcast_to(x, (other.rows, *x.shape))
    if other.has_sequences and not own.has_sequences:
        if own.num_samples == other.num_samples:
            return x[other.sequence_of_row]
    elif own.has_lengths_of(other):
        return x
    raise ShapeError(
        f"ReconcileDynamicAxis: {own.describe()} do not fit {other.describe()} of the operand "
        "that gives the dynamic axes"
    )


@reconcile_dynamic_axes.gradient
def reconcile_dynamic_axes_gradient(dy, x):
    if not x.dynamic_axes or x.dynamic_axes == dy.dynamic_axes:
        return dy, None
    if len(x.dynamic_axes) < len(dy.dynamic_axes):
        return sum_frames(dy), None
    return reconcile_dynamic_axes(dy, x), None


@reconcile_dynamic_axes.samples
def reconcile_dynamic_axes_samples(make):
    yield Sample(make(2, 3), make(4))
    yield Sample(make(2, 3), make(4), axes=("parameter", "batch"))
