"""Values from a file into a graph that is there already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cntk.graph.files.arguments import arguments_of
from cntk.graph.files.leaves import WITH_VALUE
from cntk.graph.files.model import COMBINE, StoredFunction, StoredModel, located, read_model
from cntk.graph.files.operations import op_of
from cntk.graph.function import Function
from cntk.graph.nodes import Block, Node
from cntk.graph.traverse import nodes_in_order
from cntk.storage import Dictionary, ModelFileError, Shape, SizeT
from cntk.variables import Variable


def restore_values(function: Function, dictionary: Dictionary) -> None:
    """Copy the values of parameters and constants, and random states, of an equal graph.

    Both graphs are walked in the same order; uids and names may differ. Nothing is changed unless
    everything fits.

    Args:
        function: the network that takes the values.
        dictionary: a model.

    Raises:
        ModelFileError: it is no model, or a model of another graph.
    """
    walk = _Walk(read_model(dictionary))
    walk.compare(function)
    for change in walk.changes:
        change()


class _Walk:
    """One walk through a graph and a stored model side by side."""

    def __init__(self, model: StoredModel) -> None:
        self._model = model
        self.changes: list[Callable[[], None]] = []
        self._partner: dict[int, str] = {}  # identity of a variable -> uid in the file
        self._seen: set[str] = set()

    def compare(self, function: Function) -> None:
        """Note what has to be changed in the graph; raise where the graphs differ."""
        root = self._model.functions[self._model.root].entry
        with located(root):
            stack = self._outputs(function, self._model.root)
        visited: set[int] = set()
        while stack:
            variable, uid = stack.pop()
            with located(self._model.entry(uid), root):
                stack += self._compare(variable, uid, visited)

    def _compare(self, variable: Any, uid: str, visited: set[int]) -> list[tuple[Variable, str]]:
        """Compare a variable with its partner; return the pairs that it leads to."""
        found: list[tuple[Variable, str]] = []
        if self._partner.setdefault(id(variable), uid) != uid:
            raise self._different(variable, f"is '{self._partner[id(variable)]}' and '{uid}'")
        if variable.is_output:
            stored = self._compare_output(variable, uid)
            if id(variable.owner) not in visited:
                visited.add(id(variable.owner))
                self._compare_functions(variable.owner, stored)
                found += self._pairs(variable.owner.stored_inputs, stored.inputs, stored.where)
                if _draws(variable.owner):
                    found += self._outputs(variable.owner.body, _body_root(stored))
        elif uid not in self._seen:
            self._seen.add(uid)
            self._compare_leaves(variable, uid)
        return found

    def _outputs(self, function: Function, root_uid: str) -> list[tuple[Variable, str]]:
        """Return the outputs of a composite, each with the uid of its partner in the file."""
        root = self._model.functions.get(root_uid)
        if root is None:
            raise ModelFileError(f"the root '{root_uid}' of a block is no function of the model")
        if root.op == COMBINE:
            uids = root.inputs
        else:
            uids = [f"{root.uid}_Output_{i}" for i in range(len(function.outputs))]
        return self._pairs(function.outputs, uids, f"'{function.uid}'")

    def _pairs(self, variables, uids: list[str], where: str) -> list[tuple[Variable, str]]:
        if len(variables) != len(uids):
            raise ModelFileError(
                f"the graph differs from the file at {where}",
                expected=f"{len(variables)} operands",
                actual=f"{len(uids)} in the file",
            )
        return list(zip(variables, uids))[::-1]

    def _compare_output(self, variable: Any, uid: str) -> StoredFunction:
        found = self._model.owner(uid)
        if found is None or found[1] != variable.position:
            raise self._different(variable, f"is '{uid}' in the file")
        return found[0]

    def _compare_functions(self, node: Node, stored: StoredFunction) -> None:
        op_name = stored.entry.get("block_function_op_name")
        if op_of(node) != stored.op or (isinstance(node, Block) and node.op_name != op_name):
            raise ModelFileError(
                "the graph differs from the file",
                expected=f"{node.op_name} '{node.name or node.uid}'",
                actual=f"'{stored.name or stored.uid}' in the file",
            )
        operator = getattr(node, "operator", None)
        if getattr(operator, "is_random", False):
            arguments = arguments_of(operator, stored)
            state = {key: arguments[key] for key in ("seed", "rng_offset") if key in arguments}
            self.changes.append(lambda: node.arguments_by_name.update(state))

    def _compare_leaves(self, variable: Variable, uid: str) -> None:
        entry = self._model.leaves.get(uid)
        if entry is None or entry.require("kind", SizeT, uid) != variable.kind:
            raise self._different(variable, f"is '{uid}' in the file")
        if variable.kind not in WITH_VALUE:
            return
        value = entry.require("value", np.ndarray, f"variable '{uid}'")
        if variable.is_constant and (value.dtype, variable._dtype) == (np.float32, np.float64):
            value = value.astype(np.float64)  # as reading does with numbers among float64 operands
        shape = entry.require("shape", Shape, f"variable '{uid}'").to_python()
        if not value.shape == shape == variable.shape or value.dtype != variable._dtype:
            raise ModelFileError(
                f"'{variable.name or variable.uid}' differs from '{uid}' in the file",
                expected=f"{variable._dtype} of shape {list(variable.shape)}",
                actual=f"{value.dtype} of shape {list(value.shape)}",
            )
        self.changes.append(lambda: variable.cell.write(value))  # type: ignore[attr-defined]

    def _different(self, variable: Variable, how: str) -> ModelFileError:
        return ModelFileError(
            f"the graph differs from the file: {variable} {how}",
            hint="restore into the network that was saved, or load the file as a new one",
        )


def _draws(node: Node) -> bool:
    """Whether a node is a block with random numbers inside, whose state has to be restored.

    Other blocks are not entered: their leaves are among their operands.
    """
    return isinstance(node, Block) and any(
        getattr(inner.operator, "is_random", False) or _draws(inner)
        for inner in nodes_in_order(node.body.outputs)
        if hasattr(inner, "operator")
    )


def _body_root(block: StoredFunction) -> str:
    """Return the uid of the function that is the root of a block's inside."""
    inside = block.entry.require("block_function_composite", Dictionary, block.where)
    return inside.require("root", str, block.where)
