"""Static shapes: tuples of sizes, with three sizes that are not known yet."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real

from cntk.errors import ShapeError

INFERRED = -1  # a parameter's size, deduced at first use
FREE = -3  # an input's size, known when data arrive and free to vary
UNKNOWN_SHAPE = (-2,)  # a placeholder's shape

InferredDimension = INFERRED
FreeDimension = FREE


def as_shape(shape: int | Iterable[int]) -> tuple[int, ...]:
    """Return a shape as a tuple of ints; an int ``n`` means ``(n,)``.

    >>> as_shape(3), as_shape([2, 3])
    ((3,), (2, 3))
    """
    sizes: tuple = (shape,)
    if isinstance(shape, Iterable) and not isinstance(shape, str):
        sizes = tuple(shape)
    if not all(isinstance(size, Real) and float(size).is_integer() for size in sizes):
        raise TypeError(f"a shape must be an int or a tuple of ints, not {shape!r}")
    result = tuple(int(size) for size in sizes)
    if any(size == 0 or size < -3 for size in result) or (-2 in result and result != UNKNOWN_SHAPE):
        raise ShapeError(
            f"shape {result} has invalid shape sizes; sizes are positive, "
            "or InferredDimension (-1), or FreeDimension (-3)"
        )
    return result


def is_unknown(shape: tuple[int, ...]) -> bool:
    """Whether nothing is known about the shape, not even its rank."""
    return shape == UNKNOWN_SHAPE


def is_static(shape: tuple[int, ...]) -> bool:
    """Whether all sizes are numbers."""
    return all(size > 0 for size in shape)


def has_inferred(shape: tuple[int, ...]) -> bool:
    """Whether some size is still to be deduced."""
    return any(size in (-1, -2) for size in shape)


def shape_text(shape: tuple[int, ...]) -> str:
    """Return ``[2 x 3]``, as CNTK prints shapes (``?`` to be deduced, ``*`` free)."""
    if is_unknown(shape):
        return "[???]"
    return "[" + " x ".join("?" if n == -1 else "*" if n == -3 else str(n) for n in shape) + "]"


def broadcast_sizes(left: int, right: int) -> int | None:
    """Return the size of two aligned axes together; None when they do not fit."""
    if left == right or right == 1:
        return left
    if left == 1:
        return right
    if left == INFERRED:  # a size to be deduced adopts the other
        return right
    if right == INFERRED:
        return left
    if left == FREE:
        return right
    if right == FREE:
        return left
    return None


def broadcast_shapes(*shapes: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return the broadcast of static shapes, aligned at the right as in NumPy; None: impossible."""
    rank = max((len(shape) for shape in shapes), default=0)
    result = [1] * rank
    for shape in shapes:
        offset = rank - len(shape)
        for i, size in enumerate(shape):
            together = broadcast_sizes(result[offset + i], size)
            if together is None:
                return None
            result[offset + i] = together
    return tuple(result)
