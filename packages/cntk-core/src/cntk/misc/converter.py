"""Replacing functions of a graph, inside of blocks and recurrences as well."""

from __future__ import annotations

from collections.abc import Callable

from cntk.errors import ArgumentError
from cntk.graph.build import as_function, combine, infer_node
from cntk.graph.clone import Cloner
from cntk.graph.fixpoint import infer_until_stable
from cntk.graph.function import CloneMethod, Function
from cntk.graph.nodes import Block, Combine, CompositeFunction, Node
from cntk.graph.traverse import nodes_in_order
from cntk.variables import Variable


def convert(
    root_func: Function,
    filter: Callable[[Function], bool],
    converter: Callable[[Function], Function | Variable],
) -> Function:
    """Return a copy of a graph in which others take the place of some functions.

    Inputs, parameters and constants are shared with the graph, which is left as it is; if no
    function is chosen, it is returned itself. What a block holds is converted before the block is.

    Args:
        root_func: the graph.
        filter: function of a primitive or a block of the graph, that says whether to replace it.
        converter: function of a chosen one, that returns what takes its place. It builds on the
            ``inputs`` of what it is given; what it returns is not converted again.

    Raises:
        TypeError: the graph is no Function, or the converter returns neither a Function nor a
            Variable.
        ValueError: it returns another number of outputs.

    >>> from cntk.misc import convert
    >>> x = C.input_variable(2)
    >>> calm = convert(C.exp(C.relu(x)), lambda f: f.op_name == 'ReLU', lambda f: C.tanh(*f.inputs))
    >>> calm.eval([[0, 0]])
    array([[1., 1.]], dtype=float32)
    """
    if not isinstance(root_func, Function):
        raise TypeError(f"convert: a Function is expected, not {type(root_func).__name__}")
    return _Conversion(root_func, filter, converter).result()


class _Conversion:
    """The conversion of one graph, apart from what lies inside of its blocks."""

    def __init__(self, function: Function, filter: Callable, converter: Callable) -> None:
        self._function, self._filter, self._converter = function, filter, converter
        self._old = nodes_in_order(function.outputs)
        self._successors: dict[Node, Function] = {}
        for node in self._old:
            successor = self._successor(node)
            if successor is not node:
                self._successors[node] = successor

    def _successor(self, node: Node) -> Function:
        """Return what takes a function's place; the function itself if nothing does."""
        inside = self._with_new_body(node) if isinstance(node, Block) else node
        if not self._filter(inside):
            return inside
        found = self._converter(inside)
        if not isinstance(found, (Function, Variable)):
            raise TypeError(
                f"the converter returned {type(found).__name__} for {inside}. "
                "try: a Function, or the one it was given where nothing is to change"
            )
        found = inside if found is inside else as_function(found)
        if len(found.outputs) != len(node.outputs):
            raise ArgumentError(
                f"the converter returned {len(found.outputs)} outputs for {inside}, which has "
                f"{len(node.outputs)}. try: C.combine of as many"
            )
        return found

    def _with_new_body(self, block: Block) -> Block:
        body = _Conversion(block.body, self._filter, self._converter).result()
        if body is block.body:
            return block
        bindings = list(zip(block.placeholders_inside, block.operands))
        made = Block(
            body, bindings, block.op_name, block.name, block.operator, block.arguments_by_name
        )
        infer_node(made)
        return made

    def result(self) -> Function:
        """Return the converted graph."""
        if not self._successors:
            return self._function
        cloner = Cloner(CloneMethod.share, {}, keep_leaves=True)
        successors = [o for found in self._successors.values() for o in found.outputs]
        cloner.composite(combine([*self._function.outputs, *successors]))
        self._redirect(cloner)
        copies = self._copies(cloner)
        outputs = [copies.get(o, cloner.mapping.get(o, o)) for o in self._function.outputs]
        infer_until_stable([output for output in outputs if output.is_output])
        return _seen_from(outputs, self._function)

    def _copies(self, cloner: Cloner) -> dict[Variable, Variable]:
        """Return the copy of what takes the place of each output, by that output."""
        return {
            old: cloner.mapping.get(new, new)
            for node, found in self._successors.items()
            for old, new in zip(node.outputs, found.outputs)
        }

    def _redirect(self, cloner: Cloner) -> None:
        """Let all copies read the successors; those that a converter made may keep the old one."""
        copies = self._copies(cloner)
        redirected = {cloner.mapping[old]: new for old, new in copies.items()}
        kept: dict[Node, set[Variable]] = {}
        known = set(self._old)
        for node, found in self._successors.items():
            for made in nodes_in_order(found.outputs):
                if made not in known:
                    own = kept.setdefault(_copy_of(made, cloner), set())
                    own.update(cloner.mapping[output] for output in node.outputs)
        for copy in nodes_in_order([*redirected, *redirected.values(), *self._roots(cloner)]):
            own = kept.get(copy, set())
            copy.substitute({old: new for old, new in redirected.items() if old not in own})

    def _roots(self, cloner: Cloner) -> list[Variable]:
        return [cloner.mapping.get(output, output) for output in self._function.outputs]


def _copy_of(node: Node, cloner: Cloner) -> Node:
    return cloner.mapping[node.outputs[0]].owner


def _seen_from(outputs: list[Variable], function: Function) -> Function:
    """Return a Function of outputs that stand for those of another one."""
    owner = outputs[0]._owner
    is_combined = isinstance(function.root_function, Combine)
    if owner is not None and not is_combined and list(owner.outputs) == outputs:
        return CompositeFunction(owner)
    return combine(outputs, function.name if is_combined else "")
