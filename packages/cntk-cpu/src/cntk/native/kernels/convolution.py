"""Convolution and its gradients by oneDNN."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from cntk.errors import CNTKError
from cntk.execution.kernels import Kernel
from cntk.execution.passes.forms import has_orders
from cntk.native.exact import ExactLaunch
from cntk.native.kernels.roles import ROLES, fitting_role, orders
from cntk.native.launch import Launch, Place, place
from cntk.native.library import ffi, lib, onednn
from cntk.native.onednn.convolutions import DESCRIPTIONS, ConvolutionRecipe, sizes_of
from cntk.native.onednn.interface import implementation
from cntk.native.onednn.posts import Post, posts_of
from cntk.ops._convolution.geometry import ConvolutionGeometry

_ROWS_TO_ASK = 8  # what serves these serves all


def _serves(step) -> bool:
    role = fitting_role(step)
    return role is not None and _is_fast(role.kind, role.geometry(step))


@lru_cache(512)
def _is_fast(kind: str, geometry: ConvolutionGeometry, *posts: Post) -> bool:
    """Whether oneDNN is there and has more than its reference for a convolution."""
    sizes = sizes_of(geometry, _ROWS_TO_ASK)
    if sizes is None or not _ready():
        return False
    try:
        return not implementation(DESCRIPTIONS[kind](sizes, *posts)).startswith("ref")
    except CNTKError:
        return False


def _ready() -> bool:
    library = onednn()
    if library is None:
        return False
    functions = (library.dnnl_primitive_execute, library.dnnl_memory_set_data_handle)
    addresses = [ctypes.cast(function, ctypes.c_void_p).value for function in functions]
    lib().set_onednn(*(ffi().cast("void *", address) for address in addresses))
    return True


def _bind(step, inputs, outputs, context) -> Callable:
    """Bind a convolution or one of its gradients."""
    return _launch(step, inputs, outputs, [], (), context)


def _launch(step, inputs, outputs, more: list[Place], posts: tuple[Post, ...], context) -> Launch:
    """Return the launch of a convolution.

    Args:
        step: the step.
        inputs, outputs: its slots.
        more: places of the operands of what is done with the result.
        posts: what that is.
        context: gives slots.
    """
    role = ROLES[step.operator.name]
    source, target, _ = role.symbols(step)
    geometry = role.geometry(step)
    read, slots = list(step.operands[:2]), list(inputs[:2])
    if step.operator.name == "convolve_transposed":  # as the data gradient has them
        read, slots = read[::-1], slots[::-1]
    cells = {i: context.cell_slot(x) for i, x in enumerate(read)}
    lent = {i: slot for i, slot in cells.items() if slot is not None}
    slots = [lent.get(i, slot) for i, slot in enumerate(slots)]
    places = [place(x, slot, context) for x, slot in zip(read, slots)]
    places += [*more, place(step.outputs[0], outputs[0], context)]
    last = (source.channels_last, target.channels_last)
    recipe = ConvolutionRecipe(role.kind, geometry, *last, tuple(lent), posts)
    return ExactLaunch(places, recipe, context.layout_slot(source))


def _then(step, chain) -> Kernel | None:
    """Return the kernel of a convolution and a chain that oneDNN has operations for."""
    y = step.outputs[0]
    geometry = ROLES[step.operator.name].geometry(step)
    if has_orders(y.shape) and not y.channels_last:
        return None
    posts = posts_of(chain.operator.formula, geometry.groups * geometry.filters)
    if posts is None or not _is_fast("forward", geometry, *posts):
        return None

    def bind(both, inputs, outputs, context) -> Launch:
        first, rest = both.operator.first, both.operator.chain
        count, result = len(first.operands), outputs[both.operator.result]
        others = zip(rest.operands[1:], inputs[count:])
        more = [place(x, slot, context) for x, slot in others]
        return _launch(first, inputs[:count], [result], more, posts, context)

    return replace(_CONVOLVE, bind=bind)


_KERNELS = {
    name: Kernel(name, _bind, backend="native", priority=10, writes=True, reads=(0, 1),
                 when=_serves, channels_last=orders)
    for name in ROLES
}  # fmt: skip
_CONVOLVE = _KERNELS["convolve"]
declared = list({**_KERNELS, "convolve": replace(_CONVOLVE, then=_then)}.values())
