"""How far sequences of tokens are from their labels."""

from __future__ import annotations

from operator import index

import numpy as np

from cntk.errors import ArgumentError, ShapeError
from cntk.graph.function import Function
from cntk.layout import Layout
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.ops._metric.edit_distance import Penalties, count_edits, padded
from cntk.ops._sequence.same_frames import expect_same_frames
from cntk.shape import broadcast_shapes, shape_text


@operator(
    family="whole",
    stored=Primitive(
        61,
        "EditDistanceError",
        attributes={
            "subPen": Attribute("SubstitutionPenalty", "F"),
            "delPen": Attribute("DeletionPenalty", "F"),
            "insPen": Attribute("InsertionPenalty", "F"),
            "squashInputs": Attribute("SquashInputs", "B"),
            "tokensToIgnore": Attribute("TokensToIgnore", "Z*"),
        },
    ),
    reconciles=True,
)
def edit_distance_error(
    input_a: Operand,
    input_b: Operand,
    subPen: float = 1,
    delPen: float = 1,
    insPen: float = 1,
    squashInputs: bool = False,
    tokensToIgnore=(),
    name: str = "",
) -> Function:
    """Return the edit distance error of a minibatch: no dynamic axes, static shape ``()``.

    The token of a frame is the place of its largest element. The value is the number of edits that
    turn the tokens of ``input_a`` into those of ``input_b``, as a share of the number of tokens of
    ``input_b``, times the number of frames. Without any token to compare it is 0, or infinite if
    there are edits. It has no gradient.

    Args:
        input_a: a sequence, any static shape; scores of the tokens.
        input_b: a sequence with the same axis and static shape, as a rule one-hot labels.
        subPen: cost of a token in place of another. Costs choose the cheapest way; what is counted
            are its edits.
        delPen: cost of a token of ``input_a`` that ``input_b`` lacks.
        insPen: cost of a token of ``input_b`` that ``input_a`` lacks.
        squashInputs: take equal tokens of frames that follow each other as one.
        tokensToIgnore: tokens to leave out, after that.
        name: name of the result.

    Raises:
        ValueError: the shapes or the dynamic axes differ, or a penalty is not a finite number.

    Reference: Levenshtein, "Binary codes capable of correcting deletions, insertions, and
    reversals", Soviet Physics Doklady 10, 1966.

    >>> found, labels = C.sequence.input_variable(3), C.sequence.input_variable(3)
    >>> error = C.edit_distance_error(found, labels)
    >>> one_hot = np.eye(3, dtype=np.float32)
    >>> error.eval({found: [one_hot[[0, 1, 1, 2]]], labels: [one_hot[[0, 1, 2, 2]]]})
    array(1., dtype=float32)
    """


@edit_distance_error.prepare
def edit_distance_error_prepare(
    input_a, input_b, subPen, delPen, insPen, squashInputs, tokensToIgnore
):
    if not isinstance(squashInputs, (bool, np.bool_)):
        raise ArgumentError(
            f"EditDistanceError: squashInputs is True or False, not {squashInputs!r}"
        )
    return [input_a, input_b], {
        "subPen": _penalty(subPen, "subPen"),
        "delPen": _penalty(delPen, "delPen"),
        "insPen": _penalty(insPen, "insPen"),
        "squashInputs": bool(squashInputs),
        "tokensToIgnore": _tokens(tokensToIgnore),
    }


def _penalty(value, what: str) -> float:
    try:
        penalty = float(np.float32(value))
    except (TypeError, ValueError):
        penalty = np.nan
    if not np.isfinite(penalty):
        raise ArgumentError(f"EditDistanceError: {what} is a finite number, not {value!r}")
    return penalty


def _tokens(values) -> tuple[int, ...]:
    try:
        tokens = tuple(map(index, values))
    except TypeError:
        tokens = (-1,)
    if any(not 0 <= token < 2**64 for token in tokens):
        raise ArgumentError(
            f"EditDistanceError: tokensToIgnore are integers from 0 on, not {values!r}"
        )
    return tokens


@edit_distance_error.shape
def edit_distance_error_shape(input_a, input_b):
    expect_same_frames("EditDistanceError", input_a, input_b)
    if broadcast_shapes(input_a.shape, input_b.shape) is None:
        raise ShapeError(
            f"Binary elementwise operation EditDistanceError: Left operand '{input_a}' shape "
            f"'{shape_text(input_a.shape)}' is not compatible with right operand '{input_b}' "
            f"shape '{shape_text(input_b.shape)}'."
        )
    return ()


@edit_distance_error.axes
def edit_distance_error_axes():
    return ()


@edit_distance_error.reference
def edit_distance_error_reference(
    input_a, input_b, subPen, delPen, insPen, squashInputs, tokensToIgnore, layouts
):
    layout = layouts[0]
    ours, our_lengths = _read(input_a, layout, squashInputs, tokensToIgnore)
    theirs, their_lengths = _read(input_b, layout, squashInputs, tokensToIgnore)
    penalties = Penalties(subPen, delPen, insPen)
    edits = int(count_edits(ours, theirs, our_lengths, their_lengths, penalties).sum())
    tokens = int(their_lengths.sum())
    if not tokens:
        return np.asarray(np.inf if edits else 0, input_a.dtype)
    return np.asarray(edits * layout.rows / tokens, input_a.dtype)


def _read(scores, layout: Layout, squash: bool, ignored) -> tuple[np.ndarray, np.ndarray]:
    """Return the tokens that count, a column for each sequence, and their numbers."""
    token = layout.unpack(scores.reshape(len(scores), -1).argmax(axis=1))
    sequence = np.repeat(np.arange(layout.num_samples), layout.frames)
    counts = ~np.isin(token, np.array(ignored, np.uint64))
    if squash:
        counts[1:] &= (token[1:] != token[:-1]) | (sequence[1:] != sequence[:-1])
    token, sequence = token[counts], sequence[counts]
    lengths = np.bincount(sequence, minlength=layout.num_samples)
    return padded(token, sequence, lengths), lengths


@edit_distance_error.samples
def edit_distance_error_samples(make):
    axes = ("sequence", "sequence")
    yield Sample(make(5), make(5), axes=axes)
    yield Sample(make(5), make(5), axes=axes, squashInputs=True, tokensToIgnore=(0, 2))
    yield Sample(make(2, 3), make(2, 3), axes=axes, subPen=2, delPen=0.5, insPen=1.5)
