"""Reverse-mode differentiation: graph in, graph out.

It knows gradients only through the operators' declarations, and writes them with operators, so that
gradients can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Sequence

from cntk.errors import ExecutionError
from cntk.execution.symbols import PlanGraph, Purpose, Step, Symbol
from cntk.operators.declare import registry
from cntk.operators.structure import expand_to, sum_to
from cntk.shape import is_static
from cntk.sparse import Storage


def gradients(
    graph: PlanGraph, roots: Sequence[tuple[Symbol, Symbol]], wanted: Sequence[Symbol]
) -> list[Symbol | None]:
    """Return the gradient with respect to each wanted symbol; None where none arrives.

    Args:
        graph: the graph that all symbols belong to; steps are appended to it.
        roots: (symbol, gradient at it) pairs to start from.
        wanted: symbols to differentiate with respect to.
    """
    reached = _reached(graph, wanted)
    arrived: dict[int, list[Symbol]] = {}
    for root, gradient in roots:
        arrived.setdefault(root.number, []).append(gradient)
    for step in reversed(list(graph.steps)):
        outputs = [_total(arrived, output) for output in step.all_outputs]
        if all(dy is None for dy in outputs):
            continue
        fill = _operands_to_fill(step, reached)
        if fill:
            first = len(graph.steps)
            _differentiate(step, outputs, fill, arrived)
            if step.purpose is not None:
                graph.note_purpose(first, Purpose(step.purpose.node, is_gradient=True))
    return [_total(arrived, symbol) for symbol in wanted]


def _reached(graph: PlanGraph, wanted: Sequence[Symbol]) -> set[int]:
    """Return the numbers of symbols that depend on a wanted one through gradients."""
    reached = {symbol.number for symbol in wanted}
    for step in graph.steps:
        if _operands_to_fill(step, reached):
            reached.update(output.number for output in step.all_outputs)
    return reached


def _operands_to_fill(step: Step, reached: set[int]) -> list[int]:
    operator = step.operator
    if not operator.has_gradient:
        return []
    names = _names(step)
    return [
        i
        for i, (operand, name) in enumerate(zip(step.operands, names))
        if operand.number in reached and name not in operator.no_gradient
    ]


def _names(step: Step) -> list[str]:
    signature = step.operator.signature
    return [signature.variadic] * len(step.operands) if signature.variadic else signature.operands


def _total(arrived: dict[int, list[Symbol]], symbol: Symbol) -> Symbol | None:
    """Return the sum of what has arrived at a symbol."""
    parts = arrived.get(symbol.number)
    if not parts:
        return None
    total = parts[0]
    for part in parts[1:]:
        total = _sum(total, part)
    arrived[symbol.number] = [total]
    return total


def _sum(left: Symbol, right: Symbol) -> Symbol:
    """Return the sum of two gradients to one symbol; row-sparse ones stay so while they can."""
    for one, other in ((left, right), (right, left)):
        if one.storage is Storage.ROWS:
            return registry["merge_rows" if other.is_sparse else "add_rows"](other, one)
    return registry["plus"](left, right)


def _differentiate(step: Step, given: list, fill: list[int], arrived: dict) -> None:
    """Ask the operator for the gradients of its operands, and add them to what has arrived."""
    operator, signature = step.operator, step.operator.signature
    outputs = dict(zip((*operator.outputs, *operator.saves), step.all_outputs))
    incoming = {f"d{name}": dy for name, dy in zip(outputs, given)}
    rule = operator.rules["gradient"]
    for name in incoming:
        if incoming[name] is None and name in rule.names and not rule.takes_missing:
            incoming[name] = _zeros_like(outputs[name[1:]])
    if all(incoming[name] is None for name in incoming if name in rule.names):
        return
    wanted = (
        set(fill) if signature.variadic else {signature.operands[position] for position in fill}
    )
    found = operator.run_rule(
        "gradient", step.operands, step.attributes, **outputs, **incoming, wanted=wanted
    )
    found = tuple(found) if isinstance(found, (tuple, list)) else (found,)
    if len(found) != len(step.operands):
        raise ExecutionError(
            f"the gradient of operator '{operator.name}' returns {len(found)} values "
            f"for {len(step.operands)} operands"
        )
    for position in fill:
        if found[position] is not None:
            operand = step.operands[position]
            gradient = fit(found[position], operand, stretched=_may_stretch(step, operand))
            arrived.setdefault(operand.number, []).append(gradient)


def _may_stretch(step: Step, operand: Symbol) -> bool:
    """Whether a free axis of an operand may have been of size 1, and stretched to another's."""
    return not is_static(operand.shape) and any(
        other.number != operand.number and not is_static(other.shape) for other in step.operands
    )


def fit(gradient: Symbol, operand: Symbol, stretched: bool = False) -> Symbol:
    """Return the gradient summed or expanded to the operand's rows and static shape.

    Args:
        gradient: has the operand's rows and shape, or those of something it was broadcast to, or is
            to be broadcast to it.
        operand: what the gradient belongs to.
        stretched: free axes that look equal may differ when data arrive.
    """
    same_rows = len(gradient.dynamic_axes) == len(operand.dynamic_axes)
    if same_rows and gradient.shape == operand.shape:
        return sum_to(gradient, operand) if stretched else gradient
    if _is_part_of(gradient, operand):
        return expand_to(gradient, operand)
    return sum_to(gradient, operand)


def _is_part_of(gradient: Symbol, operand: Symbol) -> bool:
    """Whether a gradient broadcasts to its operand."""
    if len(gradient.dynamic_axes) > len(operand.dynamic_axes):
        return False
    lead = len(operand.shape) - len(gradient.shape)
    return lead >= 0 and all(
        size in (1, whole) or (size < 0 and whole != 1)
        for size, whole in zip(gradient.shape, operand.shape[lead:])
    )


def _zeros_like(symbol: Symbol) -> Symbol:
    return expand_to(symbol.graph.literal(0, symbol._dtype), symbol)
