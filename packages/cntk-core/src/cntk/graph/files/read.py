"""From the dictionary of a model to a graph."""

from __future__ import annotations

import numpy as np

from cntk.dtypes import HELD_ONLY
from cntk.errors import DTypeError
from cntk.graph.build import infer_node
from cntk.graph.files.arguments import (
    arguments_of,
    block_operator,
    custom_attributes,
    operands_in_order,
)
from cntk.graph.files.leaves import leaf_of
from cntk.graph.files.model import BLOCK, COMBINE, StoredFunction, located, read_model, texts
from cntk.graph.files.nesting import Nesting
from cntk.graph.files.operations import Operators
from cntk.graph.files.user_functions import rebuild
from cntk.graph.function import Function
from cntk.graph.nodes import Block, Combine, CompositeFunction, Node, PrimitiveFunction, mutations
from cntk.storage import Dictionary, ModelFileError
from cntk.variables import Constant, Variable, lift_uid_counter

BATCH_NORMALIZATION, VERSION_WITH_COUNT = 40, 4
WITHOUT_COMPUTING = (62, 93)  # NoOp, CustomProxyOp
MOST_PASSES = 10


def function_of(dictionary: Dictionary) -> Function:
    """Return the network that the dictionary of a model describes.

    Args:
        dictionary: its arrays become those of the graph.

    Raises:
        ModelFileError: it is no model, or its parts do not fit each other.
    """
    return _Reader(dictionary).function()


class _Reader:
    def __init__(self, dictionary: Dictionary) -> None:
        self._model = read_model(dictionary)
        self._operators = Operators()
        self._variables: dict[str, Variable] = {}
        self._nodes: dict[str, Node] = {}
        # placeholder -> the output of a later function that it stands for
        self._late: dict[Variable, Variable] = {}

    def function(self) -> Function:
        """Build everything and return the composite."""
        lift_uid_counter(self._model.largest_number())
        for uid, entry in self._model.leaves.items():
            with located(entry):
                self._variables[uid] = leaf_of(entry, uid)
        nesting = Nesting(len(self._model.functions))
        for stored in self._model.functions.values():
            with located(stored.entry):
                node = self._build(stored, nesting)
                self._enter(stored, node)
        if self._late:
            self._close_cycles()
        return _composite(self._nodes[self._model.root], self._model.name, self._model.uid)

    def _enter(self, stored: StoredFunction, node: Node) -> None:
        self._nodes[stored.uid] = node
        node._uid = stored.uid
        if isinstance(node, Combine):
            return
        for i, output in enumerate(node.outputs):
            output._uid = f"{stored.uid}_Output_{i}"
            waiting = self._variables.get(output.uid)
            if waiting is not None and not waiting.is_placeholder:
                raise ModelFileError(f"variable '{output.uid}' has the uid of an output")
            if waiting is not None:
                self._late[waiting] = output
            self._variables[output.uid] = output

    def _build(self, stored: StoredFunction, nesting: Nesting) -> Node:
        operands = [self._variable(uid, stored.where) for uid in stored.inputs]
        if stored.op is None:
            return rebuild(stored, operands)
        if stored.op == COMBINE:
            if not operands:
                raise ModelFileError(f"{stored.where} combines nothing")
            return Combine(operands, stored.name)
        if stored.op == BLOCK:
            block = self._block(stored)
            nesting.add(block)
            node: Node = block
        else:
            node = self._primitive(stored, operands)
        node._custom_attributes = custom_attributes(stored.attributes, stored.where)
        _infer(node, stored)
        return node

    def _variable(self, uid: str, where: str) -> Variable:
        variable = self._variables.get(uid)
        if variable is None:
            raise ModelFileError(f"{where} uses '{uid}', which nothing before it defines")
        return variable

    def _primitive(self, stored: StoredFunction, operands: list[Variable]) -> Node:
        is_old = stored.entry["version"] < VERSION_WITH_COUNT
        if stored.op == BATCH_NORMALIZATION and is_old and len(operands) == 5:
            operands.append(Constant.of_array(np.zeros((), operands[0]._dtype)))
        held = next((x for x in operands if x._dtype in HELD_ONLY), None)
        if held is not None and stored.op not in WITHOUT_COMPUTING:
            raise ModelFileError(
                f"{stored.where} computes with '{held.uid}' of type {held._dtype}",
                expected="operands of type float32, float64 or float16",
                hint="values of this type can be held, and handed to a custom_proxy_op",
            )
        operator = self._operators.find(stored)
        return PrimitiveFunction(
            operator,
            operands_in_order(operator, operands, stored.where),
            arguments_of(operator, stored),
            stored.name,
        )

    def _block(self, stored: StoredFunction) -> Block:
        entry, where = stored.entry, stored.where
        inside = entry.require("block_function_composite", Dictionary, where)
        root = self._nodes.get(inside.require("root", str, where))
        if root is None:
            raise ModelFileError(f"the root of {where} is no function before it")
        body = _composite(
            root, inside.optional("name", str, "", where), inside.require("uid", str, where)
        )
        prefix = "block_function_composite_arguments_map_"
        inner = [self._variable(uid, where) for uid in texts(entry, prefix + "keys", where)]
        outer = [self._variable(uid, where) for uid in texts(entry, prefix + "values", where)]
        if len(inner) != len(outer) or len(set(inner)) != len(inner):
            raise ModelFileError(f"{where} binds {len(inner)} arguments to {len(outer)} operands")
        if not all(variable.is_placeholder for variable in inner):
            raise ModelFileError(f"{where} binds an argument that is no placeholder")
        op_name = entry.require("block_function_op_name", str, where)
        operator, arguments = block_operator(op_name, stored.attributes, where)
        return Block(body, list(zip(inner, outer)), op_name, stored.name, operator, arguments)

    def _close_cycles(self) -> None:
        """Put outputs in the place of the placeholders that stood for them, and infer anew."""
        nesting = Nesting(len(self._nodes))
        for node in self._nodes.values():
            node.substitute(self._late)
        for node in self._nodes.values():
            if isinstance(node, Block):
                with located(self._model.functions[node.uid].entry):
                    nesting.add(node)
        mutations[0] += 1
        before = None
        for _ in range(MOST_PASSES):
            for uid, node in self._nodes.items():
                with located(self._model.functions[uid].entry):
                    _infer(node, self._model.functions[uid])
            after = [
                (output.shape, output._dtype, output.dynamic_axes, output.needs_gradient)
                for node in self._nodes.values()
                for output in node.outputs
            ]
            if after == before:
                return
            before = after


def _composite(root: Node, name: str, uid: str) -> CompositeFunction:
    composite = CompositeFunction(root, name)
    composite._uid = uid
    return composite


def _widen(node: Node) -> bool:
    """Make float32 constants float64 where other operands are; return whether there were any.

    CNTK 2.7 writes numbers among float64 operands so: the bounds of a clip, the half of a round.
    """
    if not any(operand._dtype == np.float64 for operand in node.operands):
        return False
    wide: dict[Variable, Variable] = {
        x: Constant.of_array(x.value.astype(np.float64), x.name)
        for x in node.operands
        if isinstance(x, Constant) and x._dtype == np.float32
    }
    node.substitute(wide)
    return bool(wide)


def _infer(node: Node, stored: StoredFunction) -> None:
    try:
        try:
            infer_node(node)
        except DTypeError:
            if not _widen(node):
                raise
            infer_node(node)
    except ModelFileError:
        raise
    except Exception as error:  # rules meet values here that no call would let through
        raise ModelFileError(
            f"{stored.where} does not fit its operands",
            actual=f"{type(error).__name__}: {error}",
        ) from error
