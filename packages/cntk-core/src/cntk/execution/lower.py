"""Lowering: the user's graph becomes a plan's graph; blocks dissolve."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from cntk.axis import UNKNOWN_AXES
from cntk.errors import ExecutionError, describe
from cntk.execution.recurrence.loops import Loop
from cntk.execution.symbols import PlanGraph, Purpose, Symbol, freeze
from cntk.graph.flatten import FlatGraph
from cntk.graph.infer import Spec
from cntk.graph.nodes import PrimitiveFunction
from cntk.sparse import Storage
from cntk.variables import Constant, Variable, axes_text


class Lowering:
    """Interprets a user's graph on symbols.

    Args:
        graph: the plan's graph to append to.
    """

    def __init__(self, graph: PlanGraph) -> None:
        self.graph = graph
        self.symbol_of: dict[Variable, Symbol] = {}
        self._loop_of: dict[Variable, Loop] = {}

    def inside(self, body: PlanGraph, symbol_for: Callable) -> Lowering:
        """Return a lowering into the body of a loop.

        Args:
            body: the graph of a time step.
            symbol_for: returns the body's symbol for what comes from around the loop.
        """
        return _InsideLowering(self, body, symbol_for)

    def lower(self, outputs: Sequence[Variable]) -> list[Symbol]:
        """Return the symbols of output variables."""
        flat = FlatGraph(outputs)
        for group in flat.groups:
            if flat.is_recurrent(group):
                loop = Loop(self, flat, group)
                self._loop_of.update((o, loop) for node in group for o in node.outputs)
            elif group[0].outputs[0] not in self.symbol_of:
                self.lower_node(group[0], flat.operands(group[0]))
        return [self.symbol(flat.resolve(output)) for output in outputs]

    def lower_node(self, node, variables: list[Variable]) -> None:
        """Append a node that is applied to variables."""
        operands = [self.symbol(variable) for variable in variables]
        first = len(self.graph.steps)
        if isinstance(node, PrimitiveFunction):
            result = self._emit(node, operands)
        else:
            result = node.emit_symbols(self.graph, operands)
        results = result if isinstance(result, tuple) else (result,)
        self.symbol_of.update(zip(node.outputs, results))
        self.graph.note_purpose(first, Purpose(node))

    def _emit(self, node: PrimitiveFunction, operands: list[Symbol]):
        operator, attributes = node.operator, node.arguments_by_name
        if operator.runtime:
            attributes = {
                name: self.runtime(node, name) if name in operator.runtime else value
                for name, value in attributes.items()
            }
        if operator.continues:
            attributes = {**attributes, "passage": self.passage(node)}
        for position, name in enumerate(operator.signature.operands):
            if name in operator.updates:  # chained writers read what the one before them wrote
                newest = self.graph.newest.get(id(node.operands[position]))
                operands[position] = newest or operands[position]
        return self.graph.emit(operator, operands, attributes)

    def runtime(self, node: PrimitiveFunction, name: str) -> Symbol:
        """Return the symbol of an attribute that may change without a new plan."""
        kind = "offset" if name == "rng_offset" else "attribute"
        spec = Spec((), node.outputs[0]._dtype)
        return self.graph.leaf(kind, (node, name), spec, key=(id(node), name))

    def passage(self, node: PrimitiveFunction) -> Symbol:
        """Return the symbol of what a delay keeps from one minibatch to the next."""
        return self.graph.leaf("passage", node, Spec((), node.outputs[0]._dtype))

    def symbol(self, variable: Variable) -> Symbol:
        """Return the symbol of a resolved variable."""
        symbol = self.symbol_of.get(variable)
        if symbol is None and variable in self._loop_of:
            symbol = self.symbol_of[variable] = self._loop_of[variable].output(variable)
        if symbol is None:
            if variable.is_output:
                raise ExecutionError(f"{variable} has not been computed yet")
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
        spec = Spec.of(variable, Storage.of(variable.is_sparse), variable.needs_gradient)
        if variable.is_input:
            _check_axes(variable)
            return self.graph.leaf("argument", variable, spec)
        literal = _literal(variable)
        if literal is not None:
            return self.graph.literal(literal, literal.dtype)
        return self.graph.leaf("cell", variable, spec)


def _check_axes(variable: Variable) -> None:
    """Refuse an input whose dynamic axes are not a batch axis and at most one sequence axis."""
    axes = variable.dynamic_axes
    if tuple(axis.is_batch_axis for axis in axes) not in ((), (True,), (True, False)):
        raise ExecutionError(
            describe(
                f"Input Variable '{variable}' has the dynamic axes '{axes_text(axes)}': a batch "
                "axis, and at most one sequence axis beside it, can be computed with.",
                made_at=variable.made_at,
                hint="dynamic_axes=[C.Axis.default_batch_axis(), C.Axis('name')]",
            )
        )


class _InsideLowering(Lowering):
    """Lowers the nodes of a loop into its body."""

    def __init__(self, outer: Lowering, body: PlanGraph, symbol_for: Callable) -> None:
        super().__init__(body)
        self._outer, self._symbol_for = outer, symbol_for

    def symbol(self, variable: Variable) -> Symbol:
        known = self.symbol_of.get(variable)
        if known is None:
            known = self.symbol_of[variable] = self._symbol_for(variable)
        return known

    def runtime(self, node: PrimitiveFunction, name: str) -> Symbol:
        return self._symbol_for(self._outer.runtime(node, name))


def _literal(variable: Variable) -> np.ndarray | None:
    """Return the value of a constant that an operator's own body wrote; None for all others."""
    if isinstance(variable, Constant) and variable.is_literal:
        return variable.cell.read(variable.shape, variable._dtype)
    return None


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
        literal = _literal(variable)
        if literal is not None:
            key.append(("literal", freeze(literal)))
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

    flat = FlatGraph(outputs)
    for group in flat.groups:
        if not all(isinstance(node, PrimitiveFunction) for node in group):
            return None
        if flat.is_recurrent(group):  # its nodes use each other: all are numbered first
            key.append(("loop", len(group)))
            _number_outputs(group, numbers)
        for node in group:
            operands = tuple([number(operand) for operand in flat.operands(node)])
            payloads.extend((node, n) for n in node.arguments_by_name if n in node.operator.runtime)
            if node.operator.continues:
                payloads.append(node)
            key.append((_node_key(node), operands))
            _number_outputs([node], numbers)
    key.append(tuple([number(flat.resolve(output)) for output in outputs]))
    return tuple(key), payloads


def _number_outputs(nodes, numbers: dict[Variable, int]) -> None:
    for node in nodes:
        for output in node.outputs:
            numbers.setdefault(output, len(numbers))


def _node_key(node: PrimitiveFunction) -> tuple:
    """Return what distinguishes a node from others, apart from its operands."""
    if node._frozen_key is None:
        fixed = {k: v for k, v in node.arguments_by_name.items() if k not in node.operator.runtime}
        node._frozen_key = (node.operator, freeze(fixed))  # a notebook may declare its name anew
    return node._frozen_key
