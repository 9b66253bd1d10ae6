"""Elementwise kernels that write into the plan's memory: one NumPy loop each."""

from __future__ import annotations

import numpy as np

from cntk.execution.kernels import Kernel, kernel

declared: list[Kernel] = []

_UNARY: dict[str, np.ufunc] = {
    "negate": np.negative,
    "exp": np.exp,
    "tanh": np.tanh,
    "sin": np.sin,
    "cos": np.cos,
    "floor": np.floor,
    "abs": np.abs,
}
_BINARY: dict[str, np.ufunc] = {
    "plus": np.add,
    "minus": np.subtract,
    "element_times": np.multiply,
    "equal": np.equal,
    "not_equal": np.not_equal,
    "less": np.less,
    "less_equal": np.less_equal,
    "greater": np.greater,
    "greater_equal": np.greater_equal,
}


def _unary(ufunc):
    def bind(step, inputs, outputs, context):
        (x,), y = inputs, outputs[0]

        def run(slots):
            ufunc(slots[x], slots[y])

        return run

    return bind


def _binary(ufunc):
    def bind(step, inputs, outputs, context):
        (left, right), y = inputs, outputs[0]

        def run(slots):
            ufunc(slots[left], slots[right], slots[y])

        return run

    return bind


for _name, _ufunc in _UNARY.items():
    kernel(_name, declared, writes=True, in_place=(0,))(_unary(_ufunc))
for _name, _ufunc in _BINARY.items():
    kernel(_name, declared, writes=True, in_place=(0, 1))(_binary(_ufunc))


@kernel("relu", declared, writes=True, in_place=(0,))
def bind_relu(step, inputs, outputs, context):
    """Bind max(x, 0)."""
    (x,), y = inputs, outputs[0]
    zero = step.outputs[0]._dtype.type(0)

    def run(slots):
        np.maximum(slots[x], zero, out=slots[y])

    return run


@kernel("sigmoid", declared, writes=True, in_place=(0,))
def bind_sigmoid(step, inputs, outputs, context):
    """Bind 1 / (1 + exp(-x)); where exp overflows to infinity the result is 0, as it should be."""
    (x,), y = inputs, outputs[0]
    one = step.outputs[0]._dtype.type(1)

    def run(slots):
        out = slots[y]
        np.negative(slots[x], out)
        np.exp(out, out)
        np.add(out, one, out)
        np.divide(one, out, out)

    return run
