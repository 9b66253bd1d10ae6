"""Convolution and its gradients by oneDNN."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import lru_cache

from cntk.errors import CNTKError
from cntk.execution.kernels import Kernel
from cntk.native.exact import ExactLaunch
from cntk.native.kernels.roles import ROLES, fitting_role, orders
from cntk.native.launch import place
from cntk.native.library import ffi, lib, onednn
from cntk.native.onednn.convolutions import DESCRIPTIONS, ConvolutionRecipe, sizes_of
from cntk.native.onednn.interface import implementation
from cntk.ops._convolution.geometry import ConvolutionGeometry

_ROWS_TO_ASK = 8  # what serves these serves all


def _serves(step) -> bool:
    role = fitting_role(step)
    return role is not None and _is_fast(role.kind, role.geometry(step))


@lru_cache(512)
def _is_fast(kind: str, geometry: ConvolutionGeometry) -> bool:
    """Whether oneDNN is there and has more than its reference for a convolution."""
    sizes = sizes_of(geometry, _ROWS_TO_ASK)
    if sizes is None or not _ready():
        return False
    try:
        return not implementation(DESCRIPTIONS[kind](sizes)).startswith("ref")
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
    role = ROLES[step.operator.name]
    source, target, _ = role.symbols(step)
    geometry = role.geometry(step)
    read, slots = list(step.operands[:2]), list(inputs[:2])
    if step.operator.name == "convolve_transposed":  # as the data gradient has them
        read, slots = read[::-1], slots[::-1]
    cells = {i: context.cell_slot(x) for i, x in enumerate(read)}
    lent = {i: slot for i, slot in cells.items() if slot is not None}
    slots = [lent.get(i, slot) for i, slot in enumerate(slots)]
    symbols = [*read, step.outputs[0]]
    places = [place(x, slot, context) for x, slot in zip(symbols, [*slots, outputs[0]])]
    last = (source.channels_last, target.channels_last)
    recipe = ConvolutionRecipe(role.kind, geometry, *last, tuple(lent))
    return ExactLaunch(places, recipe, context.layout_slot(source))


declared = [
    Kernel(name, _bind, backend="native", priority=10, writes=True, reads=(0, 1), when=_serves,
           channels_last=orders)
    for name in ROLES
]  # fmt: skip
