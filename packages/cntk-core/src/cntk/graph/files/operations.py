"""Which declared operator a stored function is, and what a node is in a file."""

from __future__ import annotations

from typing import Any

from cntk.graph.files.attributes import to_stored
from cntk.graph.files.model import BLOCK, BY_NAME, COMBINE, CUSTOM, StoredFunction
from cntk.graph.nodes import Block, Combine, Node, PrimitiveFunction
from cntk.names import OPERATORS_ELSEWHERE
from cntk.storage import Dictionary, ModelFileError
from cntk.upward import module

# operations of CNTK 2.7 that cntk-core lacks -> their names in ``cntk``, which say who has them
ELSEWHERE = {
    47: "roipooling",
    90: "lattice_sequence_with_softmax",
}


def op_of(node: Node) -> int | None:
    """Return the number of a node's operation in files; None for user functions."""
    if isinstance(node, Block):
        return BLOCK
    if isinstance(node, Combine):
        return COMBINE
    if not isinstance(node, PrimitiveFunction):
        return None
    stored = node.operator.stored
    return BY_NAME if stored is None or stored.id is None else stored.id


class Operators:
    """The operators of this process, found by what files say."""

    def __init__(self) -> None:
        module("cntk.ops")
        module("cntk.plugins").operators()
        self._by_name = module("cntk.operators.declare").registry
        self._by_op: dict[int, list[Any]] = {}
        for operator in self._by_name.values():
            op = getattr(operator.stored, "id", None)
            if op is not None:
                self._by_op.setdefault(op, []).append(operator)

    def find(self, function: StoredFunction) -> Any:
        """Return the operator of a stored primitive function.

        Raises:
            ModelFileError: no installed package declares one.
        """
        if function.op == BY_NAME:
            name = function.entry.require("operator", str, function.where)
            candidates = [self._by_name[name]] if name in self._by_name else []
        else:
            assert function.op is not None
            name = f"number {function.op}"
            fitting = self._by_op.get(function.op, [])
            candidates = [found for found in fitting if _has_fixed(found.stored, function)]
        if not candidates and function.op in ELSEWHERE:
            raise ModelFileError(
                f"the operation of {function.where} cannot be computed here",
                actual=f"operation {function.op}, {ELSEWHERE[function.op]}",
                hint=_who_has(ELSEWHERE[function.op]),
            )
        if not candidates:
            raise ModelFileError(
                f"the operation of {function.where} is unknown",
                expected="an operation that an installed package declares",
                actual=f"{name} with {_fixed_text(function.attributes)}",
                hint="install the package that declares it, or a newer cntk-core",
            )
        # Some numbers stand for several operators. Where none fits, reading its arguments says why.
        return max(candidates, key=lambda found: _fitness(found, function))


def _who_has(name: str) -> str:
    """Return where an operator is that cntk-core lacks; looking for it would search folders."""
    owner = OPERATORS_ELSEWHERE.get(name)
    if owner is None:
        return f"cntk.{name} of CNTK 2.7 is not in this release"
    return f"operator '{name}' is in {owner}: pip install {owner}"


def _fitness(operator: Any, function: StoredFunction) -> tuple[bool, bool, int]:
    """Return whether an operator takes the operands and the attributes, and how special it is."""
    fixed = getattr(operator.stored, "fixed", {})
    signature = operator.signature
    least = len(signature.operands) - len(signature.optional)
    takes_operands = signature.variadic or least <= len(function.inputs) <= len(signature.operands)
    return bool(takes_operands), _takes_keys(operator, function.attributes), len(fixed)


def _takes_keys(operator: Any, attributes: Dictionary) -> bool:
    declared = getattr(operator.stored, "attributes", {}).values()
    choices = [one if isinstance(one, tuple) else (one,) for one in declared]
    known = {attribute.key for several in choices for attribute in several}
    known |= {CUSTOM, *getattr(operator.stored, "fixed", ())}
    required = [several for several in choices if several[0].default is ...]
    return attributes.keys() <= known and all(
        any(attribute.key in attributes for attribute in several) for several in required
    )


def _fixed_text(attributes: Dictionary) -> str:
    shown = [f"{key} '{v}'" if isinstance(v, str) else key for key, v in attributes.items()]
    return f"the attributes {', '.join(shown)}" if shown else "no attributes"


def _has_fixed(stored: Any, function: StoredFunction) -> bool:
    attribute = module("cntk.operators.stored").Attribute
    for key, (value, kind) in stored.fixed.items():
        wanted = to_stored(attribute(key, kind), value)
        found = function.attributes.get(key)
        if type(found) is not type(wanted) or found != wanted:
            return False
    return True
