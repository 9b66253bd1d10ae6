"""Writing a value to a parameter or constant while a graph runs."""

from __future__ import annotations

import numpy as np

from cntk.errors import ArgumentError, AxisError, ShapeError
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive
from cntk.shape import is_static, shape_text


@operator(
    family="whole",
    updates={"ref": "y"},
    update_stage="backward",
    no_gradient=("ref",),
    stored=Primitive(73, "Assign"),
)
def assign(ref: Operand, input: Operand, name: str = "") -> Function:
    """Return ``input``, and write it to ``ref`` when the run is over.

    A run that keeps values for ``backward`` writes only when ``backward`` is called. Everything
    else in the run reads the old value.

    Args:
        ref: the parameter or constant to write to.
        input: static shape of ``ref``; no dynamic axes.
        name: name of the result.

    Raises:
        ValueError: the static shapes differ, or an operand has dynamic axes.
        TypeError: ``ref`` is neither a parameter nor a constant.

    >>> counter = C.constant([1, 1])
    >>> C.assign(counter, counter + [2, 3]).eval()
    array([3., 4.], dtype=float32)
    >>> counter.value
    array([3., 4.], dtype=float32)
    """


@assign.prepare
def assign_prepare(ref, input):
    if not (hasattr(ref, "cell") or hasattr(ref, "emit")):
        raise ArgumentError(f"Assign: only a parameter or constant can be written to, not {ref!r}")
    return [ref, input], {}


@assign.shape
def assign_shape(ref, input):
    if is_static(ref.shape) and is_static(input.shape) and ref.shape != input.shape:
        raise ShapeError(
            f"AssignNode: All inputs should have same sample layout: '{shape_text(ref.shape)}' is "
            f"to be written, '{shape_text(input.shape)}' is given"
        )
    return ref.shape


@assign.axes
def assign_axes(ref, input):
    for operand in (ref, input):
        if operand.dynamic_axes:
            raise AxisError(f"AssignNode: {operand} has dynamic axes; reduce over the batch first")
    return ()


@assign.reference
def assign_reference(input):
    return np.array(input)


@assign.gradient
def assign_gradient(dy):
    return None, dy


@assign.samples
def assign_samples(make):
    yield Sample(make(2, 3), make(2, 3), axes=("parameter", "parameter"))
