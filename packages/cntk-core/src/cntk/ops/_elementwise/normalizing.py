"""Shifting and scaling features by statistics that were computed before."""

from __future__ import annotations

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.operators.stored import Block


@composite(stored=Block("PerDimMeanVarianceNormalize"))
def per_dim_mean_variance_normalize(
    operand: Operand, mean: Operand, inv_stddev: Operand, name: str = ""
) -> Function:
    """Return ``(operand - mean) * inv_stddev``, element by element.

    Args:
        operand: any static shape.
        mean: a static shape that broadcasts with that of ``operand``.
        inv_stddev: one over the standard deviation, of such a shape.
        name: name of the result.

    >>> C.per_dim_mean_variance_normalize([3, 8], [1, 4], [0.5, 0.25]).eval()
    array([1., 1.], dtype=float32)
    """
    return (operand - mean) * inv_stddev


@per_dim_mean_variance_normalize.samples
def per_dim_mean_variance_normalize_samples(make):
    yield Sample(make(2, 3), make(3), make(3), axes=("batch", "parameter", "parameter"))
