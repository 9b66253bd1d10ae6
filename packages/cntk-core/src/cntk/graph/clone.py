"""Copies of graphs, with parameters shared, copied or frozen, and parts replaced."""

from __future__ import annotations

import itertools
import warnings
from collections import ChainMap
from collections.abc import MutableMapping

from cntk.errors import ArgumentError
from cntk.graph.build import as_function, combine, composite_of, infer_node
from cntk.graph.fixpoint import infer_until_stable
from cntk.graph.flatten import FlatGraph
from cntk.graph.function import CloneMethod, Function
from cntk.graph.infer import adapt_constants
from cntk.graph.nodes import Block, Combine, CompositeFunction, Node, PrimitiveFunction
from cntk.graph.traverse import depth_first_search
from cntk.variables import Constant, Parameter, Variable, VariableKind, next_uid, placeholder_like


def clone(function: Function, method, substitutions=None) -> Function:
    """Return a copy of the graph; see :meth:`Function.clone`."""
    method = _method(method)
    if not isinstance(substitutions or {}, dict):
        raise TypeError("Variable substitution map must be a dictionary: {variable: variable}")
    mapping = {}
    for old, new in (substitutions or {}).items():
        if old is None or new is None:
            raise AttributeError(
                f"Cannot replace node: {old} with node: {new}. Neither node can be None. "
                "try: find_by_name, which returns None where nothing has the name"
            )
        mapping[_as_output(old)] = _as_output(new)
    if mapping:
        _warn_of_strangers(function, mapping)
    return Cloner(method, mapping).composite(function)


def clone_flattened(function: Function, method) -> Function:
    """Return a copy without blocks; see :meth:`Function.clone_flattened`."""
    if isinstance(method, int) and 0 <= method < len(CloneMethod):
        method = list(CloneMethod)[method]
    return Cloner(_method(method), {}).flattened(function)


def _method(method) -> CloneMethod:
    if isinstance(method, CloneMethod):
        return method
    try:
        return CloneMethod[method]
    except KeyError:
        raise ArgumentError(
            f"'{method}' is not a valid CloneMethod; one of share, clone, freeze"
        ) from None


def _warn_of_strangers(function: Function, mapping: dict) -> None:
    """Warn of keys that are no part of the graph; as in CNTK 2.7 they are left aside."""
    parts = {id(part) for part in depth_first_search(function, lambda part: True, -1)}
    strangers = [v for v in mapping if id(v.owner if v.is_output else v) not in parts]
    if strangers:
        warnings.warn(
            f"clone: {', '.join(map(str, strangers))} is not part of '{function}': nothing is "
            "replaced by that. try: f.arguments, f.find_by_name(name, depth=-1)",
            stacklevel=4,
        )


def _as_output(part) -> Variable:
    if isinstance(part, Variable):
        return part
    if isinstance(part, Function) and len(part.outputs) == 1:
        return part.output
    found = f"{len(part.outputs)} outputs of {part}" if isinstance(part, Function) else repr(part)
    raise TypeError(
        f"clone: substitutions map variables or Functions with one output to one another, not "
        f"{type(part).__name__} {found:.80}. try: f.find_by_name(name), f.outputs[i], C.constant"
    )


