"""Normalization of each sample by its own mean and deviation."""

from __future__ import annotations

from cntk.errors import ArgumentError, ShapeError
from cntk.graph.build import literal
from cntk.graph.function import Function
from cntk.operators.axes import shape_of
from cntk.operators.declare import Operand, Sample, composite
from cntk.operators.stored import Attribute, Block
from cntk.ops._elementwise.power import sqrt, square
from cntk.ops._reduction.reduce_mean import reduce_mean


@composite(
    stored=Block(
        "MeanVarianceNormalization",
        attributes={
            "epsilon": Attribute("epsilon", "D"),
            "use_stats_across_channels": Attribute("useStatsAcrossChannels", "B"),
            "do_variance_scaling": Attribute("doVarianceScaling", "B"),
        },
    )
)
def mean_variance_normalization(
    operand: Operand,
    epsilon: float = 0.00001,
    use_stats_across_channels: bool = False,
    do_variance_scaling: bool = True,
    name: str = "",
) -> Function:
    """Return ``(operand - mean) / (deviation + epsilon)`` with statistics of each sample alone.

    Args:
        operand: static shape ``(C, ...)``: statistics are those of each channel; or ``(n,)``: those
            of the vector.
        epsilon: what is added to the standard deviation, not negative.
        use_stats_across_channels: take the statistics of all channels together.
        do_variance_scaling: divide by the deviation; otherwise only the mean is taken off.
        name: name of the result.

    Raises:
        ValueError: ``epsilon`` is negative, or the operand has no static axis.

    >>> C.mean_variance_normalization([0, 1, 2]).eval().round(4)
    array([-1.2247,  0.    ,  1.2247], dtype=float32)
    """
    rank = len(operand.shape)
    first = 0 if use_stats_across_channels or rank == 1 else 1
    axis = tuple(-1 - i for i in range(rank - first))
    centred = operand - reduce_mean(operand, axis)
    if not do_variance_scaling:
        return centred
    deviation = sqrt(reduce_mean(square(centred), axis))
    epsilon = literal(epsilon, operand)
    if hasattr(epsilon, "set_name"):
        epsilon.set_name("mvn_epsilon")
    return centred / (deviation + epsilon)


@mean_variance_normalization.prepare
def mean_variance_normalization_prepare(
    operand, epsilon, use_stats_across_channels, do_variance_scaling
):
    if not epsilon >= 0:
        raise ArgumentError(
            f"MeanVarianceNormalization: epsilon must be non-negative, not {epsilon!r}"
        )
    shape = shape_of(operand)
    if not shape:
        actual = "the operand has no static axis" if shape == () else "it is not known yet"
        raise ShapeError(
            f"MeanVarianceNormalization: The rank of the operand must be >= 1; {actual}.\n"
            "try: apply it to an input, or to a placeholder with a shape"
        )
    return [operand], {
        "epsilon": float(epsilon),
        "use_stats_across_channels": bool(use_stats_across_channels),
        "do_variance_scaling": bool(do_variance_scaling),
    }


@mean_variance_normalization.samples
def mean_variance_normalization_samples(make):
    yield Sample(make(2, 3, 4))
    yield Sample(make(2, 3), use_stats_across_channels=True)
    yield Sample(make(4), do_variance_scaling=False)
