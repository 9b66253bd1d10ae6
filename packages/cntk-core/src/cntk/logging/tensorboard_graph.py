"""A Function as TensorBoard's graph: blocks are scopes, operators and leaves are nodes."""

from __future__ import annotations

from typing import Any

from cntk.graph.function import Function
from cntk.graph.traverse import nodes_in_order
from cntk.variables import Variable, VariableKind


def graph_event(model: Function) -> Any:
    """Return the event, of tensorboardX, that holds the graph of a Function."""
    from tensorboardX.proto import event_pb2

    return event_pb2.Event(graph_def=_Graph(model).definition.SerializeToString())


class _Graph:
    """The graph while it is put together."""

    def __init__(self, model: Function) -> None:
        from tensorboardX.proto import graph_pb2, versions_pb2

        self.definition = graph_pb2.GraphDef(versions=versions_pb2.VersionDef(producer=22))
        self._names: dict[object, str] = {}
        self._taken: set[str] = set()
        self._add(model.root_function.outputs, "")

    def _add(self, roots, scope: str) -> None:
        for node in nodes_in_order(roots):
            outer = [x for _, x in node.block_arguments_mapping] if node.is_block else node.inputs
            for operand in outer:
                self._add_leaf(operand, scope)
            name = self._name(scope, node.name or node.uid)
            if node.is_block:
                inner = node.block_root
                for argument, given in node.block_arguments_mapping:
                    self._names[argument] = self._of(given)
                self._add(inner.outputs, name + "/")
                for shown, made in zip(node.outputs, inner.outputs):
                    self._names[shown] = self._of(made)
                continue
            self._write(name, node.op_name, [self._of(x) for x in node.inputs], node.outputs[0])
            for output in node.outputs:
                self._names[output] = name

    def _add_leaf(self, leaf: Variable, scope: str) -> None:
        if leaf in self._names or leaf.is_output:
            return
        self._names[leaf] = name = self._name(scope, leaf.name or leaf.uid)
        self._write(name, VariableKind(leaf.kind).name, [], leaf)

    def _of(self, variable: Variable) -> str:
        return self._names.get(variable, variable.uid)

    def _name(self, scope: str, wanted: str) -> str:
        """Return a name that no other node has; TensorBoard splits names at slashes."""
        base = scope + "".join(c if c.isalnum() or c in "._-" else "_" for c in wanted)
        name, count = base, 1
        while name in self._taken:
            count += 1
            name = f"{base}_{count}"
        self._taken.add(name)
        return name

    def _write(self, name: str, kind: str, operands: list[str], shown: Variable) -> None:
        node = self.definition.node.add(name=name, op=kind, input=operands)
        shape = node.attr["_output_shapes"].list.shape.add()
        for size in shown.shape or ():
            shape.dim.add(size=size if isinstance(size, int) else -1)
