"""Replacing placeholders in place."""

from __future__ import annotations

from cntk.errors import ArgumentError
from cntk.graph.build import as_variable
from cntk.graph.fixpoint import infer_until_stable
from cntk.graph.function import Function
from cntk.graph.nodes import Block, mutations
from cntk.graph.traverse import nodes_in_order
from cntk.variables import Variable


def replace_placeholders(function: Function, substitutions: dict) -> Function:
    """Replace placeholders by variables or Functions; see :meth:`Function.replace_placeholders`."""
    if not isinstance(substitutions, dict):
        raise TypeError("Variable substitution map must be a dictionary: {placeholder: variable}")
    mapping: dict[Variable, Variable] = {}
    present = {*function.placeholders}
    for placeholder, replacement in substitutions.items():
        if placeholder not in present:
            raise ArgumentError(
                f"Placeholder '{placeholder}' specified for replacement not found in the Function "
                f"'{function!r}'."
            )
        mapping[placeholder] = as_variable(replacement, placeholder._dtype)
    _substitute(function, mapping)
    mutations[0] += 1
    infer_until_stable(function.outputs)
    return function


def replace_placeholder(function: Function, substitution) -> Function:
    """Replace the only placeholder; see :meth:`Function.replace_placeholder`."""
    placeholders = function.placeholders
    if len(placeholders) != 1:
        raise ArgumentError(
            f"ReplacePlaceholder called with a single replacement Variable '{substitution}' but "
            f"this Function '{function!r}' has {len(placeholders)} placeholders "
            f"'{', '.join(map(str, placeholders))}'"
        )
    if isinstance(substitution, Function) and len(substitution.outputs) != 1:
        raise TypeError(
            f"ReplacePlaceholder: one variable replaces {placeholders[0]}, not the "
            f"{len(substitution.outputs)} outputs of {substitution}. try: g.outputs[i]"
        )
    return replace_placeholders(function, {placeholders[0]: substitution})


def _substitute(function: Function, mapping: dict[Variable, Variable]) -> None:
    for node in nodes_in_order(function.outputs):
        node.substitute(mapping)
        if isinstance(node, Block):
            unbound = {k: v for k, v in mapping.items() if k not in node.placeholders_inside}
            _substitute(node.body, unbound)
    root = function.root_function
    if root.op_name == "Combine":
        root.substitute(mapping)