class Cloner:
    """One copying: remembers what became of each variable.

    Args:
        method: what becomes of parameters.
        mapping: variables that are replaced.
        keep_leaves: keep inputs and placeholders that are not replaced (an in-place rebuild).
    """

    def __init__(self, method: CloneMethod, mapping: dict, keep_leaves: bool = False) -> None:
        self.method, self.keep_leaves = method, keep_leaves
        self.mapping: MutableMapping[Variable, Variable] = dict(mapping)

    def composite(self, function: Function) -> Function:
        """Return the copy of a composite."""
        return self._assembled(
            function, [self._copied_outputs(output) for output in function.outputs]
        )

    def flattened(self, function: Function) -> Function:
        """Return the copy of a composite with what is inside its blocks in their place."""
        graph = FlatGraph(function.outputs)
        pending: list[tuple[Node, int, Variable]] = []
        for node in itertools.chain(*graph.groups):
            pending.extend(self._copy_onto(node, graph.operands(node)))
        outputs = [graph.resolve(output) for output in function.outputs]
        copies = [self.mapping[x] if x.is_output else self.leaf(x) for x in outputs]
        self._close_cycles(pending, copies)
        return self._assembled(function, copies)

    def _assembled(self, function: Function, outputs: list[Variable]) -> Function:
        root = function.root_function
        if isinstance(root, Combine):
            if len(outputs) == 1 and outputs[0].is_output and not function.output.is_output:
                return composite_of(outputs[0])  # an identity: what replaces the leaf is all
            return combine(outputs, function.name)
        if len(outputs) > 1:
            owner = outputs[0]._owner
            whole = owner is not None and outputs == list(owner.outputs)
            return CompositeFunction(owner) if whole else combine(outputs, function.name)
        output = outputs[0]
        if output.is_output:
            return composite_of(output)
        return as_function(output)

    def _copied_outputs(self, output: Variable) -> Variable:
        if output in self.mapping:
            return self.mapping[output]
        if not output.is_output:
            return self.leaf(output)
        self._copy_nodes_below(output)
        return self.mapping[output]

    def _copy_nodes_below(self, root: Variable) -> None:
        """Copy what the root needs, operands first, stopping at replaced variables."""
        pending: list[tuple[Node, int, Variable]] = []
        for node in self._needed(root):
            pending.extend(self._copy_node(node))
        self._close_cycles(pending, [self.mapping[root]])

    def _close_cycles(self, pending: list[tuple[Node, int, Variable]], roots: list) -> None:
        for copy, position, original in pending:
            copy.operands[position] = self.mapping[original]
        if pending:
            infer_until_stable(roots)

    def _needed(self, root: Variable) -> list[Node]:
        order: list[Node] = []
        done: set[int] = set()
        stack = [(root.owner, iter(root.owner.inputs))]
        done.add(id(root.owner))
        while stack:
            node, operands = stack[-1]
            for operand in operands:
                owner = operand._owner
                if owner is None or operand in self.mapping or id(owner) in done:
                    continue
                done.add(id(owner))
                stack.append((owner, iter(owner.inputs)))
                break
            else:
                order.append(node)
                stack.pop()
        return order

    def _copy_node(self, node: Node) -> list[tuple[Node, int, Variable]]:
        """Copy one node; return the operands of a cycle that are still to come."""
        return self._copy_onto(node, node.operands)

    def _copy_onto(self, node: Node, originals: list[Variable]) -> list[tuple[Node, int, Variable]]:
        operands: list[Variable] = []
        later: list[tuple[int, Variable]] = []
        for position, operand in enumerate(originals):
            if operand in self.mapping:
                operands.append(self.mapping[operand])
            elif operand.is_output:  # a recurrence: the owner is copied later
                operands.append(operand)
                later.append((position, operand))
            else:
                operands.append(self.leaf(operand))
        copy = self._rebuild(node, operands)
        for old, new in zip(node.outputs, copy.outputs):
            self.mapping.setdefault(old, new)
        return [(copy, position, operand) for position, operand in later]

    def _rebuild(self, node: Node, operands: list[Variable]) -> Node:
        if isinstance(node, Combine):
            return combine(operands, node.name).root_function
        if isinstance(node, Block):
            copy: Node = self._copy_block(node, operands)
        elif isinstance(node, PrimitiveFunction):
            copy = PrimitiveFunction(
                node.operator, operands, dict(node.arguments_by_name), node.name
            )
        else:
            return node.copy_onto(operands)
        copy._made_at = node._made_at
        copy._custom_attributes = dict(node._custom_attributes)
        infer_node(copy)
        return copy

    def _copy_block(self, block: Block, operands: list[Variable]) -> Block:
        inner, bindings = {}, []
        adapt_constants(operands)
        for old, before, outer in zip(block.placeholders_inside, block.operands, operands):
            if block.takes_in(old, before, outer):
                inner[old] = outer
            else:
                inner[old] = placeholder_like(outer)
                bindings.append((inner[old], outer))
        inside = Cloner(self.method, {}, self.keep_leaves)
        inside.mapping = ChainMap(inner, self.mapping)
        placeholders = set(inner)
        body = inside.composite(block.body)
        for variable, copy in inner.items():  # parameters met inside serve outside too
            if variable not in placeholders and not variable.is_output:
                self.mapping[variable] = copy
        return Block(
            body, bindings, block.op_name, block.name, block.operator, block.arguments_by_name
        )

    def leaf(self, variable: Variable) -> Variable:
        """Return what becomes of a variable without owner."""
        if variable in self.mapping:
            return self.mapping[variable]
        copy = self._copied_leaf(variable)
        self.mapping[variable] = copy
        return copy

    def _copied_leaf(self, variable: Variable) -> Variable:
        if variable.is_parameter:
            if self.method is CloneMethod.share:
                return variable
            return _copy_stored(variable, frozen=self.method is CloneMethod.freeze)
        if variable.is_constant:
            return variable if self.method is CloneMethod.share else _copy_stored(variable)
        return variable if self.keep_leaves else _copy_leaf(variable)


def _copy_leaf(variable: Variable) -> Variable:
    copy = Variable.__new__(Variable)
    copy.__dict__.update(variable.__dict__)
    copy._uid = next_uid(variable.kind.name)
    return copy


def _copy_stored(variable, frozen: bool = False):
    kind = Constant if frozen or variable.is_constant else Parameter
    copy = kind.__new__(kind)
    copy.__dict__.update(variable.__dict__)
    copy._kind = VariableKind.Constant if kind is Constant else VariableKind.Parameter
    copy._needs_gradient = kind is Parameter
    copy._uid = next_uid(copy._kind.name)
    copy.cell = variable.cell.copy(variable.shape, variable._dtype)
    return copy


def apply_to(function: Function, mapping: dict) -> Function:
    """Return the Function with arguments replaced and everything else shared."""
    return Cloner(CloneMethod.share, mapping, keep_leaves=True).composite(function)
