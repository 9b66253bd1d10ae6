"""How good the first of each ranked list is."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive
from cntk.ops._loss.lambda_rank import vectors_of
from cntk.ops._loss.queries import queries
from cntk.ops._sequence.same_frames import expect_same_frames


@operator(family="whole", stored=Primitive(60, "NDCG"))
def ndcg_at_1(output: Operand, gain: Operand, group: Operand, name: str = "") -> Function:
    """Return how good the first choices are: no dynamic axes, static shape ``()``, no gradient.

    The value is the number of samples times the mean over the queries of 100 times the gain of the
    sample with the highest score, as a share of the largest gain.

    Args:
        output: one score per sample.
        gain: one number per sample, what it is worth. The samples of a query stand in their best
            order, the largest gain first.
        group: one number per sample, equal for the samples of a query, which stand together.
        name: name of the result.

    Raises:
        ValueError: there is more than one number per sample, or the operands have other dynamic
            axes.

    Reference: Jarvelin, Kekalainen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS
    20, 2002.

    >>> output, gain, group = (C.input_variable(1) for _ in range(3))
    >>> data = {output: [[1], [0]], gain: [[1], [0]], group: [[1], [1]]}
    >>> data = {k: np.array(v, np.float32) for k, v in data.items()}
    >>> C.ndcg_at_1(output, gain, group).eval(data)
    array(200., dtype=float32)
    """


@ndcg_at_1.shape
def ndcg_at_1_shape(output, gain, group):
    expect_same_frames("NDCG", output, gain, group)
    return ()


@ndcg_at_1.axes
def ndcg_at_1_axes():
    return ()


@ndcg_at_1.reference
def ndcg_at_1_reference(output, gain, group, layouts):
    vectors = vectors_of(output, gain, group, layouts, "NDCG")
    qualities = [query.first_quality for query in queries(*vectors)]
    return np.asarray(100 * output.size * np.mean(qualities), output.dtype)


@ndcg_at_1.samples
def ndcg_at_1_samples(make):
    yield Sample(make(1), make(1) ** 2, 0 * make(1))
