"""Convolution and its gradients as sequences of primitives, for any count of rows."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from cntk.execution.passes.forms import has_orders
from cntk.execution.threads import one_thread
from cntk.native.onednn.interface import (
    DIFF_SOURCE,
    DIFF_TARGET,
    DIFF_WEIGHTS,
    SOURCE,
    TARGET,
    WEIGHTS,
    Fixed,
    Owned,
    argument_descriptor,
    dense,
    same_order,
)
from cntk.native.onednn.order import CopiedOrder
from cntk.native.onednn.posts import Post
from cntk.native.onednn.posts import arguments as arguments_of
from cntk.native.onednn.primitives import (
    Convolution,
    data_gradient,
    forward,
    reorder,
    weights_gradient,
)
from cntk.native.onednn.sequence import Call, call
from cntk.ops._convolution.geometry import ConvolutionGeometry

_KEPT = 512  # sequences
DESCRIPTIONS = {
    "forward": forward,
    "data_gradient": data_gradient,
    "weights_gradient": weights_gradient,
}
# kind -> oneDNN's arguments in the order of a launch's places, the result at the end
_ARGUMENTS = {
    "forward": (WEIGHTS, SOURCE, TARGET),
    "data_gradient": (DIFF_TARGET, WEIGHTS, DIFF_SOURCE),
    "weights_gradient": (DIFF_TARGET, SOURCE, DIFF_WEIGHTS),
}
_SOURCES, _TARGETS = (SOURCE, DIFF_SOURCE), (TARGET, DIFF_TARGET)


class ConvolutionRecipe(NamedTuple):
    """A convolution or one of its gradients.

    ``kind``: ``forward``, ``data_gradient`` or ``weights_gradient``; ``source_last``,
    ``target_last``: whether the channels of the source and of the target lie last; ``lent``:
    positions of operands that come in the order that the primitive wants; ``posts``: what is done
    with the result, whose operands come before it.
    """

    kind: str
    geometry: ConvolutionGeometry
    source_last: bool
    target_last: bool
    lent: tuple[int, ...] = ()
    posts: tuple[Post, ...] = ()

    def calls(self, rows: int) -> tuple[Call, ...]:
        """Return the calls for a count of rows."""
        return _made(self, rows, one_thread.count_of_products)[0]

    def orders(self, rows: int) -> tuple[CopiedOrder | None, ...]:
        """Return the orders of the lent operands for a count of rows; None: row-major."""
        return _made(self, rows, one_thread.count_of_products)[1]


def sizes_of(geometry: ConvolutionGeometry, rows: int) -> Convolution | None:
    """Return the sizes of a convolution as oneDNN wants them; None: it cannot have them."""
    axes, groups = geometry.axes, geometry.groups
    if not 1 <= len(axes) <= 3:
        return None
    upper = []
    for axis in axes:
        missing = (axis.output - 1) * axis.stride + axis.extent - axis.size - axis.lower
        if axis.output < 1 or axis.lower < 0 or missing <= -axis.stride:
            return None
        upper.append(max(0, missing))
    weights = (geometry.filters, geometry.channels, *geometry.window)
    return Convolution(
        (rows, *geometry.input_view),
        weights if groups == 1 else (groups, *weights),
        (rows, groups * geometry.filters, *geometry.outputs),
        tuple(axis.stride for axis in axes),
        tuple(axis.dilation for axis in axes),
        tuple(axis.lower for axis in axes),
        tuple(upper),
    )


@lru_cache(_KEPT)
def _made(
    recipe: ConvolutionRecipe, rows: int, threads: int
) -> tuple[tuple[Call, ...], tuple[CopiedOrder | None, ...]]:
    sizes = sizes_of(recipe.geometry, rows)
    assert sizes is not None, "kernels refuse what has no sizes"
    description = DESCRIPTIONS[recipe.kind](sizes, *recipe.posts)
    *read, written = _ARGUMENTS[recipe.kind]
    more = {post.operand for post in recipe.posts} - {None}
    result = len(read) + len(more)
    before: list[Call] = []
    after: list[Call] = []
    arguments = list[tuple[int, int | str | Fixed]](arguments_of(recipe.posts, len(read)))
    orders: dict[int, CopiedOrder] = {}
    for at, number in (*enumerate(read), (result, written)):
        known, wanted = _given(recipe, sizes, number), argument_descriptor(description, number)
        if same_order(known.pointer, wanted):
            arguments.append((number, at))
            continue
        if at in recipe.lent:
            arguments.append((number, at))
            orders[at] = CopiedOrder(known, wanted, description)
            continue
        name = f"argument {at}"
        arguments.append((number, name))
        if at == result:
            after.append(call(reorder(wanted, known), (SOURCE, name), (TARGET, at)))
        else:
            before.append(call(reorder(known, wanted), (SOURCE, at), (TARGET, name)))
    calls = (*before, call(description, *arguments), *after)
    return calls, tuple(orders.get(at) for at in recipe.lent)


def _given(recipe: ConvolutionRecipe, sizes: Convolution, number: int) -> Owned:
    """Return the descriptor of what lies in a launch's place."""
    if number in _SOURCES:
        return _data(sizes.source, recipe.source_last)
    if number in _TARGETS:
        return _data(sizes.target, recipe.target_last)
    return dense(sizes.weights)


def _data(shape: tuple[int, ...], channels_last: bool) -> Owned:
    """Return the descriptor of data; with one channel or one place, both orders are the same."""
    return dense(shape, channels_last or not has_orders(shape[1:]))
