"""One-hot vectors of largest elements."""

from __future__ import annotations

import math

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive


@operator(family="whole", stored=Primitive(11, "Hardmax"))
def hardmax(x: Operand, name: str = "") -> Function:
    """Return 1 at the largest element of each sample, the first of equal ones, and 0 elsewhere.

    Args:
        x: any static shape. Of what has no dynamic axes (a parameter), the vectors along the last
            axis count as samples.
        name: name of the result.

    >>> C.hardmax([1, 3, 3, 2]).eval()
    array([0., 1., 0., 0.], dtype=float32)
    """


@hardmax.shape
def hardmax_shape(x):
    return x.shape


@hardmax.reference
def hardmax_reference(x, has_rows):
    samples = x.shape[:1] if has_rows[0] else x.shape[:-1]
    flat = x.reshape(math.prod(samples), -1)
    result = np.zeros(flat.shape, x.dtype)
    result[np.arange(len(flat)), flat.argmax(axis=1)] = 1
    return result.reshape(x.shape)


@hardmax.samples
def hardmax_samples(make):
    yield Sample(make(2, 3))
    yield Sample(0 * make(4))
    yield Sample(make(3, 2), axes=("parameter",))
