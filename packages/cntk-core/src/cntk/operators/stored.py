"""How an operator is named in the graph that users see and in files: the original's terms."""

from __future__ import annotations

from dataclasses import dataclass, field

# letters of spec tables: B bool, I int32, Z size_t, F float, D double, S string, N shape,
# Ax axis, T data type; a trailing * is a vector of them
KINDS = {"B", "I", "Z", "F", "D", "S", "N", "Ax", "T", "B*", "I*", "Z*", "D*", "F*", "Ax*"}


@dataclass(frozen=True)
class Attribute:
    """One entry of a stored attribute dictionary.

    Args:
        key: its key in the file, e.g. ``dropoutRate``.
        kind: its exact type, a letter of ``KINDS``.
        default: what a missing key means; ``...`` when the key is required.
    """

    key: str
    kind: str
    default: object = ...

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"attribute '{self.key}' has unknown kind '{self.kind}'")


@dataclass(frozen=True)
class Primitive:
    """An operator that is a primitive function of CNTK 2.7.

    Args:
        id: the op number in files; None for one that files cannot hold.
        name: the op name, which also starts uids.
        operands: parameter names in stored order where that differs from the Python order.
        fixed: attributes that always have one value, with their kinds, e.g.
            ``{"reductionOpName": ("Sum", "S")}``.
        attributes: Python parameter name -> Attribute.
    """

    id: int | None
    name: str
    operands: tuple[str, ...] | None = None
    fixed: dict[str, tuple] = field(default_factory=dict)
    attributes: dict[str, Attribute] = field(default_factory=dict)


@dataclass(frozen=True)
class Block:
    """An operator that is a block of primitives in CNTK 2.7.

    Args:
        name: the op name of the block.
        attributes: Python parameter name -> Attribute.
    """

    name: str
    attributes: dict[str, Attribute] = field(default_factory=dict)
