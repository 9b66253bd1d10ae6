"""Cosine similarity to the right sample and to wrong ones."""

from __future__ import annotations

import numpy as np

from cntk.counts import count_of
from cntk.errors import ArgumentError
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite, operator
from cntk.operators.stored import Primitive
from cntk.operators.structure import set_shape
from cntk.ops._loss.cosine_distance import cosine_distance, cosine_distance_shape
from cntk.ops._shape.join import join


@composite()
def cosine_distance_with_negative_samples(
    x: Operand, y: Operand, shift: int, num_negative_samples: int, name: str = ""
) -> Function:
    """Return the cosine to the sample's own ``y``, and to those of other samples as wrong answers.

    Element 0 is the cosine of a sample's ``x`` and ``y``, element ``k`` that of its ``x`` and the
    ``y`` of the sample that stands ``shift + k - 1`` places later in the minibatch; after the last
    one follows the first. The frames of sequences stand step by step: the first frames of all
    sequences, longer ones before shorter ones, then the second frames.

    Args:
        x: any static shape.
        y: the same static shape.
        shift: samples to the first wrong one, 0 or more.
        num_negative_samples: number of wrong ones.
        name: name of the result, of static shape ``(num_negative_samples + 1,)``.

    Raises:
        ValueError: the shapes differ.
        TypeError: a number is not an integer.

    Reference: Huang et al., "Learning deep structured semantic models for web search using
    clickthrough data", CIKM 2013.

    >>> x, y = C.input_variable(2), C.input_variable(2)
    >>> data = {x: np.float32([[1, 0], [0, 1]]), y: np.float32([[1, 0], [3, 4]])}
    >>> C.cosine_distance_with_negative_samples(x, y, 1, 1).eval(data).round(3)
    array([[1. , 0.6],
           [0.8, 0. ]], dtype=float32)
    """
    shift = count_of(shift, "shift")
    count = count_of(num_negative_samples, "num_negative_samples")
    return cosines_to_others(x, y, shift, count, name=name)


@cosine_distance_with_negative_samples.samples
def cosine_distance_with_negative_samples_samples(make):
    yield Sample(make(4), make(4), shift=1, num_negative_samples=2)


@operator(
    family="whole",
    stored=Primitive(67, "CosDistanceWithNegativeSamples"),
    no_gradient=("shift", "num_negative_samples"),
)
def cosines_to_others(
    x: Operand,
    y: Operand,
    shift: Operand,
    num_negative_samples: Operand,
    first: int | None = None,
    count: int | None = None,
    name: str = "",
) -> Function:
    """Return ``cosine_distance_with_negative_samples`` for numbers that are constants of the graph.

    What they are when the node is made, ``first`` and ``count``, decides.
    """


@cosines_to_others.complete
def cosines_to_others_complete(shift, num_negative_samples, first, count):
    if first is not None:
        return {}
    return {"first": _number(shift, "shift"), "count": _number(num_negative_samples, "number")}


def _number(constant, what: str) -> int:
    """Return what a constant holds."""
    if not getattr(constant, "is_constant", False):
        raise ArgumentError(f"CosDistanceWithNegativeSamples: the {what} must be a constant")
    return count_of(int(constant.value), what)


@cosines_to_others.shape
def cosines_to_others_shape(x, y, count):
    cosine_distance_shape(x, y)
    return (count + 1,)


@cosines_to_others.lower
def cosines_to_others_lower(x, y, first, count):
    others = [y, *(roll_rows(y, first + k) for k in range(count))]
    return join(*(set_shape(cosine_distance(x, other), (1,)) for other in others), axis=0)


@operator(family="whole")
def roll_rows(x: Operand, steps: int):
    """Return for each row what another row has, so many rows later in the minibatch."""


@roll_rows.shape
def roll_rows_shape(x):
    return x.shape


@roll_rows.reference
def roll_rows_reference(x, steps, has_rows):
    return np.roll(x, -steps, axis=0) if has_rows[0] else x.copy()


@roll_rows.gradient
def roll_rows_gradient(dy, steps):
    return roll_rows(dy, -steps)


@roll_rows.samples
def roll_rows_samples(make):
    yield Sample(make(2, 3), steps=1)
