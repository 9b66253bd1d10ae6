"""Attributes that may change after a Function is built."""

from __future__ import annotations

from cntk.errors import ExecutionError
from cntk.graph.nodes import Block, PrimitiveFunction
from cntk.graph.traverse import nodes_in_order

# CNTK 2.7 lets these be set; they are run-time arguments of a plan
_SETTABLE = {"dropoutRate": "dropout_rate", "rngSeed": "seed"}


def set_attribute(function, name: str, value) -> None:
    """Change an attribute; see :meth:`Function.set_attribute`."""
    parameter = _SETTABLE.get(name)
    if parameter is None:
        raise ExecutionError(
            f"SetAttribute: '{name}' is not supported (this attribute cannot be updated). "
            f"These can: {', '.join(_SETTABLE)}"
        )
    changed = _set(function.outputs, parameter, value)
    if not changed:
        raise ExecutionError(f"SetAttribute: no part of '{function}' has an attribute '{name}'")


def _set(outputs, parameter: str, value) -> int:
    changed = 0
    for node in nodes_in_order(outputs):
        if isinstance(node, Block):
            changed += _set(node.body.outputs, parameter, value)
        elif isinstance(node, PrimitiveFunction) and parameter in node.operator.runtime:
            node.arguments_by_name[parameter] = value
            changed += 1
    return changed
