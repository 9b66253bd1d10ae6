"""Operators that pass their operand on."""

from __future__ import annotations

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive


@operator(family="per_sample", view=True, stored=Primitive(62, "NoOp"))
def alias(x: Operand, name: str = "") -> Function:
    """Return ``x`` under another name.

    Args:
        x: any static shape.
        name: name of the result.

    >>> C.alias(C.plus([1, 2], 1), name='sum').name
    'sum'
    """


@alias.shape
def alias_shape(x):
    return x.shape


@alias.reference
def alias_reference(x):
    return x


@alias.gradient
def alias_gradient(dy):
    return dy


@alias.samples
def alias_samples(make):
    yield Sample(make(2, 3))


@operator(
    family="per_sample",
    view=True,
    gradient_of="surrogate",
    stored=Primitive(64, "StopGradient"),
)
def stop_gradient(input: Operand, name: str = "") -> Function:
    """Return ``input`` as something that gradients do not pass.

    Args:
        input: any static shape.
        name: name of the result.

    >>> x = C.input_variable(2, needs_gradient=True)
    >>> (x + C.stop_gradient(x)).grad(np.ones((1, 2), np.float32))
    array([[1., 1.]], dtype=float32)
    """


@stop_gradient.shape
def stop_gradient_shape(input):
    return input.shape


@stop_gradient.reference
def stop_gradient_reference(input):
    return input


@stop_gradient.samples
def stop_gradient_samples(make):
    yield Sample(make(2, 3))
