"""Views with other static axes: what reshape, squeeze and expand_dims are in a plan."""

from __future__ import annotations

from cntk.errors import ShapeError
from cntk.operators.declare import Operand, operator
from cntk.operators.structure import set_shape, shape_as
from cntk.shape import FREE, is_static, shape_text


def regroup(x, begin: int, end: int, shape: tuple):
    """Return ``x`` with the static axes ``begin`` to ``end`` replaced by others.

    Args:
        x: a value of a plan.
        begin: index of the first replaced axis.
        end: index behind the last replaced axis.
        shape: sizes of the new axes; one may be negative and follows from the others.
    """
    old = x.shape[begin:end]
    if is_static(old):
        shape = _filled(shape, _volume(old))
    whole = (*x.shape[:begin], *(FREE if size < 0 else size for size in shape), *x.shape[end:])
    if whole == x.shape:
        return x
    if sum(size < 0 for size in whole) <= 1:
        return set_shape(x, whole)
    return regroup_axes(x, begin, end, shape)


def _volume(sizes) -> int:
    """Return the product of the sizes that are known."""
    volume = 1
    for size in sizes:
        volume *= max(size, 1)
    return volume


def _filled(shape: tuple[int, ...], count: int) -> tuple[int, ...]:
    """Return a shape of ``count`` elements; one negative size takes what the others leave."""
    known = _volume(shape)
    return tuple(size if size > 0 else count // known for size in shape)


def drop_axes(x, axes):
    """Return ``x`` without some static axes of size 1, given in rising order."""
    for axis in reversed(axes):
        x = regroup(x, axis, axis + 1, ())
    return x


@operator(family="per_sample", view=True)
def regroup_axes(x: Operand, begin: int, end: int, shape: tuple):
    """Replace static axes where several sizes of the result are known with the data only."""


@regroup_axes.shape
def regroup_axes_shape(x, begin, end, shape):
    return (*x.shape[:begin], *(FREE if size < 0 else size for size in shape), *x.shape[end:])


@regroup_axes.reference
def regroup_axes_reference(x, begin, end, shape):
    old = x.shape[begin + 1 : end + 1]
    new = _filled(shape, _volume(old))
    if _volume(new) != _volume(old):
        raise ShapeError(
            f"Reshape: (sub-)dimensions '{shape_text(old)}' of the data do not fit the desired "
            f"(sub-)dimensions '{shape_text(shape)}'. Number of elements must be the same"
        )
    return x.reshape(*x.shape[: begin + 1], *new, *x.shape[end + 1 :])


@regroup_axes.gradient
def regroup_axes_gradient(dy, x, begin, end, shape):
    old = x.shape[begin:end]
    if sum(size < 0 for size in old) > 1:
        return shape_as(dy, x)
    return regroup(dy, begin, begin + len(shape), old)
