"""Simplification while a plan is built: what needs no step, or an easier one.

Only numbers that an operator's own body or gradient wrote are looked at, never a Constant or
Parameter that a user can reach.
"""

from __future__ import annotations

from cntk.operators.declare import registry


def rewrite(operator, operands, attributes: dict):
    """Return a symbol that equals the operator's result and costs less, or None."""
    rule = _RULES.get(operator.name)
    return rule(operands, attributes) if rule else None


def _alias(operands, attributes):
    return operands[0]


def _permute(operands, attributes):
    order = attributes["order"]
    return operands[0] if list(order) == list(range(len(order))) else None


def _set_shape(operands, attributes):
    same = tuple(attributes["shape"]) == tuple(operands[0].shape)
    return operands[0] if same and all(n > 0 for n in attributes["shape"]) else None


def _plus(operands, attributes):
    left, right = operands
    return _without(left, right, 0.0) or _without(right, left, 0.0)


def _minus(operands, attributes):
    left, right = operands
    return _without(left, right, 0.0)


def _element_times(operands, attributes):
    left, right = operands
    for one, other in ((left, right), (right, left)):
        same = _without(one, other, 1.0)
        if same is not None:
            return same
        if number(other) == -1.0 and _covers(one, other):
            return registry["negate"](one)
    return None


def _negate(operands, attributes):
    (x,) = operands
    value = number(x)
    if value is None:
        return None
    literal = x.graph.literal(-value, x._dtype)
    return literal if x.literal is not None else registry["expand_to"](literal, x)


def _without(symbol, other, neutral: float):
    """Return the symbol itself if the other operand is neutral and does not make it larger."""
    return symbol if number(other) == neutral and _covers(symbol, other) else None


def number(symbol) -> float | None:
    """Return the number that all elements of a symbol are known to be, or None."""
    literal = symbol.literal
    if literal is None:
        source = symbol.source
        if getattr(source, "operator", None) is not registry["expand_to"]:
            return None
        literal = source.operands[0].literal
    if literal is None or literal.size != 1:
        return None
    return float(literal.reshape(())[()])


def _covers(symbol, other) -> bool:
    """Whether broadcasting with the other leaves the symbol's shape and rows alone."""
    if symbol.is_sparse:  # the result is dense
        return False
    if len(other.dynamic_axes) > len(symbol.dynamic_axes) or symbol._dtype != other._dtype:
        return False
    if len(other.shape) > len(symbol.shape):
        return False
    ours = symbol.shape[len(symbol.shape) - len(other.shape) :]
    return all(n in (1, m) for n, m in zip(other.shape, ours))


_RULES = {
    "alias": _alias,
    "plus": _plus,
    "minus": _minus,
    "element_times": _element_times,
    "negate": _negate,
    "permute": _permute,
    "set_shape": _set_shape,
}
