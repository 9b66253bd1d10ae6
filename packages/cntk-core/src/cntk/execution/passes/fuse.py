"""Fusion while a plan is built: steps that together are one known function become one step.

They are recognised by what is computed, whoever wrote it: the blocks of this package, those of a
file that CNTK 2.7 saved, or a user's own formula. The steps that the result makes superfluous stay
in the graph, and drop out where nobody else needs them.
"""

from __future__ import annotations

from cntk.axis import ALL_STATIC_AXES
from cntk.operators.declare import registry


def fused(operator, operands):
    """Return a symbol that equals the operator's result, computed in one step; or None.

    Args:
        operator: the operator that is applied.
        operands: its operands, symbols.
    """
    for pattern in _PATTERNS.get(operator.name, ()):
        found = pattern(*operands)
        if found is not None:
            return found
    return None


def _softmax(left, right):
    """exp(x - max(x)) * (1 / sum(exp(x - max(x)))) -> exp_shares(x)"""
    quotient = _made_by(right, "reciprocal")
    total = quotient and _made_by(quotient.operands[0], "sum_over")
    powers = _made_by(left, "exp")
    if total is None or powers is None or total.operands[0] is not left:
        return None
    x, axis = _centred(powers.operands[0])
    return registry["exp_shares"](x, axis) if _is_along(total, axis) else None


def _log_softmax(left, right):
    """(x - max(x)) - log(sum(exp(x - max(x)))) -> log_shares(x)"""
    logarithm = _made_by(right, "log")
    total = logarithm and _made_by(logarithm.operands[0], "sum_over")
    powers = total and _made_by(total.operands[0], "exp")
    if not powers or powers.operands[0] is not left:
        return None
    x, axis = _centred(left)
    return registry["log_shares"](x, axis) if _is_along(total, axis) else None


def _cross_entropy(left, right):
    """log_sum_exp(z) - sum(t * z) -> softmax_cross_entropy(z, t)"""
    log_sum = _made_by(left, "log_sum_exp_over")
    if log_sum is None:
        return None
    z, axis = log_sum.operands[0], _single(log_sum.attributes["axis"])
    product = _made_by(right, "inner_product")
    if product is None:
        total = _made_by(right, "sum_over")
        if total is None or not _is_along(total, axis):
            return None
        product = _made_by(total.operands[0], "element_times")
    if product is None or z not in product.operands or not _is_along(log_sum, axis):
        return None
    first, second = product.operands
    target = second if first is z else first
    if target.shape != z.shape or not isinstance(axis, int):
        return None
    return registry["softmax_cross_entropy"](z, target, axis)


def _value_at_largest(left, right):
    """inner_product(hardmax(x), values) -> value_at_largest(x, values)"""
    for one, other in ((left, right), (right, left)):
        choice = _made_by(one, "hardmax")
        if choice is not None and len(one.shape) == 1:
            return registry["value_at_largest"](choice.operands[0], other)
    return None


def _made_by(symbol, name: str):
    """Return the step that computes a symbol, if it is of that operator."""
    step = symbol.source
    found = getattr(step, "operator", None)
    return step if found is not None and found.name == name else None


def _centred(symbol):
    """Return (x, axis) for a symbol that is x minus its largest element along an axis."""
    difference = _made_by(symbol, "minus")
    largest = difference and _made_by(difference.operands[1], "max_over")
    if not largest or largest.operands[0] is not difference.operands[0]:
        return None, None
    axis = _single(largest.attributes["axis"])
    return (largest.operands[0], axis) if _is_along(largest, axis) else (None, None)


def _is_along(step, axis) -> bool:
    """Whether a reduction goes along one static axis, or all of them, and keeps what it reduces."""
    if not isinstance(axis, int) and axis != ALL_STATIC_AXES:
        return False
    return _single(step.attributes["axis"]) == axis and step.attributes["keepdims"]


def _single(axis):
    return axis[0] if isinstance(axis, tuple) and len(axis) == 1 else axis


_PATTERNS = {
    "element_times": (_softmax,),
    "minus": (_cross_entropy, _log_softmax),
    "inner_product": (_value_at_largest,),
}
