"""Simplification while a plan is built: what needs no step at all."""

from __future__ import annotations

_IDENTITY = {"plus": (0.0, True), "minus": (0.0, False), "element_times": (1.0, True)}


def rewrite(operator, operands, attributes: dict):
    """Return an existing symbol that an operator's result equals, or None.

    Only literals are looked at, never a Constant or Parameter that a user can reach.
    """
    if operator.name == "alias":
        return operands[0]
    neutral = _IDENTITY.get(operator.name)
    if neutral is None:
        return None
    value, either_side = neutral
    left, right = operands
    if _is_scalar(right, value) and _keeps(left, right):
        return left
    if either_side and _is_scalar(left, value) and _keeps(right, left):
        return right
    return None


def _is_scalar(symbol, value: float) -> bool:
    literal = symbol.literal
    return literal is not None and literal.size == 1 and literal.reshape(())[()] == value


def _keeps(symbol, other) -> bool:
    """Whether broadcasting with the other leaves the symbol's shape alone."""
    return len(other.shape) <= len(symbol.shape) and symbol._dtype == other._dtype
