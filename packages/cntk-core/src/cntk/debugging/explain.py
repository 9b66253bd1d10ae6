"""How a Function is computed: the steps of its plan, and the kernels that were chosen."""

from __future__ import annotations

from collections.abc import Iterator

from cntk.debugging.formula_text import formula_text
from cntk.execution.lower import Lowering
from cntk.execution.passes.formula import Chain, Continued
from cntk.execution.plan import Plan
from cntk.execution.symbols import PlanGraph, Symbol
from cntk.graph.function import Function
from cntk.shape import shape_text
from cntk.variables import axes_text


def explain(function: Function, training: bool = False) -> str:
    """Return a text with one line per step that computes a Function's outputs.

    A line has the operator, its operands and outputs with their axes, shapes, storage (unless
    dense) and order in memory (if the first static axis varies fastest), the kernel set that
    computes it, with the algorithm where it has several, and the user's function and line that it
    is for. Of a ``chain``, elementwise steps in one pass, the formula follows; of a step ``then
    chain`` it is computed with the step's own result, ``it``, as soon as that is there. Steps that
    one call outside Python runs stand, indented, under ``segment``, and those of a recurrence's
    body under its ``scan``.

    Args:
        function: the Function.
        training: take the training form of operators.

    >>> x = C.input_variable((2, 3), name='x')
    >>> explain(C.transpose(x, (1, 0))).split('  by')[0]
    '%2 [#] [3 x 2] = permute(%1 [#] [2 x 3])'
    """
    graph = PlanGraph(training)
    symbols = Lowering(graph).lower(function.outputs)
    return "\n".join(_lines(Plan(graph, symbols, graph.effects), ""))


def _lines(plan: Plan, indent: str) -> Iterator[str]:
    for entry in plan.entries:
        if entry.parts:
            count = len(entry.parts)
            yield f"{indent}segment of {count} step{'s' if count > 1 else ''}"
        inside = indent + "  " if entry.parts else indent
        for part in entry.parts or (entry,):
            if part.step is not None:
                yield from _step_lines(part.step, part.kernel, inside)


def _step_lines(step, kernel, indent: str) -> Iterator[str]:
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
    text = f"{outputs} = {step.operator.name}({operands})"
    if isinstance(step.operator, Chain):
        text += f": {formula_text(step, _name)}"
    if isinstance(step.operator, Continued):
        text += f": {formula_text(step.operator.chain, _name, result='it')}"
    text += f"  by {kernel.label}"
    if step.purpose is None:
        return text
    node = step.purpose.node
    return f"{text}  for {node.uid} {node.made_at or ''}".rstrip()


def _name(symbol: Symbol) -> str:
    return f"%{symbol.number}"


def _symbol_text(symbol: Symbol) -> str:
    text = f"%{symbol.number} {axes_text(symbol.dynamic_axes)} {shape_text(symbol.shape)}"
    if symbol.channels_last:
        text += " channels last"
    return f"{text} {symbol.storage.value}" if symbol.is_sparse else text
