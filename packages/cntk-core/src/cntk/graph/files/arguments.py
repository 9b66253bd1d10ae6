"""What a function is called with: its arguments and operands, as typed values and back."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from cntk.graph.files.attributes import (
    any_from_stored,
    any_to_stored,
    from_stored,
    kind_of,
    to_stored,
)
from cntk.graph.files.model import BY_NAME, CUSTOM, StoredFunction
from cntk.graph.files.operations import op_of
from cntk.graph.nodes import Node
from cntk.storage import Dictionary, ModelFileError, from_python, to_python
from cntk.upward import module


def stored_attributes(node: Node) -> Dictionary:
    """Return the attributes of a primitive function or block as typed values.

    Raises:
        TypeError: an argument is of no type that files have.
    """
    attributes = Dictionary()
    if op_of(node) == BY_NAME:
        for key, value in node.arguments_by_name.items():
            attributes[key] = any_to_stored(value)
    elif getattr(node, "operator", None) is not None:
        entries = node.operator.stored.entries(node.arguments_by_name)
        for attribute, value in entries:
            attributes[attribute.key] = to_stored(attribute, value)
    if node._custom_attributes:
        attributes[CUSTOM] = from_python(node._custom_attributes)
    return attributes


def custom_attributes(attributes: Dictionary, where: str) -> dict:
    """Return the user's own attributes."""
    return to_python(attributes.optional(CUSTOM, Dictionary, Dictionary(), where))


def arguments_of(operator: Any, function: StoredFunction) -> dict[str, Any]:
    """Return the arguments of an operator by parameter name, from stored attributes.

    Raises:
        ModelFileError: an attribute is missing, of the wrong type, or unknown.
    """
    attributes, where = function.attributes, function.where
    signature = operator.signature
    unknown = {key for key in attributes if key != CUSTOM}
    if function.op == BY_NAME:
        arguments = {key: any_from_stored(attributes[key]) for key in unknown}
        unknown -= set(signature.attributes)
    else:
        arguments = {}
        for parameter, declared in operator.stored.attributes.items():
            choices = declared if isinstance(declared, tuple) else (declared,)
            unknown -= {attribute.key for attribute in choices}
            may_lack = signature.defaults.get(parameter, ...) is None
            arguments[parameter] = _argument(choices, attributes, may_lack, where)
        unknown -= set(operator.stored.fixed)
    for parameter in signature.attributes:
        if parameter not in arguments:
            if parameter not in signature.defaults:
                raise ModelFileError(f"{where} has no attribute for '{parameter}'")
            arguments[parameter] = signature.defaults[parameter]
    if unknown:
        raise ModelFileError(
            f"{where} has attributes that its operation '{operator.op_name}' does not know",
            actual=", ".join(sorted(unknown)),
            hint="install the version of the packages that saved it",
        )
    return arguments


def _argument(choices: tuple, attributes: Dictionary, may_lack: bool, where: str) -> Any:
    """Return one argument; with several choices the key that is there decides."""
    for attribute in choices:
        if attribute.key in attributes:
            return from_stored(attribute, attributes[attribute.key], where)
    if choices[0].default is not ...:
        return choices[0].default
    if may_lack:
        return None
    raise ModelFileError(
        f"{where} has no attribute '{choices[0].key}'",
        actual=f"attributes {', '.join(attributes) or 'none at all'}",
    )


def operands_in_order(operator: Any, stored: list, where: str) -> list:
    """Return operands, given in the order of files, in that of the operator's signature.

    Raises:
        ModelFileError: there are too few or too many.
    """
    signature = operator.signature
    if signature.variadic:
        if not stored:
            raise ModelFileError(f"{where} has no operands")
        return stored
    order = list(getattr(operator.stored, "operands", None) or signature.operands)
    required = sum(name not in signature.optional for name in order)
    if not required <= len(stored) <= len(order):
        raise ModelFileError(
            f"{where} has the wrong number of operands",
            expected=f"{required} to {len(order)}: {', '.join(order)}",
            actual=len(stored),
        )
    by_name = dict(zip(order, stored))
    return [by_name[name] for name in signature.operands if name in by_name]


def block_operator(op_name: str, attributes: Dictionary, where: str) -> tuple[Any, dict]:
    """Return what shows a block's attributes, and the arguments to show.

    The operator of that name is not it: what a block computes is what is inside, whatever name
    the file gives it.

    Raises:
        ModelFileError: an attribute is of no type that attributes have.
    """
    stored = module("cntk.operators.stored")
    declared, arguments = {}, {}
    for key, value in _plain(attributes):
        kind = kind_of(value)
        if kind not in stored.KINDS:
            raise ModelFileError(f"attribute '{key}' of {where} is no attribute of a block")
        declared[key] = stored.Attribute(key, kind)
        arguments[key] = from_stored(declared[key], value, where)
    registry = module("cntk.operators.declare").registry.values()
    swapped = any(
        getattr(known.stored, "swapped", False) and known.stored.name == op_name
        for known in registry
    )
    block = stored.Block(op_name, attributes=declared, swapped=swapped)
    return SimpleNamespace(stored=block, name=op_name, op_name=op_name), arguments


def _plain(attributes: Dictionary) -> Iterator[tuple[str, Any]]:
    return ((key, value) for key, value in attributes.items() if key != CUSTOM)
