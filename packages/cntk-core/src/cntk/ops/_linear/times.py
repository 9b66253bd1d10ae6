"""Matrix and tensor products."""

from __future__ import annotations

import numpy as np

from cntk.errors import ShapeError
from cntk.graph.function import Function
from cntk.graph.infer import deduce
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.ops._linear.contract import contract, contract_reference
from cntk.shape import shape_text

TIMES_NO_INFERRED_INPUT_RANK = -1
TIMES_REDUCE_SEQUENCE_AXIS_WITHOUT_INFERRED_INPUT_RANK = -2


@operator(
    family="whole",
    sparse=("left",),
    reconciles=True,
    stored=Primitive(
        31,
        "Times",
        operands=("right", "left"),
        attributes={
            "output_rank": Attribute("outputRank", "Z"),
            "infer_input_rank_to_map": Attribute("inferInputRankToMap", "I"),
        },
    ),
)
def times(
    left: Operand,
    right: Operand,
    output_rank: int = 1,
    infer_input_rank_to_map: int = TIMES_NO_INFERRED_INPUT_RANK,
    name: str = "",
) -> Function:
    """Return the product of two tensors: the last axes of ``left`` meet the first of ``right``.

    Args:
        left: static shape ``(..., I1, ..., Ik)``; may be sparse.
        right: static shape ``(I1, ..., Ik, O1, ..., Om)``.
        output_rank: number m of last axes of ``right`` that remain.
        infer_input_rank_to_map: for a ``right`` that begins with sizes to be deduced: number of
            first axes of ``left`` that are not contracted; -1 contracts as many axes as ``right``
            has.
        name: name of the result.

    Raises:
        ValueError: the contracted sizes differ, or ``output_rank`` is not positive.

    >>> C.times([[1, 2]], [[5], [6]]).eval()
    array([[17.]], dtype=float32)
    """


@times.shape
def times_shape(left, right, output_rank, infer_input_rank_to_map):
    if output_rank < 1:
        raise ShapeError(f"Times: Output rank ({output_rank}) must be > 0.")
    _deduce_right(left, right, output_rank, infer_input_rank_to_map)
    count = len(right.shape) - output_rank
    if count < 0:
        raise ShapeError(
            f"Times: Output rank ({output_rank}) is larger than the rank of the right operand "
            f"with shape '{shape_text(right.shape)}'"
        )
    if count > len(left.shape):
        raise _mismatch(left, right, count)
    ours = left.shape[len(left.shape) - count :]
    for size, other in zip(ours, right.shape):
        if size > 0 and other > 0 and size != other:
            raise _mismatch(left, right, count)
    return (*left.shape[: len(left.shape) - count], *right.shape[count:])


def _mismatch(left, right, count: int) -> ShapeError:
    return ShapeError(
        f"Times: The {count} leading dimensions of the right operand with shape "
        f"'{shape_text(right.shape)}' do not match the left operand's trailing dimensions with "
        f"shape '{shape_text(left.shape)}'\n"
        "try: C.reshape, or output_rank/infer_input_rank_to_map if the extra axes are meant"
    )


def _deduce_right(left, right, output_rank: int, to_map: int) -> None:
    """Give a weight that begins with -1 its input sizes."""
    if -1 not in right.shape[: len(right.shape) - output_rank] or not hasattr(right, "cell"):
        return
    outputs = right.shape[len(right.shape) - output_rank :]
    count = len(right.shape) - output_rank
    if to_map >= 0:
        count = len(left.shape) - to_map
        if count < 1:
            raise ShapeError(
                f"Times: infer_input_rank_to_map ({to_map}) leaves no axis of the left operand "
                f"with shape '{shape_text(left.shape)}' to contract"
            )
        right._shape = (-1,) * count + outputs
    deduce(right, (*left.shape[len(left.shape) - count :], *outputs))


