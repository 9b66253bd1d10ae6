"""How an operator is named in the graph that users see and in files: the original's terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# letters of spec tables: B bool, I int32, Z size_t, F float, D double, S string, N shape,
# Ax axis, T data type; a trailing * is a vector of them
KINDS = {"B", "I", "Z", "F", "D", "S", "N", "Ax", "T", "B*", "I*", "Z*", "D*", "F*", "Ax*"}


@dataclass(frozen=True)
class Attribute:
    """One entry of a stored attribute dictionary.

    Args:
        key: its key in the file, e.g. ``dropoutRate``.
        kind: its exact type, a letter of ``KINDS``. Axes are Python's: an int (0 the first, -1 the
            last static axis) or an ``Axis``.
        default: what a missing key means; ``...`` when the key is required.
        reverse: the file lists the values from the last axis to the first.
    """

    key: str
    kind: str
    default: object = ...
    reverse: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"attribute '{self.key}' has unknown kind '{self.kind}'")


class _Stored:
    """What primitives and blocks share: a dictionary of attributes."""

    fixed: dict[str, tuple]
    attributes: Mapping[str, Attribute | tuple[Attribute, Attribute]]

    def entries(self, arguments: dict) -> list[tuple[Attribute, object]]:
        """Return what a node's attribute dictionary holds: attributes with values as in Python.

        Args:
            arguments: the operator's arguments by parameter name; None leaves an attribute out.
        """
        found = [(Attribute(key, kind), value) for key, (value, kind) in self.fixed.items()]
        for parameter, attribute in self.attributes.items():
            value = arguments.get(parameter)
            if value is None:
                continue
            if isinstance(attribute, tuple):
                attribute = attribute[isinstance(value, (tuple, list))]
            found.append((attribute, value))
        return found


@dataclass(frozen=True)
class Primitive(_Stored):
    """An operator that is a primitive function of CNTK 2.7.

    Args:
        id: the op number in files; None for one that files cannot hold.
        name: the op name, which also starts uids.
        operands: parameter names in stored order where that differs from the Python order.
        fixed: attributes that always have one value, with their kinds, e.g.
            ``{"reductionOpName": ("Sum", "S")}``.
        attributes: Python parameter name -> Attribute, or a pair of Attributes: one for a single
            value, one for several.
    """

    id: int | None
    name: str
    operands: tuple[str, ...] | None = None
    fixed: dict[str, tuple] = field(default_factory=dict)
    attributes: Mapping[str, Attribute | tuple[Attribute, Attribute]] = field(default_factory=dict)


@dataclass(frozen=True)
class Block(_Stored):
    """An operator that is a block of primitives in CNTK 2.7.

    Args:
        name: the op name of the block.
        fixed: attributes that always have one value, with their kinds.
        attributes: as of a Primitive.
        swapped: its ``inputs`` list the operands from the last to the first.
    """

    name: str
    fixed: dict[str, tuple] = field(default_factory=dict)
    attributes: Mapping[str, Attribute | tuple[Attribute, Attribute]] = field(default_factory=dict)
    swapped: bool = False
