"""Matrix and tensor products."""

from __future__ import annotations

from operator import index

from cntk.errors import ArgumentError, AxisError, ShapeError
from cntk.graph.function import Function
from cntk.graph.infer import deduce, merge_axes
from cntk.operators.declare import Operand, Sample, operator, registry
from cntk.operators.stored import Attribute, Primitive
from cntk.operators.structure import set_shape, sum_frames
from cntk.ops._linear.contract import contract
from cntk.ops._linear.inner_product import inner_product
from cntk.ops._linear.sparse_matrix import sparse_matrix_times
from cntk.ops._shape.regroup import regroup
from cntk.shape import FREE, UNKNOWN_SHAPE, is_unknown, shape_text

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
            has. ``C.TIMES_REDUCE_SEQUENCE_AXIS_WITHOUT_INFERRED_INPUT_RANK`` also sums the products
            over the frames of each sequence.
        name: name of the result.

    Raises:
        ValueError: the contracted sizes differ, a rank does not fit, or there is no sequence to sum
            over.

    >>> C.times([[1, 2]], [[5], [6]]).eval()
    array([[17.]], dtype=float32)
    """


@times.prepare
def times_prepare(left, right, output_rank, infer_input_rank_to_map):
    try:
        outputs, to_map = index(output_rank), index(infer_input_rank_to_map)
    except TypeError:
        raise ArgumentError(
            "Times: output_rank and infer_input_rank_to_map must be ints, not "
            f"{output_rank!r} and {infer_input_rank_to_map!r}"
        ) from None
    if outputs < 1:
        raise ShapeError(f"Times: Output rank ({outputs}) must be > 0.")
    return [left, right], {"output_rank": outputs, "infer_input_rank_to_map": to_map}


@times.shape
def times_shape(left, right, output_rank, infer_input_rank_to_map):
    if output_rank > len(right.shape):
        raise ShapeError(
            f"Times: Output rank ({output_rank}) must be <= rank ({len(right.shape)}) of the right "
            f"operand '{right}'."
        )
    _deduce_right(left, right, output_rank, infer_input_rank_to_map)
    count = len(right.shape) - output_rank
    if count > len(left.shape):
        raise ShapeError(
            f"Times: The left operand '{left}' rank ({len(left.shape)}) must be >= #axes ({count}) "
            "being reduced over."
        )
    first = len(left.shape) - count
    if _differ(left.shape[first:], right.shape):
        raise _mismatch(left, right, count)
    return (*left.shape[:first], *right.shape[count:])


def _differ(ours: tuple[int, ...], theirs: tuple[int, ...]) -> bool:
    return any(n > 0 and m > 0 and n != m for n, m in zip(ours, theirs))


def _mismatch(left, right, count: int) -> ShapeError:
    return ShapeError(
        f"Times: The {count} leading dimensions of the right operand with shape "
        f"'{shape_text(right.shape)}' do not match the left operand's trailing dimensions with "
        f"shape '{shape_text(left.shape)}'\n"
        "try: C.reshape, or output_rank/infer_input_rank_to_map if the extra axes are meant"
    )


def _deduce_right(left, right, output_rank: int, to_map: int) -> None:
    """Give a weight whose first sizes are open those of ``left``."""
    count = len(right.shape) - output_rank
    outputs = right.shape[count:]
    if -1 in outputs and hasattr(right, "cell"):
        raise ShapeError(
            f"Times: The outputRank ({output_rank}) dimensions of right operand's shape "
            f"'{shape_text(right.shape)}' cannot be Inferred."
        )
    if -1 not in right.shape[:count] or not hasattr(right, "cell"):
        return
    if to_map >= 0:
        count = len(left.shape) - to_map
        if count < 1:
            raise ShapeError(
                f"Times: Input map rank ({to_map}) must be < rank ({len(left.shape)}) of the left "
                f"operand '{left}'."
            )
        right._shape = (-1,) * count + outputs
    if count > len(left.shape):
        return  # told by the shape rule
    reduced = left.shape[len(left.shape) - count :]
    if any(theirs == FREE and ours == -1 for theirs, ours in zip(reduced, right.shape)):
        raise ShapeError(
            f"Times: right operand '{right}' dimension cannot be inferred from a left operand "
            f"'{left}' shape '{shape_text(left.shape)}' free dimension.\n"
            "try: keep the free axis, by input_rank or map_rank of Dense"
        )
    deduce(right, (*reduced, *outputs))


def _check_frames_product(shape: tuple[int, ...], first: int, output_rank: int) -> None:
    """Refuse products summed over frames that CNTK 2.7 refuses."""
    if not shape or output_rank != 1 or any(size != 1 for size in shape[:first]):
        raise ShapeError(
            "Times: a product that is summed over the sequence axis needs a left operand with at "
            "least one axis, whose axes that remain have size 1, and output_rank 1; the left "
            f"operand has shape '{shape_text(shape)}', of which {first} axes remain, output_rank "
            f"is {output_rank}. try: C.sequence.reduce_sum of the product"
        )


@times.guess
def times_guess(left, right, output_rank):
    if is_unknown(right.shape):
        return UNKNOWN_SHAPE
    return right.shape[len(right.shape) - output_rank :]


@times.axes
def times_axes(left, right, infer_input_rank_to_map):
    axes = merge_axes("Times", (left, right))
    if infer_input_rank_to_map != TIMES_REDUCE_SEQUENCE_AXIS_WITHOUT_INFERRED_INPUT_RANK:
        return axes
    if len(axes) < 2 or not left.dynamic_axes or not right.dynamic_axes:
        raise AxisError("Times: there is no sequence axis of both operands to sum over")
    return axes[:1]


@times.lower
def times_lower(left, right, output_rank, infer_input_rank_to_map):
    count = len(right.shape) - output_rank
    first = len(left.shape) - count
    product = _product(left, right, tuple(range(first, first + count)), tuple(range(count)))
    if infer_input_rank_to_map == TIMES_REDUCE_SEQUENCE_AXIS_WITHOUT_INFERRED_INPUT_RANK:
        _check_frames_product(left.shape, first, output_rank)
        return sum_frames(product, whole=True)
    return product


def _product(left, right, left_axes: tuple, right_axes: tuple):
    """Return a contraction; other sparse operands than vectors and plain matrices become dense."""
    if left.is_sparse and len(left.shape) != 1:
        plain = len(left.shape) == 2 and not left.dynamic_axes and not right.dynamic_axes
        if plain and (left_axes, right_axes) == ((1,), (0,)):
            return sparse_matrix_times(left, right)
        left = registry["densify"](left)
    return contract(left, right, left_axes, right_axes, False)


@times.samples
def times_samples(make):
    yield Sample(make(3), make(3, 4), axes=("batch", "parameter"))
    yield Sample(make(2, 3), make(3, 4), axes=("batch", "parameter"))
    yield Sample(make(2, 3), make(2, 3, 4), axes=("batch", "parameter"))
    yield Sample(make(3), make(3, 4, 5), axes=("batch", "parameter"), output_rank=2)
    yield Sample(make(2, 3), make(3, 4), axes=("batch", "batch"))


@operator(
    family="whole",
    sparse=("left",),
    reconciles=True,
    stored=Primitive(
        32,
        "TransposeTimes",
        operands=("right", "left"),
        fixed={"outputRank": (1, "Z")},
    ),
)
def times_transpose(left: Operand, right: Operand, name: str = "") -> Function:
    """Return ``left`` times the transpose of ``right``: their last axes meet.

    Args:
        left: static shape ``(..., I)``; may be sparse.
        right: static shape ``(O, I)``, or ``(I,)`` for one row.
        name: name of the result, of static shape ``(..., O)``.

    Raises:
        ValueError: the last sizes differ, or a rank does not fit.

    >>> C.times_transpose([1, 2], [3, 4]).eval()
    array([11.], dtype=float32)
    """


@times_transpose.shape
def times_transpose_shape(left, right):
    if len(right.shape) not in (1, 2):
        raise ShapeError(
            f"TransposeTimes operation currently requires the right operand '{right}' to be of "
            "rank 1 or 2"
        )
    if not left.shape:
        raise ShapeError(
            f"Times: The left operand '{left}' rank (0) must be >= #axes (1) being reduced over."
        )
    deduce(right, (*right.shape[:-1], left.shape[-1]))
    if _differ(left.shape[-1:], right.shape[-1:]):
        raise _mismatch(left, right, 1)
    return (*left.shape[:-1], *(right.shape[:-1] or (1,)))


@times_transpose.lower
def times_transpose_lower(left, right):
    if len(left.shape) == len(right.shape) == 1:
        return inner_product(left, right)
    if _is_row_of_each_sample(left, right):
        return inner_product(left, set_shape(right, right.shape[1:]))
    matrix = right if len(right.shape) == 2 else regroup(right, 0, 0, (1,))
    return _product(left, matrix, (len(left.shape) - 1,), (1,))


def _is_row_of_each_sample(left, right) -> bool:
    """Whether the product is one of two vectors, of which one is a matrix of a single row."""
    known = right.shape[:1] == (1,) and right.shape[-1:] == left.shape and left.shape[0] > 0
    return known and left.has_rows and right.has_rows and not right.is_sparse


@times_transpose.samples
def times_transpose_samples(make):
    yield Sample(make(2, 3), make(4, 3), axes=("batch", "parameter"))
    yield Sample(make(3), make(3), axes=("batch", "batch"))
    yield Sample(make(3), make(1, 3), axes=("batch", "batch"))
