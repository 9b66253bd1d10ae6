"""Cosine similarity."""

from __future__ import annotations

import numpy as np

from cntk.axis import ALL_STATIC_AXES
from cntk.errors import ShapeError
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive
from cntk.ops._elementwise.division import reciprocal
from cntk.ops._elementwise.power import sqrt
from cntk.ops._elementwise.quotient import quotient
from cntk.ops._reduction.reduce_sum import sum_over
from cntk.shape import shape_text


@operator(
    family="per_sample",
    stored=Primitive(53, "CosDistance"),
    outputs=("cosine",),
    reconciles=True,
)
def cosine_distance(x: Operand, y: Operand, name: str = "") -> Function:
    """Return the cosine of the angle between two samples: static shape ``()``, 1 for equal ones.

    With a sample of zeros it is 0, and has no gradient to that sample: nan.

    Args:
        x: any static shape.
        y: the same static shape.
        name: name of the result.

    Raises:
        ValueError: the shapes differ.

    >>> x, y = C.input_variable(2), C.input_variable(2)
    >>> C.cosine_distance(x, y).eval({x: np.float32([[3, 4]]), y: np.float32([[0, 2]])})
    array([0.8], dtype=float32)
    """


@cosine_distance.shape
def cosine_distance_shape(x, y):
    if len(x.shape) != len(y.shape) or any(
        n != m for n, m in zip(x.shape, y.shape) if n > 0 and m > 0
    ):
        raise ShapeError(
            f"CosDistance: Left operand shape '{shape_text(x.shape)}' is not compatible with right "
            f"operand shape '{shape_text(y.shape)}': they must be equal"
        )
    return ()


@cosine_distance.reference
def cosine_distance_reference(x, y):
    ours, theirs = x.reshape(len(x), -1), y.reshape(len(y), -1)
    # in float64, a buffer at a time: squares of float32 numbers neither overflow nor vanish
    product, ours_squared, theirs_squared = (
        np.einsum("ni,ni->n", left, right, dtype=np.float64)
        for left, right in ((ours, theirs), (ours, ours), (theirs, theirs))
    )
    lengths = np.sqrt(ours_squared) * np.sqrt(theirs_squared)
    return np.divide(product, lengths, out=np.zeros_like(product), where=lengths > 0).astype(
        x.dtype
    )


@cosine_distance.gradient
def cosine_distance_gradient(dcosine, cosine, x, y, wanted):
    ours, theirs = (sum_over(each * each, ALL_STATIC_AXES, False) for each in (x, y))
    scale = reciprocal(sqrt(ours) * sqrt(theirs))
    return (
        dcosine * (y * scale - cosine * quotient(x, ours)) if "x" in wanted else None,
        dcosine * (x * scale - cosine * quotient(y, theirs)) if "y" in wanted else None,
    )


@cosine_distance.samples
def cosine_distance_samples(make):
    yield Sample(make(4), make(4))
    yield Sample(make(2, 3), make(2, 3))
    yield Sample(make(4), make(4), axes=("batch", "parameter"))
