"""Convolution and its gradients by oneDNN."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from cntk.errors import CNTKError
from cntk.execution.kernels import Kernel
from cntk.native.exact import ExactLaunch
from cntk.native.launch import place
from cntk.native.library import ffi, lib, onednn
from cntk.native.onednn.convolutions import DESCRIPTIONS, ConvolutionRecipe, sizes_of
from cntk.native.onednn.interface import implementation
from cntk.ops._convolution.convolve import options_of
from cntk.ops._convolution.convolve_transposed import asked_shape
from cntk.ops._convolution.geometry import ConvolutionGeometry, convolution_geometry
from cntk.ops._convolution.transposed import transposed_geometry
from cntk.shape import is_static

_ROWS_TO_ASK = 8  # what serves these serves all

_RESULT = 2  # the position of the result after the two operands that are read


class _Role(NamedTuple):
    """How an operator uses a convolution.

    ``kind``: what it computes; ``source``, ``target``, ``weights``: which of the two operands it
    reads, or the result, each is; ``geometry``: function of a step.
    """

    kind: str
    source: int
    target: int
    weights: int
    geometry: Callable[[Any], ConvolutionGeometry]

    def symbols(self, step) -> tuple[Any, Any, Any]:
        """Return the source, the target and the weights of a step."""
        known = [*step.operands[:2], step.outputs[0]]
        return known[self.source], known[self.target], known[self.weights]


def _plain_geometry(step) -> ConvolutionGeometry:
    weights, source = step.operands
    return convolution_geometry(source.shape, weights.shape, *options_of(step.attributes))


def _data_geometry(step) -> ConvolutionGeometry:
    source, weights = step.operands[2], step.operands[1]
    return convolution_geometry(source.shape, weights.shape, *step.attributes["options"])


def _map_geometry(step) -> ConvolutionGeometry:
    source, weights = step.operands[1], step.operands[2]
    return convolution_geometry(source.shape, weights.shape, *step.attributes["options"])


def _transposed_geometry(step) -> ConvolutionGeometry:
    weights, operand = step.operands
    asked = asked_shape(step.attributes["output_shape"])
    options = options_of(step.attributes)
    return transposed_geometry(operand.shape, weights.shape, *options, asked)


_ROLES = {
    "convolve": _Role("forward", 1, _RESULT, 0, _plain_geometry),
    "convolve_data_gradient": _Role("data_gradient", _RESULT, 0, 1, _data_geometry),
    "convolve_map_gradient": _Role("weights_gradient", 1, 0, _RESULT, _map_geometry),
    "convolve_transposed": _Role("data_gradient", _RESULT, 1, 0, _transposed_geometry),
}


def _serves(step) -> bool:
    symbols = [*step.operands, *step.outputs]
    if any(x.is_sparse or x._dtype.name != "float32" or not is_static(x.shape) for x in symbols):
        return False
    role = _ROLES[step.operator.name]
    return not role.symbols(step)[2].has_rows and _is_fast(role.kind, role.geometry(step))


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
    role = _ROLES[step.operator.name]
    source, target, _ = role.symbols(step)
    geometry = role.geometry(step)
    read, slots = list(step.operands[:2]), list(inputs[:2])
    if step.operator.name == "convolve_transposed":  # as the data gradient has them
        read, slots = read[::-1], slots[::-1]
    symbols = [*read, step.outputs[0]]
    places = [place(x, slot, context) for x, slot in zip(symbols, [*slots, outputs[0]])]
    recipe = ConvolutionRecipe(role.kind, geometry, source.channels_last, target.channels_last)
    versions = {i: context.version_slot(x) for i, x in enumerate(read)}
    counted = {i: slot for i, slot in versions.items() if slot is not None}
    return ExactLaunch(places, recipe, context.layout_slot(source), counted)


def _channels_last(step) -> tuple:
    """Return source and target; each may have its own order."""
    role = _ROLES[step.operator.name]
    geometry = role.geometry(step)
    source, target, _ = role.symbols(step)
    # where the window slides along the channels, they are one more spatial axis
    return ((source,), (target,)) if len(geometry.axes) == len(source.shape) - 1 else ()


declared = [
    Kernel(name, _bind, backend="native", priority=10, writes=True, reads=(0, 1), when=_serves,
           channels_last=_channels_last)
    for name in _ROLES
]  # fmt: skip
