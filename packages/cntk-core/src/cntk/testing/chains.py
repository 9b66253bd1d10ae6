"""Chains run the plain way: what a formula says, in NumPy, element by element of memory.

With :data:`chain_kernel` plans have chains where no fast backend is installed, and a backend's own
kernel has something to be compared with.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cntk.execution.kernels import Kernel
from cntk.execution.passes.forms import Form
from cntk.execution.passes.formula import Chain, Compute, Formula, Store


def loaded(memory: np.ndarray, form: Form, count: int) -> np.ndarray:
    """Return the elements that a load reads.

    Args:
        memory: all elements of the operand, in the order of memory.
        form: which of them belongs to which element of the domain.
        count: elements of the domain.
    """
    i = np.arange(count)
    width, stride = form.repeat_or_width, form.period_or_stride
    if form.kind == "dense":
        at = i
    elif form.kind == "scalar":
        at = np.zeros_like(i)
    elif form.kind == "periodic":
        at = i // width
        at = at % stride if stride else at
    else:
        at = i // width * stride + i % width
    return memory[at + form.begin]


def store(memory: np.ndarray, values: np.ndarray, how: Store) -> None:
    """Put the elements of the domain where a store says, in a result's memory."""
    i = np.arange(len(values))
    at = i // how.width * how.stride + how.begin + i % how.width if how.stride else i
    memory[at] = values


def computed(compute: Compute, operands: list[np.ndarray]) -> np.ndarray:
    """Return what an operator's reference computes from its operands."""
    operator = compute.operator
    available = dict(zip(operator.signature.operands, operands))
    return np.asarray(operator.rules["reference"](available, compute.attributes))


def run(formula: Formula, operands: list[np.ndarray], count: int, dtype) -> list[np.ndarray]:
    """Return all values of a formula: loads, then computations.

    Args:
        formula: the formula.
        operands: the memory of each operand.
        count: elements of its domain.
        dtype: element type of all values.
    """
    values: list[np.ndarray] = []
    for position, form in formula.loads:
        if position is None:
            values.append(np.full(count, form, dtype))
        else:
            assert isinstance(form, Form)
            values.append(loaded(operands[position], form, count))
    for compute in formula.computes:
        found = computed(compute, [values[source] for source in compute.sources])
        values.append(found.astype(dtype, copy=False))
    return values


def _memory(array: np.ndarray, symbol) -> np.ndarray:
    """Return the elements of an array in the order of its memory; a view where that can be."""
    if symbol.channels_last:
        array = np.moveaxis(array, -len(symbol.shape), -1)
    return np.ascontiguousarray(array).reshape(-1)


def _bind(step, inputs, outputs, context) -> Callable:
    operator: Chain = step.operator
    formula, rows_slot = operator.formula, context.layout_slot(step.outputs[0])

    def launch(slots: list) -> None:
        rows = 1 if rows_slot is None else slots[rows_slot].rows
        operands = [_memory(slots[slot], x) for slot, x in zip(inputs, step.operands)]
        values = run(formula, operands, rows * formula.width, step.outputs[0]._dtype)
        for how in formula.stores:
            symbol, result = step.outputs[how.output], slots[outputs[how.output]]
            memory = _memory(result, symbol).copy()
            store(memory, values[how.source], how)
            target = np.moveaxis(result, -len(symbol.shape), -1) if symbol.channels_last else result
            target[...] = memory.reshape(target.shape)

    return launch


def _computes(step) -> bool:
    """Whether a step is elementwise and has a reference that needs no more than its operands."""
    reference = step.operator.rules.get("reference")
    return (
        step.operator.family == "elementwise"
        and reference is not None
        and set(reference.names) <= set(step.operator.signature.operands)
        and not step.attributes
        and step.outputs[0]._dtype.name in ("float32", "float64")
    )


chain_kernel = Kernel("chain", _bind, backend="interpreter", writes=True, computes=_computes)
