"""Attributes that may change after a Function is built."""

from __future__ import annotations

import numpy as np

from cntk.errors import ExecutionError
from cntk.graph.nodes import Block, PrimitiveFunction
from cntk.graph.traverse import nodes_in_order


def _rate(value) -> float:
    """Return a dropout rate, checked."""
    if isinstance(value, (int, float, np.number)) and 0 <= value < 1:
        return float(value)
    raise ExecutionError(
        f"SetAttribute: dropoutRate is a number in the interval [0,1), not {value!r}"
    )


def _seed(value) -> int:
    """Return a seed, checked; a negative one counts from 2**64, as in CNTK 2.7."""
    if isinstance(value, (int, np.integer)) and -(2**63) <= value < 2**64:
        return int(value) % 2**64
    raise ExecutionError(f"SetAttribute: rngSeed is an integer of 64 bits, not {value!r}")


# CNTK 2.7 lets these be set; they are run-time arguments of a plan
_SETTABLE = {"dropoutRate": ("dropout_rate", _rate), "rngSeed": ("seed", _seed)}


def set_attribute(function, name: str, value) -> None:
    """Change an attribute; see :meth:`Function.set_attribute`."""
    if name not in _SETTABLE:
        raise ExecutionError(
            f"SetAttribute: '{name}' is not supported (this attribute cannot be updated). "
            f"These can: {', '.join(_SETTABLE)}"
        )
    parameter, checked = _SETTABLE[name]
    value, root = checked(value), function.root_function
    # as in CNTK 2.7 that of the root itself; else of all parts, which CNTK 2.7 refuses
    changed = _set_of(root, parameter, value) or _set(function.outputs, parameter, value)
    if not changed:
        raise ExecutionError(f"SetAttribute: no part of '{function}' has an attribute '{name}'")


def _set(outputs, parameter: str, value) -> int:
    return sum(_set_of(node, parameter, value) for node in nodes_in_order(outputs))


def _set_of(node, parameter: str, value) -> int:
    if isinstance(node, Block):
        return _set(node.body.outputs, parameter, value)
    if isinstance(node, PrimitiveFunction) and parameter in node.operator.runtime:
        node.arguments_by_name[parameter] = value
        return 1
    return 0