@times.axes
def times_axes(left, right, infer_input_rank_to_map):
    axes = max(left.dynamic_axes, right.dynamic_axes, key=len)
    if infer_input_rank_to_map == TIMES_REDUCE_SEQUENCE_AXIS_WITHOUT_INFERRED_INPUT_RANK:
        return axes[:1]
    return axes


def contracted_axes(left, right, output_rank: int) -> tuple[tuple, tuple]:
    """Return the static axes of both operands that a product contracts."""
    count = len(right.shape) - output_rank
    first = len(left.shape) - count
    return tuple(range(first, first + count)), tuple(range(count))


@times.reference
def times_reference(left, right, output_rank, has_rows):
    count = right.ndim - has_rows[1] - output_rank
    first = (1 if hasattr(left, "indptr") else left.ndim - has_rows[0]) - count
    axes = tuple(range(first, first + count)), tuple(range(count))
    return contract_reference(left, right, *axes, False, has_rows)


@times.gradient
def times_gradient(dy, left, right, output_rank, wanted):
    axes = contracted_axes(left, right, output_rank)
    step = contract.rules["gradient"].function
    return step(dy, left, right, *axes, wanted)


@times.samples
def times_samples(make):
    yield Sample(make(3), make(3, 4), axes=("batch", "parameter"))
    yield Sample(make(2, 3), make(3, 4), axes=("batch", "parameter"))
    yield Sample(make(2, 3), make(2, 3, 4), axes=("batch", "parameter"))
    yield Sample(make(3), make(3, 4, 5), axes=("batch", "parameter"), output_rank=2)
    yield Sample(make(2, 3), make(3, 4), axes=("batch", "batch"))


@operator(
    family="whole",
    reconciles=True,
    stored=Primitive(
        32,
        "TransposeTimes",
        operands=("right", "left"),
        attributes={"output_rank": Attribute("outputRank", "Z")},
    ),
)
def times_transpose(left: Operand, right: Operand, output_rank: int = 1, name: str = "") -> Function:
    """Return ``left`` times the transpose of ``right``: their last axes meet.

    Args:
        left: static shape ``(..., I)``.
        right: static shape ``(O, I)``, or ``(I,)`` for one row.
        output_rank: number of axes of ``right`` that remain.
        name: name of the result.

    >>> C.times_transpose([1, 2], [3, 4]).eval()
    array([11.], dtype=float32)
    """


@times_transpose.shape
def times_transpose_shape(left, right):
    if not left.shape or not right.shape:
        raise ShapeError("TransposeTimes: both operands need at least one axis")
    ours, theirs = left.shape[-1], right.shape[-1]
    deduce(right, (*right.shape[:-1], ours))
    if ours > 0 and theirs > 0 and ours != theirs:
        raise ShapeError(
            f"TransposeTimes: the last axis of the left operand with shape "
            f"'{shape_text(left.shape)}' does not match that of the right operand with shape "
            f"'{shape_text(right.shape)}'"
        )
    return (*left.shape[:-1], *(right.shape[:-1] or (1,)))


@times_transpose.axes
def times_transpose_axes(left, right):
    return max(left.dynamic_axes, right.dynamic_axes, key=len)


@times_transpose.reference
def times_transpose_reference(left, right, has_rows):
    if right.ndim - has_rows[1] == 1:
        right = np.expand_dims(right, -2)
    last = left.ndim - has_rows[0] - 1
    return contract_reference(
        left, right, (last,), (right.ndim - has_rows[1] - 1,), False, has_rows
    )


@times_transpose.gradient
def times_transpose_gradient(dy, left, right, wanted):
    last, other = len(left.shape) - 1, len(right.shape) - 1
    if other:
        return contract.rules["gradient"].function(dy, left, right, (last,), (other,), wanted)
    left_gradient = dy * right if "left" in wanted else None  # a vector: dy has one last column
    right_gradient = dy * left if "right" in wanted else None
    return left_gradient, right_gradient


@times_transpose.samples
def times_transpose_samples(make):
    yield Sample(make(2, 3), make(4, 3), axes=("batch", "parameter"))
    yield Sample(make(3), make(3), axes=("batch", "batch"))
