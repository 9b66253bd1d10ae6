"""Products over rows of which one side was delayed: its first rows may be nothing but zeros.

That is how the gradient of a recurrent weight is computed: the states of the step before, by what
arrives at this one.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from cntk.execution.kernels import Kernel, kernel
from cntk.execution.symbols import Leaf, Step, Symbol
from cntk.native.kernels.products import bind_product, serves
from cntk.native.launch import Launch, Place, place

declared: list[Kernel] = []
_FIXED = ("cell", "literal")  # leaves that are there whenever the product is computed


def _delay_of(x: Symbol) -> Step | None:
    """Return the step that delays an operand by some time steps, from a boundary that is a leaf."""
    step = x.source
    if not isinstance(step, Step) or step.operator.name != "delay_rows":
        return None
    rows, boundary = step.operands
    plain = rows.dynamic_axes == x.dynamic_axes and step.attributes["steps"] > 0
    source = boundary.source
    fixed = isinstance(source, Leaf) and source.kind in _FIXED and not boundary.is_sparse
    return step if plain and fixed and boundary._dtype.name == "float32" else None


def _is_of_delayed(step) -> bool:
    if not step.attributes["over_rows"] or not serves(step):
        return False
    return any(_delay_of(x) is not None for x in step.operands)


class _Product(Launch):
    """A product of whole sequences; where they are parts, what was delayed begins with no zeros."""

    is_choosy = True

    def __init__(self, step, inputs, outputs, context) -> None:
        places, ints, _, rows, _ = bind_product(step, inputs, outputs, context)
        delays = [_delay_of(x) for x in step.operands]
        delay = next(known for known in delays if known is not None)
        boundary = delay.operands[1]
        edge = place(boundary, context.slot(boundary), context)
        starts = Place(rows, (), np.dtype(np.int64), None, "offsets")
        more = [delays[0] is not None, delay.attributes["steps"], math.prod(boundary.shape)]
        super().__init__(
            "product_of_delayed_f32", [*places, edge, starts], [*ints, *more], rows=rows
        )
        self._otherwise = Launch("product_f32", *bind_product(step, inputs, outputs, context))

    def serves(self, slots: list) -> bool:
        return not slots[self.rows].continues

    def __call__(self, slots: list) -> None:
        if self.serves(slots):
            super().__call__(slots)
        else:
            self._otherwise(slots)


@kernel("contract", declared, backend="native", priority=11, writes=True, when=_is_of_delayed)
def bind_contract(step, inputs, outputs, context) -> Callable:
    """Bind a product that leaves out the first rows where they are zeros."""
    return _Product(step, inputs, outputs, context)
