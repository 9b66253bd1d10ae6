"""From a graph to the dictionary of a model."""

from __future__ import annotations

import re
from typing import Any

from cntk.errors import UnsupportedError
from cntk.graph.build import as_function
from cntk.graph.files.arguments import stored_attributes
from cntk.graph.files.leaves import leaf_entry
from cntk.graph.files.model import BY_NAME, FUNCTION_VERSION, MODEL_VERSION, USER_FUNCTION_VERSION
from cntk.graph.files.operations import op_of
from cntk.graph.function import Function
from cntk.graph.nodes import Block, Node
from cntk.graph.traverse import nodes_in_order
from cntk.graph.user_function import UserFunction
from cntk.storage import Dictionary, Int, SizeT, from_python
from cntk.variables import Variable, VariableKind, next_uid


def model_dictionary(function: Function) -> Dictionary:
    """Return the dictionary of a model, whose arrays are those of the graph.

    Args:
        function: the network.

    Raises:
        ValueError: the shape of a parameter is not known yet.
        TypeError: an argument of an operation is of no type that files have.
    """
    function = as_function(function)
    writer = _Writer()
    writer.add_functions_of(function)
    model = writer.composite(function)
    model["inputs"] = list(writer.leaves.values())
    model["primitive_functions"] = writer.functions
    return model


class _Writer:
    """Collects leaves and functions, each once.

    Identity is the object, not its uid: two loads of one file bring one uid twice. The second
    object that comes with a uid gets a new one in the file.
    """

    def __init__(self) -> None:
        self.leaves: dict[str, Dictionary] = {}
        self.functions: list[Dictionary] = []
        self._written: set[int] = set()
        self._uids: dict[int, str] = {}
        self._taken: set[str] = set()

    def composite(self, function: Function) -> Dictionary:
        """Return the entries of a composite but for its parts."""
        entry = Dictionary(
            version=SizeT(MODEL_VERSION),
            type="CompositeFunction",
            root=self._uid(function.root_function),
            uid=self._uid(function),
        )
        if function.name:
            entry["name"] = function.name
        return entry

    def add_functions_of(self, composite: Function) -> None:
        """Write the functions of a composite, operands first, what is in a block before it."""
        nodes = nodes_in_order(composite.outputs)
        for node in (*nodes, composite.root_function):
            if id(node) not in self._written:
                if isinstance(node, Block):
                    self.add_functions_of(node.body)
                self.functions.append(self._function(node))
                self._written.add(id(node))

    def _function(self, node: Node) -> Dictionary:
        entry = Dictionary(
            version=SizeT(FUNCTION_VERSION), type="PrimitiveFunction", uid=self._uid(node)
        )
        if node.name:
            entry["name"] = node.name
        entry["inputs"] = [self._operand(operand) for operand in node.stored_inputs]
        if isinstance(node, UserFunction):
            return Dictionary(entry, **_user_function(node))
        op = op_of(node)
        if op is None:
            raise UnsupportedError(f"'{node.uid}' is of a kind that files do not have")
        entry["op"] = SizeT(op)
        entry["attributes"] = stored_attributes(node)
        if op == BY_NAME:
            entry["operator"] = node.operator.name
        if isinstance(node, Block):
            self._add_block(entry, node)
        return entry

    def _add_block(self, entry: Dictionary, block: Block) -> None:
        entry["block_function_op_name"] = block.op_name
        entry["block_function_composite"] = self.composite(block.body)
        pairs = block.block_arguments_mapping
        keys, values = zip(*pairs) if pairs else ((), ())
        prefix = "block_function_composite_arguments_map_"
        entry[prefix + "keys"] = [self._operand(inner) for inner in keys]
        entry[prefix + "values"] = [self._operand(outer) for outer in values]

    def _operand(self, variable: Variable) -> str:
        """Return the uid of an operand; an output of a later function becomes a placeholder."""
        if variable.is_output:
            uid = f"{self._uid(variable.owner)}_Output_{variable.position}"
            if id(variable.owner) in self._written:
                return uid
            kind = VariableKind.Placeholder
        else:
            uid, kind = self._uid(variable), variable.kind
        if uid not in self.leaves:
            self.leaves[uid] = leaf_entry(variable, uid, kind)
        return uid

    def _uid(self, part: Any) -> str:
        uid = self._uids.get(id(part))
        if uid is None:
            uid = part.uid
            while uid in self._taken:
                uid = next_uid(re.sub(r"\d+\Z", "", part.uid))
            self._uids[id(part)] = uid
            self._taken.add(uid)
        return uid


def _user_function(node: UserFunction) -> Dictionary:
    state = node.serialize()
    if not isinstance(state, dict):
        raise TypeError(f"{node.op_name}.serialize() must return a dict, not {state!r:.60}")
    kind = type(node)
    described = Dictionary(
        {"class": kind.__qualname__},
        module=kind.__module__,
        op_name=node.op_name,
        state=from_python(state),
        version=Int(USER_FUNCTION_VERSION),
    )
    return Dictionary(
        version=SizeT(USER_FUNCTION_VERSION),
        type="UserDefinedFunction",
        native=False,
        user_defined_state=described,
    )
