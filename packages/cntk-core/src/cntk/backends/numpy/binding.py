"""Two kernels out of one computation: into the plan's arrays, and into new ones.

The plan provides arrays where the static shapes of outputs are known when it is made. Where a size
is free until data arrive, a computation makes its own.
"""

from __future__ import annotations

from collections.abc import Callable

from cntk.execution.kernels import Kernel, kernel
from cntk.shape import is_static


def bind_twice(operator: str, into: list[Kernel], **options) -> Callable[[Callable], Callable]:
    """Declare a function as both kernels of an operator.

    The function takes a step and returns the computation: a function of the operands' arrays and of
    ``out``, a list of arrays for the results or of None, that returns the list of results. Arrays
    have rows, as those of references of ``per_sample`` operators do; results of the step that have
    none are to be returned without.

    Args:
        operator: name of the operator.
        into: the list that the backend's hook returns.
        options: ``when`` and ``reads`` of the kernel that writes into the plan's arrays.
    """

    def declare(prepare: Callable) -> Callable:
        @kernel(operator, into, writes=True, **options)
        def bind_provided(step, inputs, outputs, context):
            return _launch(prepare(step), step, inputs, outputs, provided=True)

        @kernel(operator, into, priority=-1)
        def bind_new(step, inputs, outputs, context):
            return _launch(prepare(step), step, inputs, outputs, provided=False)

        return prepare

    return declare


def _launch(compute: Callable, step, inputs, outputs, provided: bool) -> Callable:
    add_in = [not x.has_rows for x in step.operands]
    add_out = [not y.has_rows for y in step.all_outputs]

    def run(slots):
        operands = [_with_rows(slots[i], add) for i, add in zip(inputs, add_in)]
        if provided:
            compute(*operands, out=[_with_rows(slots[i], add) for i, add in zip(outputs, add_out)])
            return
        results = compute(*operands, out=[None] * len(outputs))
        for slot, result, added in zip(outputs, results, add_out):
            slots[slot] = result[0] if added else result

    return run


def _with_rows(array, add: bool):
    return array[None] if add and array is not None else array


def static_shape(symbol, array) -> tuple[int, ...]:
    """Return the static shape of an operand that may only lend it: the symbol's, or its data's."""
    return tuple(symbol.shape) if is_static(symbol.shape) else array.shape[1:]
