"""Static axes in another order."""

from __future__ import annotations

from operator import index

from cntk.axis import static_index
from cntk.errors import ArgumentError
from cntk.graph.function import Function
from cntk.operators.axes import from_last, static_axis_argument
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.ops._shape.permute import permuted
from cntk.shape import shape_text


@operator(
    family="per_sample",
    stored=Primitive(
        12, "TransposeAxes", attributes={"perm": Attribute("axisVec", "Ax*", reverse=True)}
    ),
)
def transpose(x: Operand, perm, name: str = "") -> Function:
    """Return ``x`` with its static axes in another order, like ``numpy.transpose``.

    Args:
        x: static shape ``(A0, ..., An)``.
        perm: axis ``i`` of the result is axis ``perm[i]`` of ``x``.
        name: name of the result.

    Raises:
        TypeError: ``perm`` is no list of ints.
        ValueError: ``perm`` is no permutation of the static axes.

    >>> C.transpose([[1, 2, 3], [4, 5, 6]], (1, 0)).eval()
    array([[1., 4.],
           [2., 5.],
           [3., 6.]], dtype=float32)
    """


@transpose.prepare
def transpose_prepare(x, perm):
    if isinstance(perm, (int, str)) or not hasattr(perm, "__iter__"):
        raise TypeError("transpose expects a permutation; to swap two axes use swapaxes")
    given = [index(axis) for axis in perm]
    rank = len(given)
    if any(not -rank <= axis < rank for axis in given):
        raise ArgumentError(
            f"transpose: invalid permutation element in {given}: elements must be from "
            f"-{rank} to {rank - 1}"
        )
    order = tuple(axis % rank - rank for axis in given)
    if len(set(order)) != rank:
        raise ArgumentError(f"transpose: duplicate item in permutation {given}")
    return [x], {"perm": order}


@transpose.shape
def transpose_shape(x, perm):
    if len(perm) != len(x.shape):
        raise ArgumentError(
            f"transpose: the permutation has {len(perm)} elements, the operand's static shape "
            f"'{shape_text(x.shape)}' has {len(x.shape)} axes"
        )
    return tuple(x.shape[axis] for axis in perm)


@transpose.lower
def transpose_lower(x, perm):
    return permuted(x, tuple(axis + len(perm) for axis in perm))


@transpose.samples
def transpose_samples(make):
    yield Sample(make(2, 3, 4), perm=(2, 0, 1))
    yield Sample(make(2, 3), perm=(-1, 0))


@operator(
    family="per_sample",
    stored=Primitive(
        12,
        "TransposeAxes",
        attributes={"axis1": Attribute("axis1", "Ax"), "axis2": Attribute("axis2", "Ax")},
    ),
)
def swapaxes(x: Operand, axis1=0, axis2=1, name: str = "") -> Function:
    """Return ``x`` with two static axes exchanged.

    Args:
        x: any static shape.
        axis1: a static axis.
        axis2: another one.
        name: name of the result.

    Raises:
        ValueError: an axis is out of bounds.

    >>> C.swapaxes([[1, 2, 3], [4, 5, 6]]).eval()
    array([[1., 4.],
           [2., 5.],
           [3., 6.]], dtype=float32)
    """


@swapaxes.prepare
def swapaxes_prepare(x, axis1, axis2):
    axes = [static_axis_argument(axis, "TransposeAxes") for axis in (axis1, axis2)]
    return [x], {"axis1": axes[0], "axis2": axes[1]}


@swapaxes.complete
def swapaxes_complete(x, axis1, axis2):
    rank = len(x.shape)
    return {
        "axis1": from_last(axis1, rank, "TransposeAxes"),
        "axis2": from_last(axis2, rank, "TransposeAxes"),
    }


@swapaxes.shape
def swapaxes_shape(x, axis1, axis2):
    return tuple(x.shape[axis] for axis in _order(len(x.shape), axis1, axis2))


def _order(rank: int, axis1: int, axis2: int) -> tuple[int, ...]:
    order = list(range(rank))
    first, second = (static_index(axis, rank, "TransposeAxes") for axis in (axis1, axis2))
    order[first], order[second] = second, first
    return tuple(order)


@swapaxes.lower
def swapaxes_lower(x, axis1, axis2):
    return permuted(x, _order(len(x.shape), axis1, axis2))


@swapaxes.samples
def swapaxes_samples(make):
    yield Sample(make(2, 3, 4))
    yield Sample(make(2, 3, 4), axis1=0, axis2=-1)
