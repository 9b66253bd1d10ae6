"""Products with fed data, which may be one-hot rows in dense form: zeros are left out."""

from __future__ import annotations

import math
from collections.abc import Callable

from cntk.execution.kernels import Kernel
from cntk.execution.symbols import Leaf
from cntk.native.kernels.products import bind_product, is_in_no_loop, matrices, serves
from cntk.native.kernels.then import going_on
from cntk.native.launch import Launch

_WIDE = 64  # elements of a row from which on zeros are looked for


def _is_fed(step) -> bool:
    """Whether the left operand is what a user feeds, in rows of some width."""
    left = step.operands[0]
    is_argument = isinstance(left.source, Leaf) and left.source.kind == "argument"
    found = matrices(step) if is_argument and left.has_rows and serves(step) else None
    return found is not None and not found[5] and math.prod(left.shape) >= _WIDE


def bind_contract(step, inputs, outputs, context) -> Callable:
    """Bind a product that looks for zeros first."""
    return Launch("product_of_fed_f32", *bind_product(step, inputs, outputs, context))


declared = [
    going_on(Kernel("contract", bind_contract, backend="native", priority=11, writes=True,
                    when=_is_fed), when=is_in_no_loop)
]  # fmt: skip
