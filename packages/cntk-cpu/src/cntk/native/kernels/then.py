"""Kernels in C that go on with a chain: their launches have the chain's beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cntk.execution.kernels import Kernel
from cntk.native.kernels.chains import bind_chain
from cntk.native.launch import Launch


def going_on(kernel: Kernel, when: Callable) -> Kernel:
    """Return a kernel whose function in C goes on with any chain of float32 numbers.

    Args:
        kernel: the kernel without.
        when: function of the result of a step that says whether it does.
    """

    def then(step, chain) -> Kernel | None:
        y = step.outputs[0]
        return replace(kernel, bind=bind) if y._dtype.name == "float32" and when(y) else None

    def bind(step, inputs: list[int], outputs: list[int], context) -> Launch:
        operator = step.operator
        count, result = len(operator.first.operands), outputs[operator.result]
        launch = kernel.bind(operator.first, inputs[:count], [result], context)
        launch.then = bind_chain(operator.chain, [result, *inputs[count:]], outputs, context)
        return launch

    return replace(kernel, then=then)
