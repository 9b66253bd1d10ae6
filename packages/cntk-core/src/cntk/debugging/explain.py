"""How a Function is computed: the steps of its plan, and the kernels that were chosen."""

from __future__ import annotations

from cntk.execution.lower import Lowering
from cntk.execution.plan import Plan
from cntk.execution.symbols import PlanGraph, Symbol
from cntk.graph.function import Function
from cntk.shape import shape_text
from cntk.variables import axes_text


def explain(function: Function, training: bool = False) -> str:
    """Return a text with one line per step that computes a Function's outputs.

    A line has the operator, its operands and outputs with their axes, shapes and storage (unless
    dense), the kernel set that computes it, and the user's function and line that it is for. Steps
    of a recurrence's body stand, indented, under its ``scan``.

    Args:
        function: the Function.
        training: take the training form of operators.

    >>> x = C.input_variable(2, name='x')
    >>> explain(C.exp(x)).split('  by')[0]
    '%2 [#] [2] = exp(%1 [#] [2])'
    """
    graph = PlanGraph(training)
    symbols = Lowering(graph).lower(function.outputs)
    return "\n".join(_lines(Plan(graph, symbols, graph.effects), ""))


def _lines(plan: Plan, indent: str):
    for step, kernel in zip(plan.steps, plan.kernels):
        yield indent + step_text(step, kernel)
        body = getattr(step.operator, "body", None)
        if isinstance(body, PlanGraph):
            yield from _lines(Plan(body, step.operator.stacked, place_outputs=True), indent + "  ")


def step_text(step, kernel) -> str:
    """Return one line on a step.

    Args:
        step: the step.
        kernel: what computes it.
    """
    outputs = ", ".join(map(_symbol_text, step.all_outputs))
    operands = ", ".join(map(_symbol_text, step.operands))
    text = f"{outputs} = {step.operator.name}({operands})  by {kernel.backend}"
    if step.purpose is None:
        return text
    node = step.purpose.node
    return f"{text}  for {node.uid} {node.made_at or ''}".rstrip()


def _symbol_text(symbol: Symbol) -> str:
    text = f"%{symbol.number} {axes_text(symbol.dynamic_axes)} {shape_text(symbol.shape)}"
    return f"{text} {symbol.storage.value}" if symbol.is_sparse else text
