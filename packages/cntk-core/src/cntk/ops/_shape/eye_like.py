"""Unit matrices."""

from __future__ import annotations

import numpy as np

from cntk.errors import AxisError
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.sparse import SparseRows, Storage


@operator(
    family="whole",
    stored=Primitive(92, "EyeLikeOp", attributes={"sparse_output": Attribute("OutputSparse", "B")}),
)
def eye_like(x: Operand, sparse_output: bool = True, name: str = "") -> Function:
    """Return a matrix of the shape of ``x`` with ones on the main diagonal and zeros elsewhere.

    Args:
        x: a matrix: two static axes, or the batch axis and one static axis. No gradient flows to
            it.
        sparse_output: keep the result as sparse rows.
        name: name of the result.

    Raises:
        ValueError: ``x`` is no matrix, or a sequence.

    >>> C.eye_like([[1, 2, 3], [4, 5, 6]], sparse_output=False).eval()
    array([[1., 0., 0.],
           [0., 1., 0.]], dtype=float32)
    """


@eye_like.shape
def eye_like_shape(x):
    return x.shape


@eye_like.axes
def eye_like_axes(x):
    if any(axis.is_sequence_axis for axis in x.dynamic_axes):
        raise AxisError(f"eye_like operand must have no sequence axis however '{x}' has one")
    if len(x.dynamic_axes) + len(x.shape) != 2 and x.shape != (-2,):
        raise AxisError(
            "eye_like operand must have exactly two axes (counting both dynamic and static axes), "
            f"which '{x}' has not"
        )
    return x.dynamic_axes


@eye_like.lower
def eye_like_lower(x, sparse_output):
    return unit_matrix(x, bool(sparse_output))


@eye_like.samples
def eye_like_samples(make):
    yield Sample(make(3), sparse_output=False)
    yield Sample(make(2, 3), axes=("parameter",), sparse_output=False)


@operator(family="whole")
def unit_matrix(x: Operand, sparse: bool):
    """Return a matrix like ``x`` with ones on the main diagonal."""


@unit_matrix.shape
def unit_matrix_shape(x):
    return x.shape


@unit_matrix.storage
def unit_matrix_storage(sparse):
    return Storage.of(sparse)


@unit_matrix.reference
def unit_matrix_reference(x, sparse):
    if not sparse:
        return np.eye(*x.shape, dtype=x.dtype)
    rows, width = x.shape
    ones = np.arange(min(rows, width))
    ends = np.minimum(np.arange(rows + 1), width)
    return SparseRows(np.ones(len(ones), x.dtype), ones, ends, width)
