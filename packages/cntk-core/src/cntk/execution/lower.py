"""Lowering: the user's graph becomes a plan's graph; blocks dissolve."""

from __future__ import annotations

from collections.abc import Sequence

from cntk.axis import UNKNOWN_AXES
from cntk.errors import ExecutionError, describe
from cntk.execution.symbols import PlanGraph, Symbol, freeze
from cntk.graph.infer import Spec
from cntk.graph.nodes import Block, Combine, PrimitiveFunction
from cntk.graph.traverse import nodes_in_order
from cntk.variables import Variable


class Lowering:
    """Interprets a user's graph on symbols.

    Args:
        graph: the plan's graph to append to.
    """

    def __init__(self, graph: PlanGraph) -> None:
        self.graph = graph
        self.symbol_of: dict[Variable, Symbol] = {}

    def lower(self, outputs: Sequence[Variable]) -> list[Symbol]:
        """Return the symbols of output variables."""
        for node in nodes_in_order(outputs):
            self._lower_node(node)
        return [self._symbol(output) for output in outputs]

    def _lower_node(self, node) -> None:
        if isinstance(node, Combine):
            return
        if isinstance(node, Block):
            self._lower_block(node)
            return
        operands = [self._symbol(operand) for operand in node.operands]
        if isinstance(node, PrimitiveFunction):
            result = self._emit(node, operands)
        else:
            result = node.emit_symbols(self.graph, operands)
        results = result if isinstance(result, tuple) else (result,)
        self.symbol_of.update(zip(node.outputs, results))

    def _emit(self, node: PrimitiveFunction, operands: list[Symbol]):
        operator, attributes = node.operator, node.arguments_by_name
        if operator.runtime:
            attributes = {
                name: self._runtime(node, name) if name in operator.runtime else value
                for name, value in attributes.items()
            }
        for position, name in enumerate(operator.signature.operands):
            if name in operator.updates:  # chained writers read what the one before them wrote
                newest = self.graph.newest.get(id(node.operands[position]))
                operands[position] = newest or operands[position]
        before = len(self.graph.steps)
        result = (
            self.graph.emit(operator, operands, attributes)
            if operands
            else _emit_leafless(self.graph, operator, attributes)
        )
        for step in self.graph.steps[before:]:
            step.user_node = node
        return result

    def _runtime(self, node: PrimitiveFunction, name: str) -> Symbol:
        kind = "offset" if name == "rng_offset" else "attribute"
        dtype = node.outputs[0]._dtype
        payload = (node, name)
        return self.graph.scalar(kind, payload, dtype, key=(id(node), name))

    def _lower_block(self, block: Block) -> None:
        for inner, outer in zip(block.placeholders_inside, block.operands):
            self.symbol_of[inner] = self._symbol(outer)
        for node in nodes_in_order(block.body.outputs):
            self._lower_node(node)
        for output, inside in zip(block.outputs, block.body.outputs):
            self.symbol_of[output] = self._symbol(inside)

    def _symbol(self, variable: Variable) -> Symbol:
        symbol = self.symbol_of.get(variable)
        if symbol is None:
            if variable.is_output:
                raise ExecutionError(
                    f"the graph has a cycle through {variable}; recurrences go through "
                    "C.sequence.past_value or future_value"
                )
            symbol = self.symbol_of[variable] = self._leaf(variable)
        return symbol

    def _leaf(self, variable: Variable) -> Symbol:
        if variable.is_placeholder or variable.dynamic_axes == UNKNOWN_AXES:
            raise ExecutionError(
                describe(
                    f"Unknown DataType: the graph still has the placeholder {variable}.",
                    made_at=variable.made_at,
                    hint="apply the Function to inputs, or call replace_placeholders",
                )
            )
        spec = Spec(
            variable.shape,
            variable._dtype,
            variable.dynamic_axes,
            variable.is_sparse,
            variable.needs_gradient,
        )
        if variable.is_input:
            return self.graph.leaf("argument", variable, spec)
        if getattr(variable, "is_literal", False):
            return self.graph.literal(variable.cell.read(variable.shape, variable._dtype),
                                      variable._dtype)  # fmt: skip
        return self.graph.leaf("cell", variable, spec)


def _emit_leafless(graph: PlanGraph, operator, attributes: dict):
    """Emit an operator without operands (a random distribution)."""
    return graph.emit(operator, [], attributes)


def structural_key(outputs: Sequence[Variable]) -> tuple[tuple, list] | None:
    """Return (key, leaf payloads) of a graph; None when it holds user functions.

    Graphs with equal keys have equal plans; the payloads are listed in the order in which
    :class:`Lowering` meets them, so that a plan of one graph can be bound to another.
    """
    numbers: dict[Variable, int] = {}
    key: list = []
    payloads: list = []

    def leaf(variable: Variable) -> int:
        stored = variable.is_parameter or variable.is_constant
        literal = getattr(variable, "is_literal", False)
        if literal:
            array = variable.cell.read(variable.shape, variable._dtype)
            key.append(("literal", freeze(array)))
        else:
            kind = "cell" if stored else "argument"
            key.append((kind, variable.shape, variable._dtype, variable.dynamic_axes,
                        variable.is_sparse, variable.needs_gradient))  # fmt: skip
            payloads.append(variable)
        numbers[variable] = len(numbers)
        return numbers[variable]

    def number(variable: Variable) -> int:
        found = numbers.get(variable)
        return leaf(variable) if found is None else found

    def visit(nodes) -> bool:
        for node in nodes:
            if isinstance(node, Combine):
                continue
            if isinstance(node, Block):
                for inner, outer in zip(node.placeholders_inside, node.operands):
                    numbers[inner] = number(outer)
                if not visit(nodes_in_order(node.body.outputs)):
                    return False
                for output, inside in zip(node.outputs, node.body.outputs):
                    numbers[output] = number(inside)
                continue
            if not isinstance(node, PrimitiveFunction):
                return False
            operands = tuple([number(operand) for operand in node.operands])
            if node._frozen_key is None:
                node._frozen_key = (
                    node.operator.name,
                    freeze({k: v for k, v in node.arguments_by_name.items()
                            if k not in node.operator.runtime}),
                )  # fmt: skip
            payloads.extend((node, n) for n in node.arguments_by_name if n in node.operator.runtime)
            key.append((node._frozen_key, operands))
            for output in node.outputs:
                numbers[output] = len(numbers) + 1_000_000
        return True

    if not visit(nodes_in_order(outputs)):
        return None
    key.append(tuple([number(output) for output in outputs]))
    return tuple(key), payloads



