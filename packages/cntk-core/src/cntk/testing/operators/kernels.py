"""Kernels: each that could be chosen against the reference, on all arrays that plans hand out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cntk.errors import DTypeError
from cntk.execution.kernels import Kernel, candidates
from cntk.execution.symbols import Step
from cntk.operators.declare import Operator
from cntk.shape import is_static
from cntk.testing.calls import Call
from cntk.testing.derivatives import Derivatives
from cntk.testing.interpreter import Interpreter, launch
from cntk.testing.mismatch import Mismatch, assert_close, tolerance


def check_kernels(operator: Operator, number: int, dtype) -> None:
    """Run every kernel that fits a step of the operator or of its gradient.

    A kernel gets its operands contiguous, then strided, then, where it may, with the memory of an
    operand for its result. Operands that it does not read are missing, memory for results is full
    of numbers from before.

    Raises:
        Mismatch: a kernel and the reference differ, or an operand is written to.
    """
    call = Call(operator, number, dtype)
    try:
        graph = Derivatives(call)
    except DTypeError:
        if dtype is np.float16:  # an operator may refuse it
            return
        raise
    interpreter = graph.interpreter()
    for step in graph.plan_graph.steps:
        for kernel in fitting(step):
            for words, operands, into in _situations(kernel, step, interpreter):
                what = f"kernel '{kernel.label}' of {step.operator.name}, {words}"
                _check(kernel, step, operands, into, interpreter, what, call)


def fitting(step: Step) -> list[Kernel]:
    """Return the kernels that could be chosen for a step."""
    has_memory = all(is_static(output.shape) for output in step.all_outputs)
    return [
        kernel
        for kernel in candidates(step.operator.name)
        if (has_memory or not kernel.writes) and kernel.when(step)
    ]


def _situations(
    kernel: Kernel, step: Step, interpreter: Interpreter
) -> Iterator[tuple[str, list, list | None]]:
    """Yield (what is special, operands, arrays for the outputs)."""
    operands = interpreter.values(step.operands)
    read = range(len(operands)) if kernel.reads is None else kernel.reads

    def lent(change) -> list:
        return [change(x) if i in read else None for i, x in enumerate(operands)]

    yield "contiguous operands", lent(_copy), _memory(kernel, step, interpreter)
    yield "strided operands", lent(_strided), _memory(kernel, step, interpreter)
    for position in kernel.in_place:
        given, into = lent(_copy), _memory(kernel, step, interpreter)
        place = _fitting_output(step, position)
        if into is not None and place is not None:
            into[place] = given[position]
            yield f"in the memory of operand {position}", given, into


def _copy(array):
    return np.array(array, order="C") if isinstance(array, np.ndarray) else array


def _strided(array):
    """Return the same numbers in every other place of a longer array."""
    if not isinstance(array, np.ndarray) or not array.ndim:
        return array
    longer = np.full((*array.shape[:-1], 2 * array.shape[-1]), 7, array.dtype)
    longer[..., ::2] = array
    return longer[..., ::2]


def _memory(kernel: Kernel, step: Step, interpreter: Interpreter) -> list | None:
    if not kernel.writes:
        return None
    return [np.full(x.shape, 7, x.dtype) for x in _expected(step, interpreter)]


def _expected(step: Step, interpreter: Interpreter) -> list[np.ndarray]:
    return interpreter.values(step.all_outputs)


def _fitting_output(step: Step, position: int) -> int | None:
    """Return the output that could take over an operand's memory, as plans decide it."""
    operand = step.operands[position]
    if sum(other.number == operand.number for other in step.operands) > 1:
        return None
    for i, output in enumerate(step.all_outputs):
        if (operand.shape, operand.dynamic_axes, operand._dtype) == (
            output.shape, output.dynamic_axes, output._dtype
        ):  # fmt: skip
            return i
    return None


def _check(kernel, step, operands, into, interpreter, what: str, call: Call) -> None:
    numbers = {v: interpreter.value(v) for v in step.attributes.values() if hasattr(v, "source")}
    taken = [any(x is array for array in into or ()) for x in operands]
    before = [_copy(x) for x in operands]
    found = launch(kernel, step, operands, interpreter.layouts, numbers, into)
    for ours, theirs in zip(found, _expected(step, interpreter)):
        allowed = tolerance(theirs.dtype)
        assert_close(ours, theirs, allowed, what, f"step {step!r}", *call.describe())
    for i, (array, old) in enumerate(zip(operands, before)):
        if isinstance(array, np.ndarray) and not taken[i] and not np.array_equal(
            array, old, equal_nan=True
        ):  # fmt: skip
            raise Mismatch(f"{what}: operand {i} is written to", f"step {step!r}")
