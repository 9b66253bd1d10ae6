"""LambdaRank."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive
from cntk.ops._loss.one_per_sample import one_per_sample
from cntk.ops._loss.queries import queries
from cntk.ops._sequence.same_frames import expect_same_frames


@operator(
    family="whole",
    stored=Primitive(59, "LambdaRank"),
    no_gradient=("gain", "group"),
    gradient_of="surrogate",
)
def lambda_rank(output: Operand, gain: Operand, group: Operand, name: str = "") -> Function:
    """Return how far the order by scores is from the best: no dynamic axes, static shape ``()``.

    The value is the number of samples times the mean over the queries of ``100 * (1 - NDCG)``. Its
    gradient is that of LambdaRank: it pulls apart pairs of samples, by as much as exchanging them
    would change the NDCG.

    Args:
        output: one score per sample.
        gain: one number per sample, what it is worth. The samples of a query stand in their best
            order, the largest gain first.
        group: one number per sample, equal for the samples of a query, which stand together.
        name: name of the result.

    Raises:
        ValueError: there is more than one number per sample, or the operands have other dynamic
            axes.

    Reference: Burges, Ragno, Le, "Learning to rank with nonsmooth cost functions", NIPS 2006.

    >>> output, gain, group = (C.input_variable(1) for _ in range(3))
    >>> data = {output: [[0], [1]], gain: [[1], [0]], group: [[1], [1]]}
    >>> data = {k: np.array(v, np.float32) for k, v in data.items()}
    >>> round(float(C.lambda_rank(output, gain, group).eval(data)), 3)
    73.814
    """


@lambda_rank.shape
def lambda_rank_shape(output, gain, group):
    expect_same_frames("LambdaRank", output, gain, group)
    return ()


@lambda_rank.axes
def lambda_rank_axes():
    return ()


@lambda_rank.reference
def lambda_rank_reference(output, gain, group, layouts):
    vectors = vectors_of(output, gain, group, layouts, "LambdaRank")
    qualities = [query.quality for query in queries(*vectors)]
    return np.asarray(100 * output.size * (1 - np.mean(qualities)), output.dtype)


def vectors_of(output, gain, group, layouts, what: str) -> list[np.ndarray]:
    """Return scores, gains and groups in the user's order."""
    return [
        one_per_sample(array, layout, what) for array, layout in zip((output, gain, group), layouts)
    ]


@lambda_rank.gradient
def lambda_rank_gradient(dy, output, gain, group):
    return dy * lambda_rank_pull(output, gain, group), None, None


@lambda_rank.samples
def lambda_rank_samples(make):
    yield Sample(make(1), make(1) ** 2, 0 * make(1))


@operator(family="whole")
def lambda_rank_pull(output: Operand, gain: Operand, group: Operand):
    """Return the gradient of each score; it has no gradient itself."""


@lambda_rank_pull.shape
def lambda_rank_pull_shape(output):
    return output.shape


@lambda_rank_pull.reference
def lambda_rank_pull_reference(output, gain, group, layouts):
    score, gain, group = vectors_of(output, gain, group, layouts, "LambdaRank")
    pull = np.empty_like(score)
    for query in queries(score, gain, group):
        pull[query.where] = query.pull()
    return (pull if layouts[0] is None else layouts[0].pack(pull)).reshape(output.shape)


@lambda_rank_pull.samples
def lambda_rank_pull_samples(make):
    yield Sample(make(1), make(1) ** 2, 0 * make(1))
