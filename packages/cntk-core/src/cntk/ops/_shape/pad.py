"""More elements at the ends of static axes."""

from __future__ import annotations

from operator import index

import numpy as np

from cntk.errors import ArgumentError, ShapeError
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.shape import shape_text

CONSTANT_PAD = 0
REFLECT_PAD = 1
SYMMETRIC_PAD = 2

_NUMPY_MODE = {CONSTANT_PAD: "constant", REFLECT_PAD: "reflect", SYMMETRIC_PAD: "symmetric"}


@composite(stored=None)
def pad(x: Operand, pattern, mode=CONSTANT_PAD, constant_value=0, name: str = "") -> Function:
    """Return ``x`` with more elements at both ends of its static axes.

    Args:
        x: static shape ``(A1, ..., An)``.
        pattern: for each static axis how many elements come before and behind, n pairs.
        mode: ``C.ops.CONSTANT_PAD``: the new elements are ``constant_value``.
            ``C.ops.REFLECT_PAD``: they mirror the inner ones, without the element at the edge; an
            axis of size n takes up to n - 1 of them at an end. ``C.ops.SYMMETRIC_PAD``: with the
            element at the edge, up to n of them.
        constant_value: the new elements of mode CONSTANT_PAD.
        name: name of the result.

    Raises:
        ValueError: ``pattern`` does not fit the static shape, or asks to mirror more than there is.

    >>> C.pad([1, 2, 3], [(2, 1)], mode=C.ops.REFLECT_PAD).eval()
    array([3., 2., 1., 2., 3., 2.], dtype=float32)
    >>> C.pad([1, 2, 3], [(0, 2)], constant_value=7).eval()
    array([1., 2., 3., 7., 7.], dtype=float32)
    """
    head, foot = _ends(pattern)
    return pad_axes(x, head, foot, mode, float(constant_value), name)


@pad.samples
def pad_samples(make):
    yield Sample(make(2, 3), pattern=[(1, 0), (2, 1)])
    yield Sample(make(4, 3), pattern=[(1, 2), (0, 2)], mode=REFLECT_PAD)
    yield Sample(make(4, 3), pattern=[(1, 2), (0, 3)], mode=SYMMETRIC_PAD)


def _ends(pattern) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return how many elements come before, and how many behind, each axis."""
    try:
        pairs = [tuple(index(count) for count in pair) for pair in pattern]
    except TypeError:
        pairs = [()]
    if any(len(pair) != 2 or min(pair) < 0 for pair in pairs):
        raise ArgumentError(
            f"Pad: the padding pattern must be a list of (before, behind) pairs of counts, one for "
            f"each static axis, not {pattern!r}"
        )
    return tuple(before for before, _ in pairs), tuple(behind for _, behind in pairs)


@operator(
    family="per_sample",
    stored=Primitive(
        83,
        "Pad",
        attributes={
            "head": Attribute("paddingHead", "Z*", reverse=True),
            "foot": Attribute("paddingFoot", "Z*", reverse=True),
            "mode": Attribute("paddingMode", "Z"),
            "constant_value": Attribute("paddingConstantValue", "D"),
        },
    ),
)
def pad_axes(
    x: Operand, head: tuple, foot: tuple, mode: int, constant_value: float = 0.0, name: str = ""
) -> Function:
    """Return ``x`` with ``head`` more elements before, and ``foot`` behind, each static axis."""


@pad_axes.shape
def pad_axes_shape(x, head, foot, mode):
    if mode not in _NUMPY_MODE:
        raise ArgumentError(
            f"Pad: mode {mode!r} is not CONSTANT_PAD (0), REFLECT_PAD (1) or SYMMETRIC_PAD (2)"
        )
    if len(head) != len(x.shape):
        raise ShapeError(
            f"Pad: the pattern has {len(head)} pairs, the operand's static shape "
            f"'{shape_text(x.shape)}' has {len(x.shape)} axes"
        )
    _check_mirrored(x.shape, head, foot, mode)
    return tuple(
        size if size < 0 else before + size + behind
        for size, before, behind in zip(x.shape, head, foot)
    )


def _check_mirrored(shape: tuple[int, ...], head, foot, mode: int) -> None:
    """Refuse to mirror more elements than there are."""
    if mode == CONSTANT_PAD:
        return
    for size, before, behind in zip(shape, head, foot):
        most = size - 1 if mode == REFLECT_PAD else size
        if size > 0 and max(before, behind) > most:
            raise ShapeError(
                f"Pad: mode {_NUMPY_MODE[mode]} adds at most {most} elements at each end of an "
                f"axis of size {size}, not {max(before, behind)}"
            )


@pad_axes.reference
def pad_axes_reference(x, head, foot, mode, constant_value):
    _check_mirrored(x.shape[1:], head, foot, mode)
    more = {"constant_values": x.dtype.type(constant_value)} if mode == CONSTANT_PAD else {}
    return np.pad(x, ((0, 0), *zip(head, foot)), _NUMPY_MODE[mode], **more)


@pad_axes.gradient
def pad_axes_gradient(dy, head, foot, mode):
    return fold(dy, head, foot, mode)


@operator(family="per_sample")
def fold(x: Operand, head: tuple, foot: tuple, mode: int):
    """Add what padding put at the ends to the elements that it came from: the gradient of pad."""


@fold.shape
def fold_shape(x, head, foot):
    return tuple(
        size if size < 0 else size - before - behind
        for size, before, behind in zip(x.shape, head, foot)
    )


@fold.reference
def fold_reference(x, head, foot, mode):
    for axis, (before, behind) in enumerate(zip(head, foot), 1):
        if before or behind:
            x = _folded(np.moveaxis(x, axis, 0), before, behind, mode)
            x = np.moveaxis(x, 0, axis)
    return x


def _folded(x: np.ndarray, before: int, behind: int, mode: int) -> np.ndarray:
    """Fold the ends of the first axis."""
    end = len(x) - behind
    inner = x[before:end].copy()
    if mode == CONSTANT_PAD:
        return inner
    edge = 1 if mode == REFLECT_PAD else 0
    inner[edge : edge + before] += x[:before][::-1]
    size = len(inner)
    inner[size - edge - behind : size - edge] += x[end:][::-1]
    return inner


@fold.gradient
def fold_gradient(dy, head, foot, mode):
    return pad_axes(dy, head, foot, mode)
