"""A plan's graph run the plain way, to compare plans and kernels with.

Each step is computed by its operator's NumPy reference (a loop by its only kernel), into new
memory, when somebody asks for its result. There is no choice of kernels and no memory that is used
twice: slow, and easy to trust.
"""

from __future__ import annotations

import numpy as np

from cntk.continuation import Passage
from cntk.execution.kernels import Kernel, reference_kernel
from cntk.execution.plan import Context
from cntk.execution.symbols import Leaf, PlanGraph, Step, Symbol
from cntk.layout import Layout
from cntk.testing.mismatch import Mismatch


class Interpreter:
    """The values of a graph's symbols for given data.

    Args:
        graph: the graph.
        given: {payload of a leaf: packed rows}; arguments and given leaves need one, cells may.
        layouts: {dynamic axes: layout of the rows}.
    """

    def __init__(self, graph: PlanGraph, given: dict, layouts: dict[tuple, Layout]) -> None:
        self.graph, self.given, self.layouts = graph, given, {**layouts}
        self._known: dict[int, object] = {}

    def value(self, symbol: Symbol):
        """Return the array of a symbol."""
        if symbol.number not in self._known:
            if isinstance(symbol.source, Leaf):
                self._known[symbol.number] = self._value_of(symbol.source)
            else:
                self._compute(symbol.source)
        return self._known[symbol.number]

    def values(self, symbols) -> list:
        """Return an array for each symbol."""
        return [self.value(symbol) for symbol in symbols]

    def _value_of(self, leaf: Leaf):
        kind, payload = leaf
        if kind in ("argument", "given"):
            return self.given[payload]
        if kind == "cell":
            if payload in self.given:
                return self.given[payload]
            return payload.cell.read(payload._shape, payload._dtype)
        if kind == "literal":
            return payload
        if kind == "passage":
            return Passage(None)
        node, name = payload  # an attribute that may change between runs
        return node.arguments_by_name[name]

    def _compute(self, step: Step) -> None:
        operands = self.values(step.operands)
        numbers = {v: self.value(v) for v in step.attributes.values() if isinstance(v, Symbol)}
        kernel = step.operator.own_kernel or reference_kernel
        into = self._memory(step) if kernel.writes else None
        results = launch(kernel, step, operands, self.layouts, numbers, into)
        for symbol, array in zip(step.all_outputs, results):
            assert_declared(symbol, array, self.layouts, f"the reference of {step.operator.name}")
            self._known[symbol.number] = array

    def _memory(self, step: Step) -> list[np.ndarray]:
        shapes = [shape_of(symbol, self.layouts) for symbol in step.all_outputs]
        return [np.empty(n, x._dtype) for n, x in zip(shapes, step.all_outputs)]


def launch(
    kernel: Kernel, step: Step, operands: list, layouts: dict, numbers: dict | None = None,
    into: list | None = None,
) -> list:  # fmt: skip
    """Return what one kernel computes for one step.

    Args:
        kernel: the kernel.
        step: the step.
        operands: an array for each operand.
        layouts: {dynamic axes: layout of the rows}; layouts that the step makes are added.
        numbers: {symbol: number} of attributes that may change between runs.
        into: an array for each output, for a kernel that writes into them.
    """
    context = Context()
    inputs = [context.slot(symbol) for symbol in step.operands]
    outputs = [context.slot(symbol) for symbol in step.all_outputs]
    run = kernel.bind(step, inputs, outputs, context)
    slots: list = [None] * context.count
    for slot, array in zip(inputs, operands):
        slots[slot] = array
    for symbol, number in (numbers or {}).items():
        slot = context.slot(symbol)
        if slot < len(slots):
            slots[slot] = number
    for axes, slot in context.layout_slots.items():
        slots[slot] = layouts.get(axes)
    if into is not None:
        for slot, array in zip(outputs, into):
            slots[slot] = array
    with np.errstate(all="ignore"):
        run(slots)
    layouts.update({axes: slots[i] for axes, i in context.layout_slots.items()
                    if slots[i] is not None})  # fmt: skip
    return [slots[slot] for slot in outputs]


def shape_of(symbol: Symbol, layouts: dict) -> tuple[int, ...]:
    """Return the shape of a symbol's array; sizes that are free stay -3."""
    return (layouts[symbol.dynamic_axes].rows, *symbol.shape) if symbol.has_rows else symbol.shape


def assert_declared(symbol: Symbol, array, layouts: dict, what: str) -> None:
    """Check that an array has the shape and element type that were inferred for it.

    Raises:
        Mismatch: it has not.
    """
    if symbol.is_sparse:
        return
    expected = tuple(shape_of(symbol, layouts))
    fits = len(array.shape) == len(expected) and all(
        size in (n, -3) for n, size in zip(array.shape, expected)
    )
    if not fits or array.dtype != symbol._dtype:
        raise Mismatch(
            f"{what} returns another shape or element type than is declared",
            f"found     {array.shape} {array.dtype}",
            f"declared  {expected} {symbol._dtype}",
            hint="bring the shape or dtype rule and the reference together",
        )
