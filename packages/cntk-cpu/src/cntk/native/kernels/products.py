"""Products of matrices by oneDNN's sgemm."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable

from cntk.execution.kernels import Kernel
from cntk.native.kernels.then import going_on
from cntk.native.launch import Launch, place
from cntk.native.library import ffi, lib, onednn
from cntk.shape import is_static


def serves(step) -> bool:
    """Return whether a contraction is one product of matrices, and oneDNN is there."""
    return matrices(step) is not None and _ready()


def _ready() -> bool:
    library = onednn()
    if library is None:
        return False
    address = ctypes.cast(library.dnnl_sgemm, ctypes.c_void_p).value
    lib().set_sgemm(ffi().cast("void *", address))
    return True


def matrices(step) -> tuple | None:
    """Return (m, n, k, which one counts rows, left turned, right turned) of a contraction."""
    left, right = step.operands
    options = step.attributes
    if left.is_sparse or right.is_sparse or step.outputs[0]._dtype.name != "float32":
        return None
    if not (is_static(left.shape) and is_static(right.shape)):
        return None
    left_axes, right_axes = options["left_axes"], options["right_axes"]
    count, rank = len(right_axes), len(right.shape)
    if options["over_rows"]:
        lead = tuple(range(count))
        if not (left.has_rows and right.has_rows and left_axes == right_axes == lead):
            return None
        m, n = math.prod(left.shape[count:]), math.prod(right.shape[count:])
        return m, n, math.prod(left.shape[:count]), 1, True, False
    if right.has_rows or left_axes != tuple(range(len(left.shape) - count, len(left.shape))):
        return None
    k = math.prod(right.shape[i] for i in right_axes)
    m = math.prod(left.shape[: len(left.shape) - count])
    counted = 0 if left.has_rows else -1
    if right_axes == tuple(range(count)):
        return m, math.prod(right.shape[count:]), k, counted, False, False
    if right_axes == tuple(range(rank - count, rank)):
        return m, math.prod(right.shape[: rank - count]), k, counted, False, True
    return None


def bind_contract(step, inputs, outputs, context) -> Callable:
    """Bind a contraction that is one product of matrices."""
    return Launch("product_f32", *bind_product(step, inputs, outputs, context))


def bind_product(step, inputs, outputs, context) -> tuple:
    """Return what a launch of a product takes, after the kernel's name."""
    m, n, k, counted, turn_left, turn_right = matrices(step)  # type: ignore[misc]
    symbols, slots = [*step.operands, *step.outputs], [*inputs, *outputs]
    places = [place(symbol, slot, context) for symbol, slot in zip(symbols, slots)]
    rows = context.layout_slot(step.operands[0])
    panels = (None if counted == 1 else k, n, turn_right)
    return places, [m, n, k, counted, turn_left, turn_right, 0], (), rows, panels


def is_in_no_loop(y) -> bool:
    """Return whether a result is not of a recurrence's body, where threads share products.

    Each of them has some columns of a product, of which a chain takes longer than of rows: with
    RNNs of 64 to 256 units and minibatches of 16 to 64 by 5 to 20 % of the whole loop.
    """
    return not y.graph.loop_axes


declared = [
    going_on(Kernel("contract", bind_contract, backend="native", priority=10, writes=True,
                    when=serves), when=is_in_no_loop)
]  # fmt: skip
