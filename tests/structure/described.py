"""A Function as a description: leaves, nodes and their order, in the form of ``structure.json``."""

from __future__ import annotations

import re

import numpy as np

import cntk as C

MOST_PRINTED_VALUES = 16
SHORT_AXES = {"defaultBatchAxis": "#", "defaultDynamicAxis": "*"}
KINDS = ("input", "parameter", "constant", "placeholder")
ORDERS = ("inputs", "arguments", "parameters", "constants", "placeholders", "outputs")


def described(function: C.Function) -> dict:
    """Return the description of a graph."""
    return _Description().of(function)


class _Description:
    """Numbers the nodes and leaves that a Function reaches, operands first, and describes them."""

    def __init__(self) -> None:
        self.leaves: list[dict] = []
        self.nodes: list = []
        self._leaf_numbers: dict[str, int] = {}
        self._node_numbers: dict[str, int] = {}
        self._entered: set[str] = set()

    def of(self, function: C.Function) -> dict:
        self._visit_function(function.root_function)
        return {
            "str": str(function),
            "repr": repr(function),
            "leaves": self.leaves,
            "nodes": [self._node(node) for node in self.nodes],
            "composite": {order: self._references(getattr(function, order)) for order in ORDERS},
        }

    def _visit(self, variable) -> None:
        if variable.is_output:
            if variable.owner.uid not in self._entered:
                self._visit_function(variable.owner)
        elif variable.uid not in self._leaf_numbers:
            self._leaf_numbers[variable.uid] = len(self.leaves)
            self.leaves.append(_leaf(variable))

    def _visit_function(self, function) -> None:
        self._entered.add(function.uid)
        for operand in function.inputs:
            self._visit(operand)
        if function.is_block:
            for pair in function.block_arguments_mapping:
                for variable in pair:
                    self._visit(variable)
            for output in function.block_root.outputs:
                self._visit(output)
        self._node_numbers[function.uid] = len(self.nodes)
        self.nodes.append(function)

    def _reference(self, variable) -> str:
        if not variable.is_output:
            return f"l{self._leaf_numbers[variable.uid]}"
        owner = variable.owner
        index = re.search(r"_Output_(\d+)$", variable.uid).group(1)
        suffix = f".{index}" if len(owner.outputs) > 1 else ""
        return f"n{self._node_numbers[owner.uid]}{suffix}"

    def _references(self, variables) -> list[str]:
        return [self._reference(variable) for variable in variables]

    def _node(self, function) -> dict:
        entry = {
            "op": function.op_name,
            "name": function.name,
            "attributes": dict(function.attributes),
            "inputs": self._references(function.inputs),
            "outputs": [_tensor(output) for output in function.outputs],
        }
        entry = {key: value for key, value in entry.items() if value not in ("", {})}
        if function.is_block:
            entry["block"] = {
                "arguments": [self._references(p) for p in function.block_arguments_mapping],
                "outputs": self._references(function.block_root.outputs),
            }
        return entry


def _tensor(variable) -> dict:
    axes = [SHORT_AXES.get(axis.name, axis.name) for axis in variable.dynamic_axes]
    entry: dict = {"shape": list(variable.shape), "axes": axes}
    dtype = None if variable.dtype is None else np.dtype(variable.dtype).name
    if dtype != "float32":
        entry["dtype"] = dtype
    if variable.is_sparse:
        entry["sparse"] = True
    if variable.needs_gradient:
        entry["needs_gradient"] = True
    return entry


def _leaf(variable) -> dict:
    kind = next(kind for kind in KINDS if getattr(variable, f"is_{kind}"))
    entry = {
        "kind": kind,
        **({"name": variable.name} if variable.name else {}),
        **_tensor(variable),
    }
    size = np.prod(variable.shape, dtype=int)
    if kind == "constant" and 0 <= size <= MOST_PRINTED_VALUES:
        entry["value"] = variable.value.tolist()
    return entry
