"""Chains of elementwise operators: one pass over memory for a formula of any length."""

from __future__ import annotations

from cntk.errors import ExecutionError
from cntk.execution.kernels import Kernel
from cntk.execution.passes.forms import Form
from cntk.execution.passes.formula import Chain, Formula
from cntk.native.launch import Launch, Place, place
from cntk.native.library import operations

# operator -> operation; those of equal names stand for themselves
_OTHER_NAMES = {
    "element_times": "times",
    "element_select": "select",
    "quotient": "divide",
}
_FORMS = {"dense": 0, "scalar": 1, "periodic": 2, "strided": 3}
_NUMBER = 4
_MOST_REGISTERS = 96  # as in chain.c


def _computes(step) -> bool:
    name = step.operator.name
    known = _OTHER_NAMES.get(name, name) in operations() and name not in _DIFFERENT
    return known and not step.attributes and step.outputs[0]._dtype.name in ("float32", "float64")


_DIFFERENT = {"times", "divide", "max", "min", "select", "copy"}  # operations that are no operators


def bind_chain(step, inputs, outputs, context) -> Launch:
    """Bind a chain."""
    operator: Chain = step.operator
    y = step.outputs[0]
    ints, floats, places, registers = _program(operator.formula)
    if registers > _MOST_REGISTERS:
        raise ExecutionError(
            f"a chain needs {registers} registers, and its kernel has {_MOST_REGISTERS}."
        )
    found: list[Place] = []
    for position in places:
        if position is None:  # a number: nothing to point to
            found.append(place(y, outputs[0], context))
        else:
            found.append(place(step.operands[position], inputs[position], context))
    stored = [outputs[store.output] for store in operator.formula.stores]
    results = [step.outputs[store.output] for store in operator.formula.stores]
    found += [place(symbol, slot, context) for symbol, slot in zip(results, stored)]
    rows = context.layout_slot(y)
    suffix = "f32" if y._dtype.itemsize == 4 else "f64"
    return Launch(f"chain_{suffix}", found, ints, floats, rows)


def _program(formula: Formula) -> tuple[list[int], list[float], list[int | None], int]:
    """Return (ints, floats, operand of each load, number of registers) of a formula."""
    loads: list[int] = []
    floats: list[float] = []
    places: list[int | None] = []
    for position, form in formula.loads:
        if isinstance(form, Form):
            loads += [_FORMS[form.kind], form.repeat_or_width, form.period_or_stride, form.begin]
        else:
            loads += [_NUMBER, len(floats), 0, 0]
            floats.append(form)
        places.append(position)
    registers, where = _registers(formula)
    steps: list[int] = []
    for compute, target in zip(formula.computes, where[len(formula.loads) :]):
        name = compute.operator.name
        sources = [where[source] for source in compute.sources]
        steps += [operations()[_OTHER_NAMES.get(name, name)], target]
        steps += (sources * 3)[:3] if len(sources) == 1 else (sources + sources)[:3]
    stores = [
        number
        for store in formula.stores
        for number in (where[store.source], store.width, store.stride, store.begin)
    ]
    head = [
        formula.width,
        len(formula.loads),
        len(formula.computes),
        len(formula.stores),
        registers,
    ]
    return head + loads + steps + stores, floats, places, registers


def _registers(formula: Formula) -> tuple[int, list[int]]:
    """Return (how many registers, the register of each value); a computation's may be used again.

    A result may lie in the register of a source that is read for the last time only if that is
    computed element by element; all operations are.
    """
    first = len(formula.loads)
    last: dict[int, int] = {}
    for i, compute in enumerate(formula.computes):
        for source in compute.sources:
            last[source] = i
    for store in formula.stores:
        last[store.source] = len(formula.computes)
    where = list(range(first))
    free: list[int] = []
    count = first
    for i, _ in enumerate(formula.computes):
        if free:
            where.append(free.pop())
        else:
            where.append(count)
            count += 1
        for value, end in last.items():
            if end == i and value >= first:
                free.append(where[value])
        if first + i not in last:
            free.append(where[first + i])
    return count, where


declared = [
    Kernel("chain", bind_chain, backend="native", priority=10, writes=True, computes=_computes)
]
